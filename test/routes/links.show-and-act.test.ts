import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import type { NewLink } from '../../src/links/link-store.js'
import { loggerOptions } from '../../src/logging.js'
import type { LinkState } from '../../src/schemas/links.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { offer } from '../helper/clinic.js'
import { temporaryFolder } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'

const HTML = { accept: 'text/html,application/xhtml+xml' }
const FORM = { ...HTML, 'content-type': 'application/x-www-form-urlencoded' }

function textIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    .join('')
}

interface World {
  server: TestServer
  provider: SignedIn
  client: SignedIn
  slots: string[]
}

async function world(server: TestServer): Promise<World> {
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  return { server, provider, client, slots: await publish(server, provider, 8) }
}

async function booked({ server, client, slots }: World, at = 0, confirmed = true): Promise<Reservation> {
  const { body } = await server.call<Reservation>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId: slots[at] },
  })
  if (confirmed) await server.call('POST', `/v1/reservations/${body.id}/confirm`, { token: client.token })
  return body
}

/** The path of a link. */
async function linkTo({ app }: TestServer, purpose: NewLink['purpose'], { id, start }: Reservation) {
  const url = await app.links.make({ purpose, reservationId: id, expiresAt: Date.parse(start) })
  return new URL(url).pathname
}

async function statusOf({ server, client }: World, id: string) {
  const { body } = await server.call<Reservation>('GET', `/v1/reservations/${id}`, { token: client.token })
  return body.status
}

test('looking changes nothing, a press acts once, and then the page shows what came of it', async (t) => {
  const server = await startOne(t)
  const all = await world(server)
  const reservation = await booked(all)
  const path = await linkTo(server, 'cancel', reservation)
  const scanners = [{}, { 'sec-purpose': 'prefetch' }, { purpose: 'preview' }, { 'user-agent': 'scanner' }]
  for (let look = 0; look < 1_000; look++) {
    const method = look % 3 === 0 ? 'HEAD' : 'GET'
    const { status } = await server.call(method, path, { headers: { ...HTML, ...scanners[look % 4] } })
    if (status !== 200) t.fail(`${method} answered ${status}`)
  }
  t.equal(await statusOf(all, reservation.id), 'confirmed')
  const page = await server.call<string>('GET', path, { headers: HTML })
  t.match(page.body, /<form method="post"><button class="button main">Cancel the appointment/)
  t.match(Object.fromEntries(page.headers), {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': /noindex/,
    'content-security-policy': /default-src 'none'; style-src 'sha256-/,
  })
  t.notMatch(page.body, /<script|https?:\/\//, 'it asks for nothing else')

  // As a browser sends it from a page without a referrer.
  const pressed = await server.call<string>('POST', path, { headers: { ...FORM, origin: 'null' } })
  t.equal(pressed.status, 200)
  t.match(pressed.body, /You have cancelled this appointment/)
  t.notMatch(pressed.body, /<form/)
  t.equal(await statusOf(all, reservation.id), 'cancelled')

  const again = await booked(all)
  t.equal((await server.call<string>('POST', path, { headers: FORM })).status, 200)
  t.equal(await statusOf(all, again.id), 'confirmed', 'used once')
  t.equal((await server.call<string>('GET', path, { headers: HTML })).status, 200)
})

test('programs read and use links as JSON', async (t) => {
  const server = await startOne(t)
  const all = await world(server)
  const reservation = await booked(all, 0, false)
  const path = await linkTo(server, 'confirm', reservation)
  const shown = await server.call<LinkState>('GET', path, { headers: { accept: 'application/json' } })
  t.match(shown.body, { purpose: 'confirm', used: false, reservation: { status: 'held' } })
  const used = await server.call<LinkState>('POST', path)
  t.match(used.body, { purpose: 'confirm', used: true, reservation: { status: 'confirmed' } })
  t.equal(await statusOf(all, reservation.id), 'confirmed')
  const again = await server.call<LinkState>('POST', path)
  t.match(again.body, { used: true, reservation: { status: 'confirmed' } })
})

test('a booking moves to a time of the list; a time that is taken leaves the link as it is', async (t) => {
  const server = await startOne(t)
  const all = await world(server)
  const other = { ...all, client: await register(server, 'client') }
  const reservation = await booked(all)
  await booked(other, 2)
  const path = await linkTo(server, 'move', reservation)
  const { body } = await server.call<string>('GET', path, { headers: HTML })
  const offered = [...body.matchAll(/name="slotId" value="([^"]+)"/g)].map(([, id]) => id)
  t.same(
    offered,
    [1, 3, 4, 5, 6, 7].map((at) => all.slots[at]),
    'the free ones',
  )

  const nothing = await server.call<string>('POST', path, { headers: FORM })
  t.equal(nothing.status, 400)
  t.match(nothing.body, /role="alert">Please choose a time/)
  const taken = await server.call<string>('POST', path, { headers: FORM, body: `slotId=${all.slots[2]}` })
  t.equal(taken.status, 409)
  t.match(taken.body, /role="alert">Somebody else has that time/)
  const moved = await server.call<string>('POST', path, { headers: FORM, body: `slotId=${all.slots[5]}` })
  t.equal(moved.status, 200)
  t.match(moved.body, /has been moved/)
  const now = await server.call<Reservation>('GET', `/v1/reservations/${reservation.id}`, {
    token: all.client.token,
  })
  t.equal(now.body.slotId, all.slots[5])
  await server.call<string>('POST', path, { headers: FORM, body: `slotId=${all.slots[6]}` })
  t.equal(
    (await server.call<Reservation>('GET', `/v1/reservations/${reservation.id}`, { token: all.client.token }))
      .body.slotId,
    all.slots[5],
  )
  const day = await server.call<string>('GET', `${await linkTo(server, 'manage', now.body)}?day=2001-01-01`, {
    headers: HTML,
  })
  t.match(day.body, /There are no free times on/)
  t.match(day.body, /Free times nearby/)
})

test('where several things can be done, cancelling is asked about first', async (t) => {
  const server = await startOne(t)
  const all = await world(server)
  const reservation = await booked(all)
  const path = await linkTo(server, 'manage', reservation)
  const shown = await server.call<string>('GET', path, { headers: HTML })
  t.match(shown.body, /<form method="get"><input type="hidden" name="ask" value="cancel">/)
  t.notMatch(shown.body, /name="do"/)
  const asked = await server.call<string>('GET', `${path}?ask=cancel`, { headers: HTML })
  t.match(asked.body, /<h1>Cancel this appointment\?<\/h1>/)
  t.match(asked.body, /<form method="get"><button class="button">Back/)
  t.equal(await statusOf(all, reservation.id), 'confirmed')
  const [, field] =
    /<form method="post"><input type="hidden" name="(do)" value="cancel">/.exec(asked.body) ?? []
  const pressed = await server.call<string>('POST', `${path}?ask=cancel`, {
    headers: FORM,
    body: `${field}=cancel`,
  })
  t.match(pressed, { status: 200, body: /You have cancelled this appointment/ })
  t.equal(await statusOf(all, reservation.id), 'cancelled')
})

test('a visit moves by less than its length', async (t) => {
  const server = await startOne(t)
  const all = await world(server)
  const service = await offer(server, all.provider, { startsEveryMinutes: 15, bufferAfterMinutes: 15 })
  const { body: reservation } = await server.call<Reservation>('POST', '/v1/reservations', {
    token: all.client.token,
    body: { slotId: all.slots[0], serviceId: service.id },
  })
  await server.call('POST', `/v1/reservations/${reservation.id}/confirm`, { token: all.client.token })
  const path = await linkTo(server, 'move', reservation)
  const { body } = await server.call<string>('GET', path, { headers: HTML })
  t.same(
    [...body.matchAll(/name="slotId" value="([^"]+)"/g)].map(([, id]) => id),
    [1, 2, 3, 4, 5].map((at) => all.slots[at]),
  )
  const other = { ...all, client: await register(server, 'client') }
  await booked(other, 5)
  const beside = await server.call<string>('GET', path, { headers: HTML })
  t.same(
    [...beside.body.matchAll(/name="slotId" value="([^"]+)"/g)].map(([, id]) => id),
    [all.slots[1]],
    'control: not over what others have',
  )
  const moved = await server.call<string>('POST', path, { headers: FORM, body: `slotId=${all.slots[1]}` })
  t.match(moved, { status: 200, body: /has been moved/ })
})

test('whoever has just confirmed goes on to change it; the used link is good for no more', async (t) => {
  const server = await startOne(t)
  const all = await world(server)
  const path = await linkTo(server, 'confirm', await booked(all, 0, false))
  const pressed = await server.call<string>('POST', path, { headers: FORM })
  const [, change = ''] = /href="(\/l\/[\w-]{43})"/.exec(pressed.body) ?? []
  t.match(pressed.body, /See the page of/)
  t.match((await server.call<string>('GET', change, { headers: HTML })).body, /name="ask" value="cancel"/)
  for (const method of ['GET', 'POST']) {
    const again = await server.call<string>(method, path, { headers: method === 'GET' ? HTML : FORM })
    t.match(again, { status: 200, body: /is confirmed/ })
    t.notMatch(again.body, /href="\/l\//)
  }
})

test('a link ends with the visit, and what is none says no more than that', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const all = await world(server)
  const reservation = await booked(all)
  const path = await linkTo(server, 'cancel', reservation)
  t.equal((await server.call('GET', path, { headers: HTML })).status, 200, 'control: it works before')
  clock.move(Date.parse(reservation.start) - clock.now())
  const ended = await server.call<string>('GET', path, { headers: HTML })
  const unknown = await server.call<string>('GET', `/l/${'a'.repeat(43)}`, { headers: HTML })
  t.equal(ended.status, 404)
  t.equal(ended.body, unknown.body)
  t.equal((await server.call<string>('POST', path, { headers: FORM })).body, unknown.body)
  for (let guess = 0; guess < 200; guess++) {
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
    const method = guess % 2 ? 'POST' : 'GET'
    const { status, body } = await server.call<{ code: string }>(method, `/l/${token}`, {
      headers: { accept: 'application/json' },
    })
    if (status !== 404 || body.code !== 'not_found') t.fail(`${method} answered ${status}`)
  }
})

test('of a reservation that is gone a link shows nothing', async (t) => {
  const server = await startOne(t)
  const all = await world(server)
  const reservation = await booked(all)
  const path = await linkTo(server, 'cancel', reservation)
  t.equal((await server.call('GET', path, { headers: HTML })).status, 200, 'control')
  await server.call('DELETE', '/v1/me', { token: all.client.token })
  t.equal((await server.call('GET', path, { headers: HTML })).status, 404)
})

test('pressed on two servers at once, it acts once', async (t) => {
  const [one, other] = await twoServers(t)
  const all = await world(one)
  const reservation = await booked(all)
  const path = await linkTo(one, 'move', reservation)
  const targets = [1, 2, 3, 4, 5, 6].map((at) => all.slots[at])
  const answers = await Promise.all(
    targets.map((slotId, index) =>
      (index % 2 ? one : other).call<LinkState>('POST', path, { body: { slotId } }),
    ),
  )
  t.same(
    answers.map(({ status }) => status),
    targets.map(() => 200),
  )
  const { body } = await one.call<Reservation>('GET', `/v1/reservations/${reservation.id}`, {
    token: all.client.token,
  })
  // Confirmed and moved once.
  t.equal(body.seq, 2)
})

test('no token is logged, audited, counted by or told in an error', async (t) => {
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const audit = temporaryFolder(t)
  const server = await startOne(t, { audit, logger: { ...loggerOptions('trace'), stream } })
  const all = await world(server)
  const reservation = await booked(all)
  const path = await linkTo(server, 'cancel', reservation)
  const token = path.slice('/l/'.length)
  const errors: string[] = []
  const json = { accept: 'application/json' }
  for (const [method, address, headers, body] of [
    ['GET', path, HTML],
    ['PUT', path, json],
    ['GET', `${path}/x`, json],
    ['GET', `/%6c/${token}/x`, json],
    ['GET', `${path}%`, json],
    ['POST', path, { ...json, 'content-type': 'text/csv' }, 'x'],
    ['POST', path, json, { slotId: 1 }],
    ['POST', path, FORM],
  ] as const) {
    const answer = await server.call(method, address, { headers, body })
    if (answer.status >= 400) errors.push(JSON.stringify(answer.body))
  }
  t.equal(errors.length, 6, 'control: there were errors to look at')
  const { body: metrics } = await server.call<string>('GET', '/metrics')
  t.match(metrics, /route="\/l\/:token"/, 'control: it is counted')
  await server.app.close()
  const audited = textIn(audit)
  t.match(audited, /"action":"link\.use".*"purpose":"cancel"/, 'control: it is audited')
  const log = lines.join('')
  t.match(log, /\/l\/:token/, 'control: requests are logged')
  for (const [what, text] of Object.entries({ log, audited, metrics, errors: errors.join('\n') })) {
    t.notOk(text.includes(token), what)
  }
})

test('a form is read at links alone', async (t) => {
  const server = await startOne(t)
  const headers = { 'content-type': FORM['content-type'] }
  const elsewhere = await server.call('POST', '/v1/token', { headers, body: 'email=a&password=b' })
  t.equal(elsewhere.status, 415)
  const here = await server.call('POST', `/l/${'a'.repeat(43)}`, { headers, body: 'password=b' })
  t.equal(here.status, 404)
})
