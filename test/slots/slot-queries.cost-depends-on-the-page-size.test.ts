import mongoose, { type mongo } from 'mongoose'
import t, { type Test } from 'tap'
import { SLOT_MS } from '../../src/domain/grid.js'
import type { PastReservation } from '../../src/domain/reservation.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'
import { SlotHistory } from '../../src/slots/slot-history.js'
import { SlotLists } from '../../src/slots/slot-queries.js'
import { openSlot } from '../../src/slots/slot-updates.js'
import { DAY, type SlotWorld, sameForAll, slotWorld } from '../helper/slot-world.js'

const LARGE = 4_000
const SMALL = 500
const LIMIT = 50
const large = { id: 'l'.repeat(32), role: 'provider' } as const
const small = { id: 's'.repeat(32), role: 'provider' } as const
const untouched = { id: 'u'.repeat(32), role: 'provider' } as const
const often = { id: 'often', role: 'client' } as const
const seldom = { id: 'seldom', role: 'client' } as const

t.test('a page of a calendar of 4,000 slots costs what one of 500 costs', async (t) => {
  const world = await slotWorld(t)
  const made = world.clock.now()
  const first = made + 2 * DAY
  await seed(world.slots, large.id, first, LARGE, often.id)
  await seed(world.slots, small.id, first + SLOT_MS * LARGE, SMALL, seldom.id)
  await seed(world.slots, untouched.id, first, LARGE, null)
  const { lists, examined } = await watched(t, world)
  const always = { from: 0, to: Date.UTC(9999, 0, 1) }
  const end = first + LARGE * SLOT_MS

  const cost = async (what: () => Promise<unknown[]>, expected: number) => {
    const { answer, documents } = await examined(what)
    t.equal(answer.length, expected)
    return documents
  }
  const pages = (owner: typeof large | typeof small | typeof often | typeof seldom) => {
    const from = owner === large || owner === often ? made : end
    const middle = from + (owner === large || owner === often ? 2 * DAY : 0) + 200 * SLOT_MS
    const after = [middle, '', 0, ''] as const
    const read = (span: { from?: number }, place: typeof after | null, limit: number) =>
      cost(() => lists.reservations(owner, span, null, place, limit, from), limit + 1)
    return [
      () => read({}, null, LIMIT),
      () => read({}, null, 1),
      () => read({ from: middle }, null, LIMIT),
      () => read({}, after, LIMIT),
    ]
  }
  for (const [one, other] of [
    [large, small],
    [often, seldom],
  ] as const) {
    const [many, few] = [pages(one), pages(other)]
    for (const [at, page] of many.entries()) {
      const [costly, cheap] = [await page(), (await few[at]?.()) ?? 0]
      t.ok(costly <= cheap * 1.5 + LIMIT, `${one.role}, page ${at}: ${costly} documents, and ${cheap}`)
    }
  }
  for (const after of [null, [first + 2_000 * SLOT_MS, '']] as const) {
    const costly = await cost(() => lists.calendar(large.id, always, after, LIMIT, made), LIMIT + 1)
    t.ok(costly <= 6 * LIMIT, `the calendar: ${costly} documents`)
  }
  const none = await cost(() => lists.reservations(untouched, {}, null, null, 1, made), 0)
  t.equal(none, 0, 'slots that nobody ever held are not looked at')
  const whole = await examined((slots) =>
    slots.find({ providerId: large.id }, { sort: { start: 1, _id: 1 } }).toArray(),
  )
  t.equal(whole.documents, LARGE, 'control: a query without a window or a limit looks at all of them')
})

t.test('over gaps of any length each slot comes once, in order', async (t) => {
  const world = await slotWorld(t)
  const made = world.clock.now()
  const gaps = [2, 3, 40, 41, 400, 401, 2_000, 40_000]
  const starts = gaps.flatMap((days) =>
    Array.from({ length: 7 }, (_, at) => made + days * DAY + at * SLOT_MS),
  )
  const { ids } = await world.store.open(large.id, starts)
  for (const since of [undefined, 0, made, made + 100 * DAY]) {
    const found: string[] = []
    for (let after: readonly [number, string] | null = null; ; ) {
      const page = await world.lists.calendar(large.id, { from: 0, to: 9e14 }, after, 5, since)
      found.push(...page.slice(0, 5).map(({ id }) => id))
      const last = page[4]
      if (!last || page.length <= 5) break
      after = [last.start, last.id]
    }
    t.same(found, ids, `expected from ${since}`)
  }
})

/** Slots as they are after one hold that was given back; with no client, as they were published. */
async function seed(
  slots: mongo.Collection<SlotDoc>,
  providerId: string,
  first: number,
  count: number,
  clientId: string | null,
) {
  const moment = new Date(first - 2 * DAY)
  for (let at = 0; at < count; at += 1_000) {
    const some = Array.from({ length: Math.min(1_000, count - at) }, (_, index): SlotDoc => {
      const slot = openSlot(providerId, first + (at + index) * SLOT_MS, moment)
      if (clientId === null) return slot
      const past: PastReservation = {
        id: `${providerId.slice(0, 1)}-${at + index}`,
        client: { id: clientId, name: '' },
        status: 'released',
        heldAt: moment,
        endedAt: moment,
        rev: 3,
      }
      return { ...slot, everHeld: true, past: [past] }
    })
    await slots.insertMany(some, { ordered: false })
  }
}

/** Lists on a connection that is listened to: each `find` they send is explained, and the documents it looks at counted. */
async function watched(t: Test, { uri, clock, slots: { dbName } }: SlotWorld) {
  const client = new mongoose.mongo.MongoClient(uri, { monitorCommands: true })
  await client.connect()
  t.teardown(() => client.close())
  const db = client.db(dbName)
  const finds: mongo.Document[] = []
  client.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'find') finds.push(command)
  })
  const slots = db.collection<SlotDoc>('slots')
  const history = new SlotHistory(db.collection('pastReservations'))
  const lists = new SlotLists({ slots, history, clock, windows: sameForAll(DAY), maxSlots: LARGE })
  async function examined<Answer>(what: (on: typeof slots) => Promise<Answer>) {
    finds.length = 0
    const answer = await what(slots)
    let documents = 0
    for (const { find, filter, sort, limit, hint } of finds) {
      const query = { find, filter, sort, ...(limit && { limit }), ...(hint && { hint }) }
      const { executionStats } = await db.command({ explain: query, verbosity: 'executionStats' })
      documents += executionStats.totalDocsExamined
    }
    return { answer, documents }
  }
  return { lists, examined }
}
