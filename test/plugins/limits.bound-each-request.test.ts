import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { publish, register, startOne } from '../helper/servers.js'

const KB = 1_024

t.test('a body: sixteen kilobytes are read, a byte more is not', async (t) => {
  const server = await startOne(t)
  const padded = (size: number) => {
    const empty = JSON.stringify({ email: 'nobody@example.com', password: 'x' })
    return `${' '.repeat(size - empty.length)}${empty}`
  }
  const signIn = (body: string, headers = {}) =>
    server.call<{ code: string }>('POST', '/v1/token', { body, headers })
  t.equal((await signIn(padded(16 * KB))).status, 401, 'read, and then judged')
  t.equal((await signIn(padded(16 * KB + 1))).body.code, 'too_large')
  t.equal((await signIn(padded(2 * KB * KB))).body.code, 'too_large')
})

t.test('a body without a length is counted as it comes', async (t) => {
  const server = await startOne(t)
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.on('error', () => {})
  socket.write(
    'POST /v1/token HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  const chunk = 'x'.repeat(4 * KB)
  for (let sent = 0; sent < 5; sent++) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)
  const [answer] = await once(socket, 'data')
  t.match(String(answer), /^HTTP\/1\.1 413 [\s\S]*too_large/)
})

t.test('an address and the headers', async (t) => {
  const server = await startOne(t)
  const search = (length: number) => `/v1/providers?name=${'x'.repeat(length)}`
  t.equal((await server.call('GET', search(80))).status, 200, 'honest')
  t.equal((await server.call('GET', `/v1/rules?${'x'.repeat(2_048)}`)).status, 414)
  t.match(await server.call('GET', `/v1/providers/${'x'.repeat(2_048)}`), {
    status: 414,
    body: { code: 'uri_too_long' },
  })
  const unreadable = await server.call<{ requestId: string }>('GET', '/v1/providers/%zz')
  t.match(unreadable, { status: 400, body: { code: 'invalid_request', errors: [{ field: 'url' }] } })
  t.match(unreadable.headers.get('content-type'), 'application/problem+json')
  t.equal(unreadable.headers.get('x-request-id'), unreadable.body.requestId)
  t.equal(unreadable.headers.get('x-content-type-options'), 'nosniff')
  const withHeader = (size: number) =>
    server.call('GET', '/v1/rules', { headers: { 'x-mine': 'x'.repeat(size) } })
  t.equal((await withHeader(8 * KB)).status, 200, 'honest')
  t.equal((await withHeader(20 * KB)).status, 414)
})

t.test('blocks, days and pages: as many as a form needs, and no more', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const calendar = `/v1/providers/${provider.id}/availability`
  const day = (index: number) => new Date(Date.UTC(2027, 5, 1 + index)).toISOString().slice(0, 10)
  const blocks = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ day: day(index), from: '08:00', to: '08:15' }))
  const send = (count: number) =>
    server.call<{ code: string }>('POST', calendar, {
      token: provider.token,
      body: { blocks: blocks(count) },
    })
  t.equal((await send(200)).status, 200, 'half a year of mornings at once')
  t.equal((await send(201)).body.code, 'invalid_request')
  t.equal((await send(0)).body.code, 'invalid_request')

  await publish(server, provider, 8)
  for (const path of [
    `/v1/slots?providerId=${provider.id}`,
    '/v1/providers?',
    '/v1/reservations?',
    `${calendar}?`,
  ]) {
    const list = (limit: string) =>
      server.call<{ code: string }>('GET', `${path}&limit=${limit}`.replace('?&', '?'), {
        token: provider.token,
      })
    t.equal((await list('200')).status, 200, path)
    for (const limit of ['201', '0', '-1', '1e9', 'NaN'])
      t.equal((await list(limit)).body.code, 'invalid_request', `${path} ${limit}`)
  }
  const span = (to: string) =>
    server.call<{ code: string }>('GET', `/v1/slots?from=2027-06-01T00:00:00Z&to=${to}`)
  t.equal((await span('2027-08-02T00:00:00Z')).status, 200, '62 days')
  t.equal((await span('2027-08-04T00:00:00Z')).body.code, 'window_too_long')
})
