import t from 'tap'
import { SLOT_MS, slotIdOf } from '../../src/domain/grid.js'
import { fitAt, nearestFits, shapeIn } from '../../src/pages/provider/fit.js'
import { placed } from '../../src/pages/provider/grid.js'
import { tilesOf } from '../../src/pages/provider/tiles.js'
import type { OwnSlot } from '../../src/schemas/common.js'

const DAY = '2027-03-01'
const NINE = Date.parse(`${DAY}T09:00:00Z`)
const NOW = NINE - 86_400_000
const at = (index: number) => NINE + index * SLOT_MS

function slotAt(index: number, more: Partial<OwnSlot> = {}): OwnSlot {
  const start = at(index)
  return {
    id: slotIdOf('p', start),
    providerId: 'p',
    start: new Date(start).toISOString(),
    end: new Date(start + SLOT_MS).toISOString(),
    state: 'open',
    rev: 1,
    ...more,
  }
}

/** A buffer before, a visit of so many, a buffer after; the head is at `index`. */
function appointment(index: number, visit: number, more: Partial<OwnSlot> = {}): OwnSlot[] {
  const of = visit + 2
  return Array.from({ length: of }, (_, part) => {
    const role = part === 0 ? 'before' : part === of - 1 ? 'after' : 'visit'
    const client = role === 'visit' ? { id: 'c', name: 'Ada' } : { id: 'buffer', name: '' }
    const head = slotIdOf('p', at(index))
    const reservation = {
      id: 'r',
      status: 'confirmed' as const,
      client,
      role,
      head,
      part: part + 1,
      of,
    } as const
    return slotAt(index - 1 + part, { state: 'confirmed', reservation, ...more })
  })
}

const columnOf = (slots: OwnSlot[]) => placed(slots, [DAY], 'UTC').get(DAY) ?? []
const mapOf = (slots: OwnSlot[]) => new Map(slots.map((slot) => [slot.id, slot]))

t.test('an appointment is one tile with its buffers, beside open times', async (t) => {
  const tiles = tilesOf(columnOf([slotAt(0), ...appointment(2, 3), slotAt(6)]), NOW)
  t.same(
    tiles.map(({ state, slots, before, after }) => [state, slots, before, after]),
    [
      ['open', 1, 0, 0],
      ['confirmed', 3, 1, 1],
      ['open', 1, 0, 0],
    ],
  )
})

t.test('an overdue hold is so many open times', async (t) => {
  const expiresAt = new Date(NOW).toISOString()
  const tiles = tilesOf(columnOf(appointment(2, 2, { state: 'held', expiresAt })), NOW)
  t.same(
    tiles.map(({ state, slots }) => [state, slots]),
    Array(4).fill(['open', 1]),
  )
})

t.test('a buffer on a time that is not offered is drawn with its visit alone', async (t) => {
  const slots = appointment(1, 1)
  const last = slots.at(-1)
  if (last) last.state = 'withdrawn'
  t.same(
    tilesOf(columnOf(slots), NOW).map(({ state, before, after }) => [state, before, after]),
    [['confirmed', 1, 1]],
  )
})

t.test('two appointments of one client side by side are two tiles', async (t) => {
  const of = (index: number, id: string) =>
    slotAt(index, {
      state: 'confirmed',
      reservation: { id, status: 'confirmed', client: { id: 'c', name: 'Ada' } },
    })
  t.equal(tilesOf(columnOf([of(0, 'a'), of(1, 'b')]), NOW).length, 2)
})

t.test(
  'where an appointment fits: free times, its own, not on others, not on what is not offered',
  async (t) => {
    const slots = mapOf([
      ...appointment(2, 2),
      ...[5, 6, 7, 8, 9].map((index) => slotAt(index)),
      slotAt(10, {
        state: 'held',
        reservation: { id: 'other', status: 'held', client: { id: 'd', name: 'Bo' } },
      }),
    ])
    const found = shapeIn(slots, 'r')
    t.same(found, { shape: { before: 1, visit: 2, after: 1 }, start: at(2) })
    const moved = {
      providerId: 'p',
      shape: { before: 1, visit: 2, after: 1 },
      own: { id: 'r', start: at(2) },
    }
    const fit = (index: number) => fitAt(at(index), moved, slots, NOW)
    t.equal(fit(2), 'its own')
    t.equal(fit(3), 'fits', 'it may overlap what it leaves')
    t.equal(fit(6), 'fits')
    t.equal(fit(8), 'taken', 'its buffer would lie on a hold')
    t.equal(fit(9), 'taken')
    t.equal(fit(-2), 'not offered')
    t.equal(fitAt(at(6), moved, slots, at(6)), 'over')
    t.same(nearestFits(at(9), moved, slots, NOW, 2), [at(7), at(6)])
  },
)
