import fc from 'fast-check'
import t from 'tap'
import type { SlotState } from '../../src/domain/slot.js'
import { nothingSeen, type Seen, see } from '../../src/pages/shared/picture.js'
import type { OwnSlot } from '../../src/schemas/common.js'
import type { SlotEvent } from '../../src/schemas/events.js'

const START = Date.parse('2027-08-13T06:00:00.000Z')
const iso = (instant: number) => new Date(instant).toISOString()
const FROM = iso(START)
const TO = iso(START + 86_400_000)

function slot(index: number, state: SlotState = 'open', rev = 1): OwnSlot {
  const start = START + index * 900_000
  return { id: `p.${index}`, providerId: 'p', start: iso(start), end: iso(start + 900_000), state, rev }
}

function change(n: number, index: number, state: SlotState, rev: number): SlotEvent {
  const { id, start, end } = slot(index)
  return { n, slotId: id, providerId: 'p', start, end, state, rev, at: FROM }
}

const picture = (n: number, slots: OwnSlot[]) => ({
  kind: 'pictured' as const,
  picture: { n, from: FROM, to: TO, slots },
})
const changed = (event: SlotEvent) => ({ kind: 'changed' as const, event })
const stateOf = (seen: Seen, index: number) => seen.slots.get(`p.${index}`)?.state

t.test('a change joins on to the picture, an older one is dropped', async (t) => {
  let seen = see(nothingSeen, picture(7, [slot(0), slot(1)]))
  seen = see(seen, changed(change(8, 0, 'held', 2)))
  t.equal(stateOf(seen, 0), 'held')
  seen = see(seen, changed(change(8, 0, 'open', 1)))
  t.equal(stateOf(seen, 0), 'held')
  t.equal(seen.n, 8)
  t.notOk(seen.hole)
})

t.test('a hole shows nothing further until there is a new picture', async (t) => {
  let seen = see(nothingSeen, picture(1, [slot(0), slot(1)]))
  seen = see(seen, changed(change(3, 0, 'held', 2)))
  t.ok(seen.hole)
  t.equal(stateOf(seen, 0), 'open')
  seen = see(seen, changed(change(2, 1, 'held', 2)))
  t.equal(stateOf(seen, 1), 'open', 'what comes late does not mend it')
  seen = see(seen, picture(9, [slot(0, 'held', 2), slot(1, 'held', 2)]))
  t.notOk(seen.hole)
  t.equal(stateOf(seen, 1), 'held')
})

t.test('changes before a picture, and outside its span, are ignored', async (t) => {
  t.equal(see(nothingSeen, changed(change(1, 0, 'held', 2))), nothingSeen)
  const seen = see(see(nothingSeen, picture(1, [slot(0)])), changed(change(2, 500, 'held', 2)))
  t.equal(seen.slots.size, 1)
  t.equal(seen.n, 2, 'but they count')
})

t.test('a list is all there is while live is away, and no more than newer revs while it is on', async (t) => {
  const listed = (slots: OwnSlot[]) => ({
    kind: 'listed' as const,
    from: START,
    to: START + 86_400_000,
    slots,
  })
  let seen = see(nothingSeen, listed([slot(0), slot(1)]))
  t.equal(seen.slots.size, 2)
  seen = see(seen, listed([slot(0, 'held', 4)]))
  t.same([stateOf(seen, 0), stateOf(seen, 1)], ['held', undefined], 'what the list lacks is gone')

  seen = see(seen, picture(1, [slot(0, 'confirmed', 5), slot(1)]))
  seen = see(seen, listed([slot(0, 'held', 4), slot(1, 'held', 2)]))
  t.same([stateOf(seen, 0), stateOf(seen, 1)], ['confirmed', 'held'])
  seen = see(see(seen, { kind: 'cut' }), listed([slot(0, 'open', 1)]))
  t.same(
    [stateOf(seen, 0), stateOf(seen, 1)],
    ['open', undefined],
    'also after a restore to an older database',
  )
})

t.test(
  'what is withdrawn while somebody looks keeps its place; what was withdrawn before has none',
  async (t) => {
    let seen = see(nothingSeen, picture(1, [slot(0), slot(1, 'withdrawn')]))
    t.same([...seen.gone], [])
    seen = see(seen, changed(change(2, 0, 'withdrawn', 2)))
    t.same([...seen.gone], ['p.0'])
    seen = see(seen, picture(3, [slot(0, 'withdrawn', 2), slot(1, 'withdrawn')]))
    t.same([...seen.gone], ['p.0'], 'over a reconnect too')
    seen = see(seen, changed(change(4, 0, 'open', 3)))
    t.same([...seen.gone], [])
  },
)

t.test('a refusal tells what the slot is now, unless something newer is known', async (t) => {
  const seen = see(nothingSeen, picture(1, [slot(0, 'open', 3)]))
  const refused = (rev: number) => ({
    kind: 'answered' as const,
    slot: { id: 'p.0', state: 'held' as const, rev },
  })
  t.equal(stateOf(see(seen, refused(4)), 0), 'held')
  t.equal(stateOf(see(seen, refused(3)), 0), 'open')
})

const happenings = fc.array(
  fc.record({
    index: fc.nat(5),
    state: fc.constantFrom<SlotState>('open', 'held', 'confirmed', 'withdrawn'),
  }),
  { maxLength: 40 },
)

t.test('whatever is lost on the way, the end is the truth or a hole', async (t) => {
  fc.assert(
    fc.property(happenings, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (list, lost) => {
      const truth = new Map(Array.from({ length: 6 }, (_, index) => [`p.${index}`, slot(index)]))
      let seen = see(nothingSeen, picture(0, [...truth.values()]))
      list.forEach(({ index, state }, at) => {
        const rev = (truth.get(`p.${index}`)?.rev ?? 0) + 1
        truth.set(`p.${index}`, slot(index, state, rev))
        if (!lost[at]) seen = see(seen, changed(change(at + 1, index, state, rev)))
      })
      const current = seen.n === list.length && !seen.hole
      if (current) return [...truth.values()].every((one) => seen.slots.get(one.id)?.state === one.state)
      return lost.some((gone, at) => gone && at < list.length)
    }),
  )
  t.pass('held for all')
})
