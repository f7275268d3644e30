/**
 * What a page knows of one provider's slots: a picture, then changes. The one reducer of the booking page and the
 * provider's screen; pure, so a test can replay any order of messages.
 *
 * - A picture from the live channel replaces everything and sets `n`.
 * - A change joins on when its `n` is the next one. An older one is dropped; a newer one is a hole, and the caller
 *   watches again. Nothing is shown from behind a hole.
 * - A REST list is what the page begins with and lives on while live is off (`n` is null): it replaces its span.
 *   While live is on it may only bring what is newer by `rev`.
 * - `gone` names slots withdrawn while somebody looked: they stay in their place, so that nothing jumps.
 */
import type { OwnSlot } from '../../schemas/common.js'
import type { Picture, SlotEvent } from '../../schemas/events.js'

export interface Seen {
  n: number | null
  hole: boolean
  from: number
  to: number
  slots: ReadonlyMap<string, OwnSlot>
  gone: ReadonlySet<string>
}

export type Message =
  | { kind: 'listed'; from: number; to: number; slots: OwnSlot[] }
  | { kind: 'pictured'; picture: Pick<Picture, 'n' | 'from' | 'to' | 'slots'> }
  | { kind: 'changed'; event: SlotEvent }
  | { kind: 'answered'; slot: { id: string; state: OwnSlot['state']; rev: number; expiresAt?: string } }
  | { kind: 'cut' }

export const nothingSeen: Seen = { n: null, hole: false, from: 0, to: 0, slots: new Map(), gone: new Set() }

export function see(seen: Seen, message: Message): Seen {
  switch (message.kind) {
    case 'listed':
      return listed(seen, message.from, message.to, message.slots)
    case 'pictured':
      return pictured(seen, message.picture)
    case 'changed':
      return changed(seen, message.event)
    case 'answered':
      return answered(seen, message.slot)
    case 'cut':
      return { ...seen, n: null, hole: false }
  }
}

function listed(seen: Seen, from: number, to: number, list: OwnSlot[]): Seen {
  const slots = new Map(seen.slots)
  if (seen.n === null) {
    for (const slot of seen.slots.values()) {
      const start = Date.parse(slot.start)
      if (start >= from && start < to && !seen.gone.has(slot.id)) slots.delete(slot.id)
    }
  }
  for (const slot of list) {
    const known = seen.slots.get(slot.id)
    if (known === undefined || known.rev <= slot.rev || seen.n === null) slots.set(slot.id, slot)
  }
  if (seen.n !== null) return { ...seen, slots }
  // A list without live is all there is to say about its span.
  const first = seen.to === 0 || from > seen.to || to < seen.from
  return {
    ...seen,
    slots,
    from: first ? from : Math.min(seen.from, from),
    to: first ? to : Math.max(seen.to, to),
  }
}

function pictured(seen: Seen, picture: Pick<Picture, 'n' | 'from' | 'to' | 'slots'>): Seen {
  const from = Date.parse(picture.from)
  const to = Date.parse(picture.to)
  const slots = new Map<string, OwnSlot>()
  // What lies before the picture (earlier days of the provider's week) is history and stays as it was listed.
  for (const slot of seen.slots.values()) {
    if (Date.parse(slot.start) < from) slots.set(slot.id, slot)
  }
  for (const slot of picture.slots) slots.set(slot.id, slot)
  const gone = new Set<string>()
  for (const slot of seen.slots.values()) {
    const now = slots.get(slot.id)
    if (now?.state === 'withdrawn' && (slot.state !== 'withdrawn' || seen.gone.has(slot.id)))
      gone.add(slot.id)
  }
  return { n: picture.n, hole: false, from, to, slots, gone }
}

function changed(seen: Seen, event: SlotEvent): Seen {
  if (seen.n === null || event.n <= seen.n) return seen
  if (seen.hole || event.n !== seen.n + 1) return { ...seen, hole: true }
  const known = seen.slots.get(event.slotId)
  const start = Date.parse(event.start)
  if (start < seen.from || start >= seen.to || (known !== undefined && known.rev >= event.rev)) {
    return { ...seen, n: event.n }
  }
  const slots = new Map(seen.slots).set(event.slotId, slotOf(event))
  return { ...seen, n: event.n, slots, gone: goneAfter(seen, event.slotId, known?.state, event.state) }
}

/** A refusal (409) says what the slot is now; it may be newer than what is shown. */
function answered(
  seen: Seen,
  answer: { id: string; state: OwnSlot['state']; rev: number; expiresAt?: string },
): Seen {
  const known = seen.slots.get(answer.id)
  if (known === undefined || known.rev >= answer.rev) return seen
  const { reservation: _, expiresAt: __, ...rest } = known
  const slots = new Map(seen.slots).set(answer.id, { ...rest, ...answer })
  return { ...seen, slots, gone: goneAfter(seen, answer.id, known.state, answer.state) }
}

function slotOf(event: SlotEvent): OwnSlot {
  const { slotId, providerId, start, end, state, rev, expiresAt, reservation } = event
  return {
    id: slotId,
    providerId,
    start,
    end,
    state,
    rev,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(reservation !== undefined &&
      (state === 'held' || state === 'confirmed') && { reservation: { ...reservation, status: state } }),
  }
}

function goneAfter(
  seen: Seen,
  id: string,
  before: OwnSlot['state'] | undefined,
  after: OwnSlot['state'],
): ReadonlySet<string> {
  const leaves = after === 'withdrawn' && before !== undefined && before !== 'withdrawn'
  if (!leaves && !(after !== 'withdrawn' && seen.gone.has(id))) return seen.gone
  const gone = new Set(seen.gone)
  if (leaves) gone.add(id)
  else gone.delete(id)
  return gone
}
