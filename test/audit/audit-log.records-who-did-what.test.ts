import { connect } from 'node:net'
import { test } from 'tap'
import { auditKey } from '../../src/audit/audit-line.js'
import { verifyAudit } from '../../src/audit/verify-audit.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { entriesIn } from '../helper/audit-folder.js'
import { temporaryFolder } from '../helper/database.js'
import { PASSWORD, publish, register, SETTINGS, startOne, startServers } from '../helper/servers.js'

test('each action is one line: who, what, to which, when, from where, with what result', async (t) => {
  const audit = temporaryFolder(t)
  const server = await startOne(t, { audit })
  const { app, call } = server
  const provider = await register(server, 'provider', { name: 'Grace Praxisname' })
  const ada = await register(server, 'client', { name: 'Adelheid Quastenflosser' })
  const eve = await register(server, 'client')
  const [first, second] = await publish(server, provider, 2)
  const hold = (token: string, slotId: string | undefined) =>
    call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })
  const held = (await hold(ada.token, first)).body
  await hold(eve.token, first)
  await call('POST', `/v1/reservations/${held.id}/confirm`, { token: ada.token })
  await call('DELETE', `/v1/reservations/${held.id}`, {
    token: ada.token,
    headers: { 'x-request-id': 'mine-1' },
  })
  await call('GET', `/v1/providers/${provider.id}/availability`, { token: ada.token })
  const start = new Date(app.clock.now()).toISOString()
  const end = new Date(app.clock.now() + 30 * 86_400_000).toISOString()
  const path = `/v1/providers/${provider.id}/availability`
  await call('DELETE', `${path}?start=${start}&end=${end}`, { token: provider.token })
  await call('PATCH', '/v1/me', { token: ada.token, body: { name: 'Adelheid Renamed' } })
  await call('PATCH', '/v1/me', {
    token: ada.token,
    body: { password: 'another long one', currentPassword: 'wrong' },
  })
  await call('POST', '/v1/token', { body: { email: ada.email, password: 'guessed' } })
  await call('POST', '/v1/token', { body: { email: 'nobody@example.com', password: 'guessed' } })
  await call('GET', '/v1/me/export', { token: ada.token })
  await call('DELETE', '/v1/me', { token: ada.token })
  await app.audit?.flush()

  const by = (account: { id: string }, role: string) => ({ who: account.id, role })
  const lines = entriesIn(audit)
  t.match(lines, [
    { action: 'account.register', status: 201, ...by(provider, 'provider') },
    { action: 'account.register', status: 201, ...by(ada, 'client') },
    { action: 'account.register', status: 201, ...by(eve, 'client') },
    {
      action: 'calendar.publish',
      status: 200,
      ...by(provider, 'provider'),
      about: { provider: provider.id, opened: 2, first, last: second },
    },
    {
      action: 'reservation.hold',
      status: 201,
      ...by(ada, 'client'),
      about: { slot: first, reservation: held.id },
    },
    {
      action: 'reservation.hold',
      status: 409,
      code: 'slot_held',
      ...by(eve, 'client'),
      about: { slot: first },
    },
    { action: 'reservation.confirm', status: 200, ...by(ada, 'client'), about: { reservation: held.id } },
    {
      action: 'reservation.end',
      status: 204,
      ...by(ada, 'client'),
      request: 'mine-1',
      about: { reservation: held.id, withdraw: false },
    },
    {
      action: 'GET /v1/providers/:id/availability',
      status: 403,
      code: 'forbidden',
      ...by(ada, 'client'),
      about: { provider: provider.id },
    },
    {
      action: 'calendar.withdraw',
      status: 200,
      ...by(provider, 'provider'),
      about: { withdrawn: 2, kept: 0, from: start, to: end },
    },
    { action: 'account.change', status: 200, ...by(ada, 'client'), about: { fields: ['name'] } },
    { action: 'account.change', status: 400, code: 'invalid_request', ...by(ada, 'client') },
    { action: 'session.sign-in', status: 401, code: 'unauthenticated', about: { account: ada.id } },
    { action: 'session.sign-in', status: 401, code: 'unauthenticated', about: undefined },
    { action: 'account.export', status: 200, ...by(ada, 'client') },
    { action: 'account.delete', status: 204, ...by(ada, 'client') },
  ])
  t.equal(lines.length, 16, 'and nothing more')
  for (const line of lines) {
    t.match(line, { address: '127.0.0.1', request: /./ })
    t.ok(Math.abs(Date.parse(line.at) - app.clock.now()) < 60_000, 'by the clock of the database')
  }
  const text = JSON.stringify(lines)
  for (const secret of ['Praxisname', 'Adelheid', '@', PASSWORD, 'guessed', ada.token.slice(-20)]) {
    t.notOk(text.includes(secret), `no ${secret.slice(0, 12)}`)
  }
  t.match(await verifyAudit(audit, [auditKey(SETTINGS.FIELD_KEY)]), [{ lines: 17, faults: [] }])
})

test('an old refresh token is written as what it is, a renewal is not', async (t) => {
  const audit = temporaryFolder(t)
  const server = await startOne(t, { audit })
  const { body } = await server.call<{ refreshToken: string; account: { id: string } }>(
    'POST',
    '/v1/accounts',
    {
      body: { role: 'client', email: 'ada@example.com', password: PASSWORD, name: 'Ada', timeZone: 'UTC' },
    },
  )
  const refresh = (refreshToken: string) =>
    server.call<{ refreshToken: string }>('POST', '/v1/token/refresh', { body: { refreshToken } })
  const second = (await refresh(body.refreshToken)).body.refreshToken
  await refresh(second)
  t.equal((await refresh(body.refreshToken)).status, 401)
  await server.app.audit?.flush()
  t.match(entriesIn(audit).slice(1), [
    {
      action: 'session.refresh',
      status: 401,
      address: '127.0.0.1',
      about: { account: body.account.id, reused: true },
    },
  ])
})

test('floods are not written: no token, no route, unreadable, over the limit', async (t) => {
  const audit = temporaryFolder(t)
  const { app, call } = await startOne(t, { audit, settings: { AUTH_LIMIT_PER_MINUTE: '2' } })
  for (let time = 0; time < 5; time++) {
    await call('POST', '/v1/reservations', { body: { slotId: 'x' } })
    await call('DELETE', '/v1/me', { token: 'forged' })
    await call('POST', '/v1/nowhere', { body: {} })
    await call('POST', '/v1/token', { body: { email: 'nobody@example.com', password: 'guessed' } })
  }
  await call('POST', '/v1/token/revoke', { body: 'no json' })
  await app.audit?.flush()
  t.same(
    entriesIn(audit).map(({ action, status }) => [action, status]),
    [
      ['session.sign-in', 401],
      ['session.sign-in', 401],
    ],
    'as many guesses as the limit lets through (control)',
  )
})

test('who hangs up before the answer is written with the answer', async (t) => {
  const audit = temporaryFolder(t)
  const server = await startOne(t, { audit })
  const { app } = server
  const provider = await register(server, 'provider')
  const ada = await register(server, 'client')
  const [slotId = ''] = await publish(server, provider, 1)
  const store = app.slots
  const hold = store.hold.bind(store)
  const body = JSON.stringify({ slotId })
  const { port } = new URL(server.url)
  const answered = new Promise<void>((resolve) => {
    store.hold = async (...args) => {
      socket.destroy()
      const outcome = await hold(...args)
      // The hook runs in the turns that follow the outcome; the next request comes after it.
      resolve()
      return outcome
    }
  })
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    `POST /v1/reservations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await answered
  await server.call('GET', '/livez')
  await app.audit?.flush()
  t.match(entriesIn(audit).at(-1), {
    action: 'reservation.hold',
    status: 201,
    who: ada.id,
    about: { slot: slotId },
  })
})

test('two servers on one folder write a chain each', async (t) => {
  const audit = temporaryFolder(t)
  const servers = await startServers(t, { audit, count: 2 })
  for (const server of servers) await register(server, 'client')
  for (const { app } of servers) await app.audit?.flush()
  const reports = await verifyAudit(audit, [auditKey(SETTINGS.FIELD_KEY)])
  t.match(reports, [
    { lines: 2, faults: [] },
    { lines: 2, faults: [] },
  ])
  t.not(reports[0]?.chain, reports[1]?.chain)
})
