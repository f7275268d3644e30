/** Moving, extending and cancelling late, by the client and by the provider. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  booked,
  bookFor,
  type Clinic,
  clinic,
  confirm,
  end,
  extend,
  held,
  hold,
  later,
  move,
  offer,
  read,
  statesOf,
} from '../helper/clinic.js'
import { temporaryFolder } from '../helper/database.js'
import { publish, register } from '../helper/servers.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const open = (count: number) => Array.from({ length: count }, () => 'open')

/** From the clock of the world to a slot of it. */
const until = ({ clock }: Clinic, { start }: { start: string }) => Date.parse(start) - clock.now()

t.test('a hold, and then a booking, moves and keeps its id, its status and its end', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const service = await world.offer()
  const { id, expiresAt } = await held(server, client, slots[2], service.id)
  t.match(await move(server, client, id, slots[4]), {
    status: 200,
    body: { id, status: 'held', seq: 1, expiresAt, slotId: slots[4], slotIds: slots.slice(4, 7) },
  })
  const three = ['held', 'held', 'held']
  t.same(await statesOf(server, provider, slots.slice(0, 9)), [...open(4), ...three, ...open(2)])
  t.match(await move(server, client, id, slots[4]), { status: 200, body: { seq: 1 } }, 'the same again')
  t.match(await move(server, client, id, slots[2]), { status: 200, body: { seq: 2 } }, 'and back')
  t.same(await statesOf(server, provider, slots.slice(0, 7)), [...open(2), ...three, ...open(2)])
  t.match(await confirm(server, client, id), { status: 200, body: { seq: 3, slotId: slots[2] } })
  t.match(await move(server, client, id, slots[8]), {
    status: 200,
    body: { id, status: 'confirmed', seq: 4, slotIds: slots.slice(8, 11) },
  })
  t.same(await statesOf(server, provider, slots.slice(0, 8)), open(8))
  t.match(await move(server, client, id, slots[2]), { status: 200, body: { seq: 5 } })
  await end(server, client, id)
  t.match(await move(server, client, id, slots[4]), { status: 410, body: { code: 'hold_released' } })
  t.match(await hold(server, client, slots[2], service.id), { status: 201 }, 'control: its slots are free')
})

t.test('a moved hold expires on time', async (t) => {
  const world = await clinic(t)
  const { server, slots } = world
  const service = await world.offer()
  const { id } = await held(server, world.client, slots[0], service.id)
  await later(world, 29 * MINUTE)
  t.match(await move(server, world.client, id, slots[6]), { status: 200 })
  await later(world, MINUTE - 1)
  t.match(await read(server, world.client, id), { body: { status: 'held' } }, 'control: a moment before')
  world.clock.move(1)
  t.match(await read(server, world.client, id), { body: { status: 'expired' } })
  t.equal(await server.app.slots.expireOverdue(100), 3)
  t.same(await statesOf(server, world.provider, slots.slice(6, 9)), open(3))
})

t.test('of two that move to one time one arrives, and the other keeps its time', async (t) => {
  const world = await clinic(t, { slots: 64, count: 2 })
  const { server, other, provider, slots } = world
  const service = await world.offer()
  const [one, two] = [await register(server, 'client'), await register(server, 'client')]
  for (let at = 0; at + 12 <= slots.length; at += 12) {
    const first = await booked(server, one, slots[at], service.id)
    const second = await booked(other, two, slots[at + 3], service.id)
    const moved = await Promise.all([
      move(server, one, first.id, slots[at + 6], undefined),
      move(other, two, second.id, slots[at + 8], undefined),
    ])
    t.same(moved.map(({ status }) => status).sort(), [200, 409])
    const kept = moved[0].status === 409 ? { ...first, by: one } : { ...second, by: two }
    t.match(await read(server, kept.by, kept.id), { body: { slotId: kept.slotId, status: 'confirmed' } })
    const states = await statesOf(server, provider, slots.slice(at, at + 12))
    t.equal(states.filter((state) => state === 'confirmed').length, 6, 'nothing is lost and nothing double')
  }
})

t.test('where it cannot go, it stays, and hears why', async (t) => {
  const world = await clinic(t, { settings: { NOTICE_SECONDS: '3600' } })
  const { server, client, slots } = world
  const service = await world.offer({ bufferAfterMinutes: 15 })
  const rival = await register(server, 'client')
  const other = await register(server, 'provider')
  const theirs = await publish(server, other, 4)
  const { id } = await booked(server, client, slots[0], service.id)
  await held(server, rival, slots[9])
  for (const [to, status, code] of [
    [slots[7], 409, 'slot_held'],
    [slots[6], 422, 'does_not_fit'],
    [slots[14], 409, 'slot_withdrawn'],
    [theirs[0], 404, 'not_found'],
    [`${theirs[0]}x`, 404, 'not_found'],
    ['x', 404, 'not_found'],
  ] as const) {
    t.match(await move(server, client, id, to), { status, body: { code } }, String(to))
  }
  t.match(await move(server, rival, id, slots[4]), { status: 404 }, 'by a stranger')
  t.match(await move(server, other, id, theirs[0]), { status: 404 }, 'by another provider')
  t.match(await move(server, client, id, slots[4], 'f'.repeat(32)), { status: 404 }, 'an unknown service')
  t.match(await read(server, client, id), { body: { slotId: slots[0], seq: 1 } })
  t.match(await move(server, client, id, slots[5]), { status: 200 }, 'control')
})

t.test('without a service in the request, the rules of the one it was booked as still count', async (t) => {
  const world = await clinic(t)
  const { server, provider, slots } = world
  const service = await world.offer({ startsEveryMinutes: 60, noticeSeconds: (2 * DAY) / 1000 })
  const { id, start } = await booked(server, world.client, slots[0], service.id)
  t.match(await move(server, world.client, id, slots[5]), {
    status: 422,
    body: { code: 'does_not_fit', slot: { id: slots[5] } },
  })
  t.match(await move(server, world.client, id, slots[4]), { status: 200 }, 'control: on the hour')
  await later(world, until(world, { start }) - DAY)
  t.match(await move(server, world.client, id, slots[8]), { status: 422, body: { code: 'min_notice' } })
  t.match(await move(server, world.provider, id, slots[8]), { status: 200 }, 'a provider may, at any notice')
  const path = `/v1/providers/${provider.id}/services/${service.id}`
  t.equal((await server.call('DELETE', path, world.provider)).status, 204)
  t.match(await move(server, world.client, id, slots[5]), { status: 200 }, 'what is gone has no rules')
})

t.test(
  'a client changes a booking until its cut-off; the provider after it, and that is noted',
  async (t) => {
    const audit = temporaryFolder(t)
    const world = await clinic(t, { audit })
    const { server, slots } = world
    const service = await world.offer({ cancelCutoffSeconds: 7_200, moveCutoffSeconds: 14_400 })
    const first = await booked(server, world.client, slots[4], service.id)
    const second = await booked(server, world.client, slots[8], service.id)
    const only = await held(server, world.client, slots[0], service.id)
    const start = Date.parse(first.start)
    t.match(
      first,
      {
        cancelUntil: new Date(start - 2 * HOUR).toISOString(),
        moveUntil: new Date(start - 4 * HOUR).toISOString(),
      },
      'a booking says until when',
    )
    t.notOk('cancelUntil' in only, 'a hold can always be given back')
    await later(world, start - 4 * HOUR - world.clock.now())
    t.match(
      await move(server, world.client, first.id, slots[12]),
      { status: 200 },
      'control: at the last moment',
    )
    t.match(await move(server, world.client, first.id, slots[4]), { status: 200 })
    await later(world, 1)
    const latest = new Date(start - 4 * HOUR).toISOString()
    t.match(await move(server, world.client, first.id, slots[12]), {
      status: 422,
      body: { code: 'cutoff', latest },
    })
    await later(world, 2 * HOUR)
    t.match(await end(server, world.client, first.id), {
      status: 422,
      body: { code: 'cutoff', latest: new Date(start - 2 * HOUR).toISOString() },
    })
    t.match(await read(server, world.client, first.id), { body: { status: 'confirmed', slotId: slots[4] } })
    t.equal((await end(server, world.client, second.id)).status, 204, 'control: one that is later')
    t.match(await end(server, world.client, only.id), { status: 204 }, 'what is expired can be given back')
    const again = await held(server, world.client, slots[0], service.id)
    t.equal((await end(server, world.client, again.id)).status, 204, 'and so can a hold')

    t.match(await move(server, world.provider, first.id, slots[5]), { status: 200 })
    await later(world, HOUR)
    t.match(await end(server, world.provider, first.id, { note: 'The doctor is ill' }), { status: 204 })
    t.match(await read(server, world.client, first.id), {
      body: { status: 'cancelled', cancelledBy: 'provider', note: 'The doctor is ill' },
    })
    await server.app.audit?.flush()
    const lines = readdirSync(audit, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => readFileSync(join(audit, name), 'utf8').trim().split('\n'))
      .map((line) => JSON.parse(line) as { action: string; status?: number; about?: object })
    const about = (action: string) =>
      lines.filter((line) => line.action === action && (line.status ?? 500) < 300).map((line) => line.about)
    t.match(about('reservation.move'), [{}, {}, { insideCutoff: true }])
    t.equal(about('reservation.move').filter((one) => one && 'insideCutoff' in one).length, 1)
    t.match(about('reservation.end').at(-1), { insideCutoff: true })
    t.equal(about('reservation.end').filter((one) => one && 'insideCutoff' in one).length, 1)
    t.notMatch(JSON.stringify(lines), /The doctor/, 'what was said is nobody’s business there')
  },
)

t.test('a hold is extended once, to its longest', async (t) => {
  const world = await clinic(t, { settings: { MAX_HOLD_SECONDS: '2700' } })
  const { server, slots } = world
  const service = await world.offer({ bufferAfterMinutes: 15 })
  const { id, heldAt } = await held(server, world.client, slots[0], service.id)
  const most = new Date(Date.parse(heldAt) + 45 * MINUTE).toISOString()
  t.match(
    await extend(server, world.client, id),
    { status: 422, body: { code: 'extension_limit', maxExpiresAt: most } },
    'in the first moment there is nothing to win',
  )
  await later(world, 10 * MINUTE)
  const stranger = await register(server, 'client')
  t.match(await extend(server, stranger, id), { status: 404 })
  t.match(await extend(server, world.provider, id), { status: 404 }, 'nor by the provider')
  const expiresAt = new Date(Date.parse(heldAt) + 40 * MINUTE).toISOString()
  t.match(await extend(server, world.client, id), {
    status: 200,
    body: { id, status: 'held', expiresAt, expiresInSeconds: 1_800, seq: 0 },
  })
  t.match(await extend(server, world.client, id), {
    status: 422,
    body: { code: 'extension_limit', maxExpiresAt: expiresAt },
  })
  t.match(await move(server, world.client, id, slots[5]), { status: 200, body: { expiresAt } })
  t.match(await extend(server, world.client, id), { status: 422 }, 'moving wins no second one')
  await later(world, 30 * MINUTE - 1)
  t.match(await read(server, world.client, id), { body: { status: 'held' } }, 'control: it lasts')
  await later(world, 1)
  t.match(await confirm(server, world.client, id), { status: 410, body: { code: 'hold_expired' } })

  const late = await held(server, world.client, slots[0], service.id)
  await later(world, 29 * MINUTE)
  t.match(await extend(server, world.client, late.id), {
    status: 200,
    body: { expiresAt: new Date(Date.parse(late.heldAt) + 45 * MINUTE).toISOString() },
  })
  t.match(await confirm(server, world.client, late.id), { status: 200 })
  t.match(await extend(server, world.client, late.id), { status: 422, body: { code: 'extension_limit' } })
  await end(server, world.client, late.id)
  t.match(await extend(server, world.client, late.id), { status: 410, body: { code: 'hold_released' } })
})

t.test('the outcome is noted from the start on, by the provider', async (t) => {
  const world = await clinic(t)
  const { server, slots } = world
  const service = await world.offer()
  const { id, start } = await booked(server, world.client, slots[0], service.id)
  const note = (by: { token: string }, outcome: string, of = id) =>
    server.call('PATCH', `/v1/reservations/${of}`, { token: by.token, body: { outcome } })
  t.match(await note(world.provider, 'arrived'), { status: 422, body: { code: 'not_begun' } })
  await later(world, until(world, { start }))
  t.match(await note(world.client, 'arrived'), { status: 403 })
  t.match(await note(await register(server, 'provider'), 'arrived'), { status: 404 })
  t.match(await note(world.provider, 'late'), { status: 400 })
  t.match(await note(world.provider, 'no_show'), { status: 200, body: { outcome: 'no_show' } })
  t.match(await note(world.provider, 'arrived'), { status: 200, body: { outcome: 'arrived' } }, 'corrected')
  t.match(await read(server, world.provider, id), { body: { outcome: 'arrived', status: 'confirmed' } })
  t.match(await end(server, world.provider, id), { status: 422, body: { code: 'in_the_past' } })
  t.match(await move(server, world.provider, id, slots[8]), { status: 422, body: { code: 'in_the_past' } })
  const next = await held(server, world.client, slots[5], service.id)
  t.match(await note(world.provider, 'arrived', next.id), { status: 422, body: { code: 'not_begun' } })
})

t.test('a provider moves inside the notice, but never into the past', async (t) => {
  const world = await clinic(t, { settings: { NOTICE_SECONDS: '7200' } })
  const { server, slots } = world
  const service = await world.offer()
  const { id, start } = await booked(server, world.client, slots[8], service.id)
  await later(world, until(world, { start }) - HOUR)
  t.match(await move(server, world.client, id, slots[6]), { status: 422, body: { code: 'min_notice' } })
  t.match(await move(server, world.provider, id, slots[6]), { status: 200 })
  t.match(await move(server, world.provider, id, slots[2]), { status: 422, body: { code: 'in_the_past' } })
  t.match(
    await bookFor(server, world.provider, {
      slotId: slots[9],
      person: { name: 'Grete Guest' },
      status: 'confirmed',
    }),
    { status: 422, body: { code: 'min_notice' } },
    'control: the notice counts for a new one',
  )
})

t.test('to another provider’s service nothing moves', async (t) => {
  const world = await clinic(t)
  const { server, client, slots } = world
  const service = await world.offer()
  const other = await register(server, 'provider')
  const foreign = await offer(server, other)
  const { id } = await held(server, client, slots[0], service.id)
  t.match(await move(server, client, id, slots[4], foreign.id), { status: 404 })
  t.match(await hold(server, client, slots[4], foreign.id), { status: 404 })
  t.match(await move(server, client, id, slots[4], service.id), { status: 200 }, 'control')
})

t.test('to the same time, as what its service is now, is no repetition', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const service = await world.offer({ bufferAfterMinutes: 15 })
  const { id } = await booked(server, client, slots[0], service.id)
  const again = () => move(server, client, id, slots[0], service.id)
  t.match(await again(), { status: 200, body: { seq: 1, durationMinutes: 45 } }, 'control: the same')
  await server.call('PATCH', `/v1/providers/${provider.id}/services/${service.id}`, {
    token: provider.token,
    headers: { 'if-match': '"1"' },
    body: { durationMinutes: 60, bufferAfterMinutes: 0 },
  })
  t.match(await again(), { status: 200, body: { seq: 2, slotIds: slots.slice(0, 4) } })
  t.match(await again(), { status: 200, body: { seq: 2 } })
})
