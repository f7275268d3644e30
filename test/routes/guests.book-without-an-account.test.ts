import { test } from 'tap'
import { guestPlacesOf, guestsOf } from '../../src/accounts/guest-store.js'
import type { GuestHold } from '../../src/schemas/guests.js'
import type { LinkState } from '../../src/schemas/links.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { slotsOf } from '../../src/slots/slot-model.js'
import { nextMail, startMailing } from '../helper/mailbox.js'
import { MovedClock } from '../helper/moved-clock.js'
import { PASSWORD, publish, register, startOne, type TestServer } from '../helper/servers.js'

interface Code {
  code: string
}

const ROUNDS = 12
const AT_ONCE = 6
let guests = 0

function guest(slotId: string | undefined, email = `guest-${process.pid}-${guests++}@example.com`) {
  return { name: 'Noor Guest', email, timeZone: 'Europe/Paris', language: 'fr', slotId }
}

function hold<Body = GuestHold>(server: TestServer, body: object, network = '192.0.2.1') {
  return server.call<Body>('POST', '/v1/guests', { body, headers: { 'x-forwarded-for': network } })
}

const PROXY = { TRUST_PROXY: '1' }

async function pair(t: Parameters<typeof startMailing>[0], options = {}) {
  const [one, other] = await startMailing(t, { settings: PROXY, ...options })
  if (!one || !other) throw new Error('fewer than two servers')
  return [one, other] as const
}

test('a guest holds for ten minutes and confirms by the link in its mail alone', async (t) => {
  const [server, other] = await pair(t)
  const provider = await register(server, 'provider')
  const [slotId] = await publish(server, provider, 2)
  const body = guest(slotId)
  const { status, body: held } = await hold(server, body)
  t.equal(status, 201)
  t.match(held, { slotId, status: 'held', expiresInSeconds: 600, clientId: `guest-${held.id}` })
  const path = `/v1/reservations/${held.id}`
  t.equal((await server.call('GET', path, { token: held.token })).status, 200)
  t.equal((await server.call('POST', `${path}/confirm`, { token: held.token })).status, 401)
  t.equal((await server.call('GET', '/v1/me', { token: held.token })).status, 401)
  t.equal((await server.call('GET', '/v1/reservations', { token: held.token })).status, 401)
  t.equal((await server.call('GET', path, { token: `${held.token}x` })).status, 401)

  const mail = await nextMail(server, body.email)
  t.equal(mail.links.length >= 2, true, 'it has links to confirm and to give back')
  const shown = await other.call<LinkState>('GET', mail.links[0] ?? '', {
    headers: { accept: 'application/json' },
  })
  t.match(shown.body, { purpose: 'confirm', used: false })
  t.match((await other.call<string>('GET', mail.links[0] ?? '')).body, /lang="fr"/)
  t.match((await other.call<LinkState>('POST', mail.links[0] ?? '')).body, {
    reservation: { status: 'confirmed' },
  })
  t.match((await server.call<Reservation>('GET', path, { token: held.token })).body, { status: 'confirmed' })
  const seen = await server.call<Reservation>('GET', path, { token: provider.token })
  t.match(seen.body, {
    client: { name: 'Noor Guest' },
    contact: { email: body.email, language: 'fr', timeZone: 'Europe/Paris' },
  })
  const stored = JSON.stringify([
    await slotsOf(server.app.mongo).find({}).toArray(),
    await guestsOf(server.app.mongo).find({}).toArray(),
    await guestPlacesOf(server.app.mongo).find({}).toArray(),
  ])
  t.notOk(stored.includes(body.email) || stored.includes('Noor'), 'sealed at rest')
  t.notOk(stored.includes('192.0.2.1'), 'so is the network')
  const confirmed = await nextMail(server, body.email, 1)
  t.ok(confirmed.links.length > 0)
})

test('one live hold for each address and each network, on two servers at once', async (t) => {
  const servers = await pair(t)
  const [server] = servers
  const provider = await register(server, 'provider')
  const slots = await publish(server, provider, 60)
  const askAll = (email: (index: number) => string, network: (index: number) => string, from: number) =>
    Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        hold<Code>(servers[index % 2] ?? server, guest(slots[from + index], email(index)), network(index)),
      ),
    )
  const sameAddress = await askAll(
    () => 'same@example.com',
    (index) => `192.0.2.${index + 1}`,
    0,
  )
  t.equal(sameAddress.filter(({ status }) => status === 201).length, 1)
  t.equal(sameAddress.filter(({ body }) => body.code === 'hold_limit').length, 24)
  const sameNetwork = await askAll(
    (index) => `one-${index}@example.com`,
    () => '198.51.100.7',
    25,
  )
  t.equal(sameNetwork.filter(({ status }) => status === 201).length, 1)
  t.equal(sameNetwork.filter(({ body }) => body.code === 'hold_limit').length, 24)
  const six = (index: number) => `2001:db8:1:2::${index}`
  t.equal((await hold(server, guest(slots[50]), six(1))).status, 201)
  t.equal((await hold(server, guest(slots[51]), six(2))).status, 409, 'a customer has a whole /64')
  const control = await hold(server, guest(slots[52]), '2001:db8:1:3::1')
  t.equal(control.status, 201, 'control: another network')

  const { id, token } = control.body
  t.equal((await hold(server, guest(slots[53]), '2001:db8:1:3::2')).status, 409)
  t.equal((await server.call('DELETE', `/v1/reservations/${id}`, { token })).status, 204)
  t.equal((await hold(server, guest(slots[53]), '2001:db8:1:3::2')).status, 201, 'free once given back')
})

test('of posts at once with one key and different slots one holds, and the others take nothing from it', async (t) => {
  const servers = await pair(t)
  const [server] = servers
  const provider = await register(server, 'provider')
  const slots = await publish(server, provider, ROUNDS * AT_ONCE + 1)
  const another = slots.at(-1)
  for (let round = 0; round < ROUNDS; round++) {
    const headers = { 'idempotency-key': `key-of-round-${round}-0123456789`, 'x-forwarded-for': '192.0.2.20' }
    const email = `round-${round}@example.com`
    const answers = await Promise.all(
      slots.slice(round * AT_ONCE, (round + 1) * AT_ONCE).map((slotId, index) => {
        const body = guest(slotId, email)
        return (servers[index % 2] ?? server).call<GuestHold & Code>('POST', '/v1/guests', { body, headers })
      }),
    )
    const [won, ...more] = answers.filter(({ status }) => status === 201)
    t.same(more, [], 'one holds')
    const refused = answers.flatMap(({ status, body }) => (status === 201 ? [] : [body.code]))
    t.same(refused, Array(AT_ONCE - 1).fill('idempotency_key_reused'))
    const { id = '', token = '' } = won?.body ?? {}
    t.equal(await guestsOf(server.app.mongo).countDocuments({ _id: id }), 1, 'whose it is stays known')
    const sameAddress = await hold<Code>(server, guest(another, email), '192.0.2.21')
    t.equal(sameAddress.body.code, 'hold_limit', 'the address has its one hold')
    const sameNetwork = await hold<Code>(server, guest(another), '192.0.2.20')
    t.equal(sameNetwork.body.code, 'hold_limit', 'so has the network')
    t.equal((await server.call('DELETE', `/v1/reservations/${id}`, { token })).status, 204)
  }
  t.equal((await hold(server, guest(another), '192.0.2.20')).status, 201, 'control: free once given back')
})

test('posts at once with one key that are all refused keep no place', async (t) => {
  const servers = await pair(t)
  const [server] = servers
  const provider = await register(server, 'provider')
  const slots = await publish(server, provider, 2)
  const [taken, free] = slots
  t.equal((await hold(server, guest(taken), '192.0.2.30')).status, 201)
  const body = guest(taken)
  const headers = { 'idempotency-key': 'of-those-that-are-refused', 'x-forwarded-for': '192.0.2.31' }
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      (servers[index % 2] ?? server).call<Code>('POST', '/v1/guests', { body, headers }),
    ),
  )
  t.same(new Set(answers.map(({ body }) => body.code)), new Set(['slot_held']))
  t.equal(await guestsOf(server.app.mongo).countDocuments({}), 1, 'nothing is kept of who was refused')
  t.equal(await guestPlacesOf(server.app.mongo).countDocuments({}), 2)
  t.equal((await hold(server, guest(free, body.email), '192.0.2.31')).status, 201)
})

test('the same request again is the same hold; a refused one keeps no place', async (t) => {
  const [server] = await pair(t)
  const provider = await register(server, 'provider')
  const [first, second] = await publish(server, provider, 2)
  const body = guest(first)
  const headers = { 'idempotency-key': 'one-press-0123456789abcdef', 'x-forwarded-for': '192.0.2.9' }
  const one = await server.call<GuestHold>('POST', '/v1/guests', { body, headers })
  const again = await server.call<GuestHold>('POST', '/v1/guests', { body, headers })
  t.equal(again.status, 201)
  t.equal(again.body.id, one.body.id)
  t.equal(again.headers.get('idempotency-replayed'), 'true')
  t.equal((await hold<Code>(server, guest(first), '192.0.2.10')).body.code, 'slot_held')
  t.equal((await hold(server, guest(second), '192.0.2.10')).status, 201)
})

test('after ten minutes the time is free again, and who did not confirm is forgotten', async (t) => {
  const clock = new MovedClock()
  const [server] = await pair(t, { clock })
  const provider = await register(server, 'provider')
  const [slotId] = await publish(server, provider, 1)
  const { body: held } = await hold(server, guest(slotId))
  const { reservation } = (await server.app.slots.findReservation(held.id)) ?? {}
  const expiresAt = Date.parse(held.expiresAt ?? '')
  const link = await server.app.links.make({
    purpose: 'confirm',
    reservationId: held.id,
    expiresAt: Date.parse(held.start),
  })
  t.not(reservation?.contact, undefined)
  clock.move(expiresAt - clock.now())
  const late = await server.call<Code>('POST', new URL(link).pathname)
  t.equal(late.status, 410)
  t.equal(late.body.code, 'hold_expired')
  t.equal((await hold(server, guest(slotId), '192.0.2.2')).status, 201, 'others may have it')
  clock.move(2 * 3_600_000)
  await server.app.guests.forgetOld()
  const after = await server.app.slots.findReservation(held.id)
  t.equal(after?.reservation.client.name ?? '', '')
  t.equal(after?.reservation.contact ?? '', '')
  t.equal(await guestsOf(server.app.mongo).countDocuments({ _id: held.id }), 0)
})

test('without mail there are no guests', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const [slotId] = await publish(server, provider, 1)
  t.match(await hold<Code>(server, guest(slotId)), { status: 409, body: { code: 'mail_unavailable' } })
})

test('an account takes the bookings over once its address is proved, and not before', async (t) => {
  const [server, other] = await pair(t)
  const provider = await register(server, 'provider')
  const [slotId] = await publish(server, provider, 1)
  const body = guest(slotId)
  const { body: held } = await hold(server, body)
  const first = await nextMail(server, body.email)
  await server.call('POST', first.links[0] ?? '')
  await nextMail(server, body.email, 1)
  const account = { role: 'client', email: body.email, password: PASSWORD, name: 'Noor Now', timeZone: 'UTC' }
  const { body: registered } = await server.call<{ accessToken: string; account: { id: string } }>(
    'POST',
    '/v1/accounts',
    { body: account },
  )
  const token = registered.accessToken
  const own = () => server.call<{ items: Reservation[] }>('GET', '/v1/reservations', { token })
  t.same((await own()).body.items, [], 'the address is not proved yet')
  t.match((await server.call('GET', '/v1/me', { token })).body, { emailVerified: false })
  t.equal((await server.call('POST', '/v1/me/email-check', { token })).status, 202)
  const check = await nextMail(server, body.email, 2)
  t.equal((await other.call('POST', check.links[0] ?? '')).status, 200)
  t.match((await server.call('GET', '/v1/me', { token })).body, { emailVerified: true })
  t.match((await own()).body.items, [{ id: held.id, status: 'confirmed', clientId: registered.account.id }])
  const seen = await other.call<Reservation>('GET', `/v1/reservations/${held.id}`, { token: provider.token })
  t.match(seen.body.client, { id: registered.account.id, name: 'Noor Now' })
  t.equal((await server.call('GET', `/v1/reservations/${held.id}`, { token: held.token })).status, 404)
  t.equal((await server.call('DELETE', `/v1/reservations/${held.id}`, { token })).status, 204)
})

test('what could be guessed is no key, because the same request again has the token', async (t) => {
  const [server] = await pair(t)
  const provider = await register(server, 'provider')
  const [slotId] = await publish(server, provider, 1)
  const ask = (key: string) =>
    server.call('POST', '/v1/guests', { body: guest(slotId), headers: { 'idempotency-key': key } })
  t.equal((await ask('a'.repeat(21))).status, 400)
  t.equal((await ask('0b5d34e1f0a94c7c9d02e8')).status, 201, 'control')
})

test('a guest is not booked at two times that overlap', async (t) => {
  const [server] = await pair(t)
  const [provider, other] = [await register(server, 'provider'), await register(server, 'provider')]
  const [slotId] = await publish(server, provider, 2)
  const [, overlapping, after, last] = await publish(server, other, 4)
  const service = await server.call<{ id: string }>('POST', `/v1/providers/${provider.id}/services`, {
    token: provider.token,
    body: { name: 'Visit', durationMinutes: 30 },
  })
  const email = 'overlaps@example.com'
  async function confirmed(body: object, mailsBefore: number) {
    const { body: held } = await hold(server, body)
    const mail = await nextMail(server, email, mailsBefore)
    return { held, answer: await server.call<Code>('POST', mail.links[0] ?? '') }
  }
  const first = await confirmed({ ...guest(slotId, email), serviceId: service.body.id }, 0)
  t.equal(first.answer.status, 200)
  const second = await confirmed(guest(overlapping, email), 2)
  t.match(second.answer, { status: 409, body: { code: 'client_busy' } })
  const { id, token } = second.held
  t.equal((await server.call('DELETE', `/v1/reservations/${id}`, { token })).status, 204)
  t.equal((await confirmed(guest(after, email), 3)).answer.status, 200, 'control: right after it')

  const booked = await nextMail(server, email, 4)
  const moveTo = (slot: string | undefined) =>
    server.call<Code>('POST', booked.links[0] ?? '', { body: { slotId: slot } })
  t.match(await moveTo(overlapping), { status: 409, body: { code: 'client_busy' } }, 'nor moved there')
  t.match(await moveTo(last), { status: 200, body: { reservation: { slotId: last } } }, 'control')
})

test('a hold that its provider moves is mailed again, for the new time', async (t) => {
  const [server] = await pair(t)
  const provider = await register(server, 'provider')
  const [slotId, ...others] = await publish(server, provider, 12)
  const body = { ...guest(slotId), language: 'en', timeZone: 'UTC' }
  const { body: held } = await hold(server, body)
  const first = await nextMail(server, body.email)
  const moved = await server.call<Reservation>('POST', `/v1/reservations/${held.id}/move`, {
    token: provider.token,
    body: { slotId: others.at(-1) },
  })
  t.equal(moved.status, 200)
  const second = await nextMail(server, body.email, 1)
  const timeOf = ({ start }: { start: string }) => start.slice(11, 16)
  t.match(first.text, timeOf(held))
  t.match(second.text, timeOf(moved.body))
  t.match((await server.call<LinkState>('POST', second.links[0] ?? '')).body, {
    reservation: { status: 'confirmed', start: moved.body.start },
  })
})
