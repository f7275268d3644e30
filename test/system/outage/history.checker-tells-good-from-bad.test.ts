import t from 'tap'
import { faultsOfClients, faultsOfSlots, type SlotRequest } from '../../helper/slot-history.js'

const HOLD_MS = 10_000

/** `from`-`until` of one request on the slot `s`, in milliseconds. */
function asked(
  what: SlotRequest['what'],
  reservation: string,
  [from, until]: [number, number],
  answer: SlotRequest['answer'],
  place: Partial<SlotRequest> = {},
): SlotRequest {
  return { what, reservation, from, until, answer, client: reservation, slotId: 's', start: 1, ...place }
}

const held = { ok: true, expiresAt: HOLD_MS } as const
const ok = { ok: true } as const
const no = (code: string) => ({ ok: false, code }) as const
const NEVER = Number.POSITIVE_INFINITY

const good: Record<string, SlotRequest[]> = {
  'a hold, its confirm, its end': [
    asked('hold', 'a', [0, 10], held),
    asked('confirm', 'a', [20, 30], ok),
    asked('end', 'a', [40, 50], ok),
    asked('hold', 'b', [60, 70], { ok: true, expiresAt: 10_060 }),
  ],
  'two at once, of whom one has it': [
    asked('hold', 'a', [0, 10], held),
    asked('hold', 'b', [0, 10], no('slot_held')),
  ],
  'the one who is told so later was first': [
    asked('hold', 'a', [0, 50], held),
    asked('hold', 'b', [5, 10], no('slot_held')),
  ],
  'an answer that never came, of a hold that took place': [
    asked('hold', 'a', [0, NEVER], null),
    asked('hold', 'b', [100, 110], no('slot_held')),
  ],
  'an answer that never came, of a hold that did not': [
    asked('hold', 'a', [0, NEVER], null),
    asked('hold', 'b', [100, 110], held),
  ],
  'what is over is had by the next': [
    asked('hold', 'a', [0, 10], held),
    asked('hold', 'b', [10_100, 10_110], { ok: true, expiresAt: 20_100 }),
    asked('confirm', 'a', [10_200, 10_210], no('hold_expired')),
  ],
  'a confirm that was given back in the same moment': [
    asked('hold', 'a', [0, 10], held),
    asked('confirm', 'a', [20, 40], ok),
    asked('end', 'a', [20, 40], ok),
  ],
  'the same key again': [
    asked('hold', 'a', [0, NEVER], null),
    asked('hold', 'a', [20, 30], held),
    asked('hold', 'a', [40, 50], held),
  ],
}

const bad: Record<string, SlotRequest[]> = {
  'two have it': [asked('hold', 'a', [0, 10], held), asked('hold', 'b', [0, 10], held)],
  'a booking is lost': [
    asked('hold', 'a', [0, 10], held),
    asked('confirm', 'a', [20, 30], ok),
    asked('hold', 'b', [11_000, 11_010], { ok: true, expiresAt: 21_000 }),
  ],
  'refused by a hold that had ended before': [
    asked('hold', 'a', [0, 10], held),
    asked('end', 'a', [20, 30], ok),
    asked('hold', 'b', [40, 50], no('slot_held')),
  ],
  'refused, and nobody ever had it': [asked('hold', 'b', [0, 10], no('slot_held'))],
  'confirmed long after its end': [
    asked('hold', 'a', [0, 10], held),
    asked('confirm', 'a', [12_000, 12_010], ok),
  ],
  'expired long before its end': [
    asked('hold', 'a', [0, 10], held),
    asked('confirm', 'a', [20, 30], no('hold_expired')),
  ],
  'released by nobody': [
    asked('hold', 'a', [0, 10], held),
    asked('confirm', 'a', [20, 30], no('hold_released')),
  ],
  'ended, and booked after': [
    asked('hold', 'a', [0, 10], held),
    asked('end', 'a', [20, 30], ok),
    asked('confirm', 'a', [40, 50], ok),
  ],
}

t.test('histories of a slot that does one thing at a time', async (t) => {
  for (const [what, history] of Object.entries(good)) t.same(faultsOfSlots(history, HOLD_MS), [], what)
})

t.test('histories of one that does not', async (t) => {
  for (const [what, history] of Object.entries(bad)) {
    const [fault] = faultsOfSlots(history, HOLD_MS)
    t.ok(fault && history.includes(fault.stuckAt), what)
  }
})

t.test('clients', async (t) => {
  const two = [
    asked('hold', 'a', [0, 10], held, { client: 'ada' }),
    asked('hold', 'b', [20, 30], held, { client: 'ada', slotId: 'other' }),
  ]
  t.same(faultsOfClients(two, 3), ['ada has s and other at once'])
  t.same(
    faultsOfClients(
      two.map((one, index) => ({ ...one, start: index })),
      1,
    ),
    ['ada has 2 holds'],
  )
  t.same(
    faultsOfClients(
      two.map((one, index) => ({ ...one, start: index })),
      2,
    ),
    [],
  )
  const [first, second] = two as [SlotRequest, SlotRequest]
  const given = [first, asked('end', 'a', [12, 15], null, { client: 'ada' }), second]
  t.same(faultsOfClients(given, 3), [], 'from the request to end it on, nobody knows')
  const unknown = [{ ...first, answer: null, until: NEVER }, second]
  t.same(faultsOfClients(unknown, 3), [], 'an answer that never came proves nothing')
})
