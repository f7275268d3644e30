import { test } from 'tap'
import type { AccountExport, Me } from '../../src/schemas/accounts.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { publish, register, startOne, startServers } from '../helper/servers.js'

test('an account is seen by its owner, and changed a field at a time', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'client', { name: '$past', timeZone: 'Europe/Berlin' })
  const change = (body: object) => server.call<Me>('PATCH', '/v1/me', { token: ada.token, body })
  t.match((await server.call('GET', '/v1/me', { token: ada.token })).body, {
    id: ada.id,
    role: 'client',
    name: '$past',
    email: ada.email,
    timeZone: 'Europe/Berlin',
    createdAt: /Z$/,
  })
  t.match((await change({ name: '$$ROOT' })).body, { name: '$$ROOT', timeZone: 'Europe/Berlin' })
  t.match((await change({ timeZone: 'Asia/Kathmandu' })).body, { name: '$$ROOT', timeZone: 'Asia/Kathmandu' })
  for (const [body, field] of [
    [{}, 'body'],
    [{ role: 'provider' }, 'role'],
    [{ id: 'x' }, 'id'],
    [{ timeZone: 'IST' }, 'timeZone'],
    [{ email: 'new@example.com' }, 'currentPassword'],
  ] as const) {
    const refused = await server.call<{ errors: { field: string }[] }>('PATCH', '/v1/me', {
      token: ada.token,
      body,
    })
    t.equal(refused.status, 400, JSON.stringify(body))
    t.equal(refused.body.errors[0]?.field, field)
  }
})

test('a new address signs in, the old one is free, a taken one is refused', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'client')
  const eve = await register(server, 'client')
  const password = 'a long enough password'
  const move = (email: string) =>
    server.call<Me & { code: string }>('PATCH', '/v1/me', {
      token: ada.token,
      body: { email, currentPassword: password },
    })
  t.match((await move(eve.email.toUpperCase())).body, { status: 409, code: 'email_taken' })
  t.match((await move('New@Example.com')).body, { email: 'New@Example.com' })
  const signIn = async (email: string) =>
    (await server.call('POST', '/v1/token', { body: { email, password } })).status
  t.equal(await signIn('new@example.com'), 200)
  t.equal(await signIn(ada.email), 401)
  const next = { role: 'client', email: ada.email, password, name: 'Next', timeZone: 'UTC' }
  t.equal((await server.call('POST', '/v1/accounts', { body: next })).status, 201)
})

test("a provider's new name is what is found and shown, at once here and soon elsewhere", async (t) => {
  const [one, other] = await startServers(t)
  if (!one || !other) throw new Error('two servers')
  const provider = await register(one, 'provider', { name: 'Before' })
  await one.call('PATCH', '/v1/me', { token: provider.token, body: { name: 'Afterwards' } })
  for (const server of [one, other]) {
    const found = await server.call<{ items: unknown[] }>('GET', '/v1/providers?name=AFTER')
    t.equal(found.body.items.length, 1)
    const before = await server.call<{ items: unknown[] }>('GET', '/v1/providers?name=before')
    t.equal(before.body.items.length, 0)
  }
  t.match((await one.call('GET', `/v1/providers/${provider.id}`)).body, { name: 'Afterwards' })
})

test('the export has the account and every reservation, live and past, and nothing of others', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const ada = await register(server, 'client', { name: 'Ada' })
  const eve = await register(server, 'client', { name: 'Eve' })
  const slots = await publish(server, provider, 3)
  const hold = async (token: string, slotId: string | undefined) =>
    (await server.call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })).body
  const given = await hold(ada.token, slots[0])
  await server.call('DELETE', `/v1/reservations/${given.id}`, { token: ada.token })
  const kept = await hold(ada.token, slots[1])
  const hers = await hold(eve.token, slots[2])

  const { body, headers } = await server.call<AccountExport>('GET', '/v1/me/export', { token: ada.token })
  t.match(headers.get('content-disposition'), /attachment/)
  t.match(body.account, { id: ada.id, name: 'Ada', email: ada.email })
  t.same(
    body.reservations.map(({ id, status }) => ({ id, status })),
    [
      { id: given.id, status: 'released' },
      { id: kept.id, status: 'held' },
    ],
  )
  const text = JSON.stringify(body)
  for (const foreign of ['Eve', eve.id, hers.id, 'argon2']) t.notOk(text.includes(foreign), foreign)

  const calendar = await server.call<AccountExport>('GET', '/v1/me/export', { token: provider.token })
  t.equal(calendar.body.reservations.length, 3, 'a provider takes its whole calendar along (control)')
})
