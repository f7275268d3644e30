import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { soonPath } from '../../src/pages/shared/preload-path.js'
import { publish, register, startOne } from '../helper/servers.js'

const MAX_SCRIPT = 60 * 1024

t.test('the pages, as they leave the server', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const raw = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await server.app.inject({
      method: 'GET',
      url: path,
      headers: { host: 'slots.example:3000', ...headers },
    })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      bytes: answer.rawPayload,
      text: answer.payload,
    }
  }
  const scripts = (html: string) => [...html.matchAll(/\/assets\/[\w.-]+\.js/g)].map(([path]) => path)

  await t.test('each page is HTML with a strict policy, asked for again each time', async (t) => {
    for (const path of [
      '/',
      `/book/${provider.id}`,
      '/my',
      '/account',
      '/provider',
      '/provider/list',
      '/provider/hours',
      '/provider/services',
      '/provider/page',
    ]) {
      const { status, headers, text } = await raw(path)
      t.equal(status, 200, path)
      t.match(headers['content-type'], /^text\/html/)
      t.equal(headers['cache-control'], 'no-cache')
      const policy = String(headers['content-security-policy'])
      t.match(
        policy,
        /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws:\/\/slots\.example:3000 /,
      )
      t.notMatch(policy, /unsafe|\*/)
      t.notMatch(text, /<script(?![^>]* src=)|<style|style=|https?:\/\//, 'nothing inline, nobody else')
      const again = await raw(path, { 'if-none-match': String(headers.etag) })
      t.equal(again.status, 304)
    }
  })

  await t.test('a browser is shown a page where there is none; programs are told so', async (t) => {
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'
    const missing = await raw('/nope', { accept })
    t.equal(missing.status, 404)
    t.match(missing.headers, { 'content-type': /^text\/html/, vary: /accept/, 'cache-control': 'no-cache' })
    t.match(missing.headers['content-security-policy'], /^default-src 'none'/)
    t.equal((await raw('/nope', { accept, 'if-none-match': String(missing.headers.etag) })).status, 404)
    for (const [path, headers] of [
      ['/nope', {}],
      ['/nope', { accept: 'application/json' }],
      ['/v1/nope', { accept }],
    ] as const) {
      const { status, headers: answered } = await raw(path, headers)
      t.equal(status, 404, path)
      t.match(answered['content-type'], /^application\/problem\+json/)
    }
  })

  await t.test('assets are kept for ever, compressed once', async (t) => {
    const [script = ''] = scripts((await raw('/')).text)
    const plain = await raw(script)
    t.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
    const gzip = await raw(script, { 'accept-encoding': 'gzip' })
    t.equal(gzip.headers['content-encoding'], 'gzip')
    t.ok(gunzipSync(gzip.bytes).equals(plain.bytes))
    const brotli = await raw(script, { 'accept-encoding': 'br, gzip' })
    t.ok(brotliDecompressSync(brotli.bytes).equals(plain.bytes))
  })

  await t.test('an unknown asset is a 404 of the API, and no path leads out', async (t) => {
    for (const path of [
      '/assets/none.js',
      '/assets/..%2findex.html',
      '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    ]) {
      const { status, text } = await raw(path)
      t.equal(status, 404, path)
      t.match(JSON.parse(text), { code: 'not_found' })
    }
  })

  await t.test('the booking page loads at most 60 KB of script, live included', async (t) => {
    const { text } = await raw(`/book/${provider.id}`)
    const first = scripts(text)
    t.ok(first.length > 0, 'control: scripts were found')
    const later = new Set<string>()
    let bytes = 0
    for (const path of first) {
      const { text: code } = await raw(path)
      for (const [, name] of code.matchAll(/["'`]\.\/(esm-[\w-]+\.js)["'`]/g)) later.add(`/assets/${name}`)
    }
    t.equal(later.size, 1, 'live comes by itself, later')
    for (const path of [...first, ...later])
      bytes += (await raw(path, { 'accept-encoding': 'gzip' })).bytes.length
    t.ok(bytes <= MAX_SCRIPT, `${bytes} bytes`)
  })

  await t.test('the first list is named in the headers, word for word', async (t) => {
    const { headers } = await raw(`/book/${provider.id}`)
    const [named] = /(?<=^<)[^>]+/.exec(String(headers.link)) ?? []
    t.equal(named, soonPath(provider.id))
    t.equal((await raw(named ?? '')).status, 200)
  })

  await t.test('under a readable link, what is named goes by the id once it is known', async (t) => {
    const { body } = await server.call<{ link: string }>('GET', `/v1/providers/${provider.id}`)
    const { link } = body
    const named = async () => {
      const { headers } = await raw(`/book/${link}`)
      return [...String(headers.link).matchAll(/<([^>]+)>/g)].map(([, path]) => path)
    }
    t.same(await named(), [`/v1/providers/${link}`, '/v1/rules'], 'not known yet')
    await raw(`/v1/providers/${link}`)
    t.same(await named(), [
      soonPath(provider.id),
      `/v1/providers/${link}`,
      `/v1/providers/${provider.id}/services`,
      '/v1/rules',
    ])
  })

  await t.test('a host that is no host is not repeated in the policy', async (t) => {
    const { headers } = await raw('/', { host: "x; script-src 'unsafe-inline'" })
    t.notMatch(headers['content-security-policy'], /unsafe/)
  })
})

t.test('a reservation as a calendar file', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Grace; Provider, \\ "quoted"' })
  const [client, other] = [await register(server, 'client'), await register(server, 'client')]
  const [slotId = ''] = await publish(server, provider, 1)
  const held = await server.call<{ id: string; start: string }>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId },
  })
  const path = `/v1/reservations/${held.body.id}/calendar.ics`
  const file = async (token?: string) =>
    server.call<string>('GET', path, {
      ...(token !== undefined && { token }),
      headers: { accept: 'text/calendar' },
    })

  const first = await file(client.token)
  t.equal(first.status, 200)
  t.match(first.headers.get('content-type'), /^text\/calendar/)
  t.match(first.body, /STATUS:TENTATIVE/)
  t.match(first.body, new RegExp(`UID:${held.body.id}@localhost`))
  t.match(first.body, `DTSTART:${held.body.start.replace(/[-:]|\.\d+/g, '')}`)
  t.match(first.body.replace(/\r\n /g, ''), 'SUMMARY:Appointment with Grace\\; Provider\\, \\\\ "quoted"')
  await server.call('POST', `/v1/reservations/${held.body.id}/confirm`, { token: client.token })
  const second = await file(client.token)
  t.match(second.body, /STATUS:CONFIRMED/)
  const sequence = (text: string) => Number(/SEQUENCE:(\d+)/.exec(text)?.[1])
  t.ok(sequence(second.body) > sequence(first.body), 'a calendar that has it takes the newer one')
  t.match((await file(provider.token)).body, /SUMMARY:Appointment with Ada Client/)
  t.equal((await file(other.token)).status, 404)
  t.equal((await file()).status, 401)
})
