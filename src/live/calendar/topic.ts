/** One provider's slots in memory: an array sorted by start, compact, changed one slot at a time. No events, no time. */
import { type LogEntry, readSlotId } from '../slots/slot-state.js'
import { type CompactSlot, SLOT_MS } from '../slots/slot-view.js'

/** A provider has one slot at a start, so the start finds it. */
export function placeOf(slots: readonly CompactSlot[], start: number): number {
  let low = 0
  let high = slots.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((slots[middle]?.start ?? 0) < start) low = middle + 1
    else high = middle
  }
  return low
}

export function slotAt(slots: readonly CompactSlot[], start: number): CompactSlot | undefined {
  const slot = slots[placeOf(slots, start)]
  return slot?.start === start ? slot : undefined
}

/** Slots are replaced, never changed, so that what was read stays as it was. */
export function putSlot(slots: CompactSlot[], slot: CompactSlot): void {
  const place = placeOf(slots, slot.start)
  slots.splice(place, slots[place]?.start === slot.start ? 1 : 0, slot)
}

export function removeSlot(slots: CompactSlot[], start: number): boolean {
  const place = placeOf(slots, start)
  return slots[place]?.start === start && slots.splice(place, 1).length > 0
}

/** Takes off the slots that ended at `until` or before; they stand first. */
export function dropEnded(slots: CompactSlot[], until: number): number {
  let ended = 0
  while ((slots[ended]?.end ?? Number.POSITIVE_INFINITY) <= until) ended++
  if (ended > 0) slots.splice(0, ended)
  return ended
}

/** What a slot is after a transition follows from its id and the entry alone. */
export function slotAfter(slotId: string, entry: LogEntry): CompactSlot | null {
  const place = readSlotId(slotId)
  if (!place) return null
  const { state, rev, reservation } = entry
  const live = state === 'held' || state === 'confirmed' ? reservation : undefined
  return {
    id: slotId,
    providerId: place.providerId,
    start: place.start,
    end: place.start + SLOT_MS,
    state,
    rev,
    expiresAt: state === 'held' ? live?.expiresAt?.getTime() : undefined,
    reservation: live
      ? { id: live.id, status: state === 'held' ? 'held' : 'confirmed', client: live.client }
      : null,
  }
}
