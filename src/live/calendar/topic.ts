import { readSlotId, SLOT_MS } from '../../domain/grid.js'
import { indexOfStart } from '../../domain/slot.js'
import type { CompactSlot } from '../../slots/compact-slot.js'
import type { LogEntry, NamedHold } from '../../slots/slot-document.js'
/** One provider's slots in memory: an array sorted by start, compact, changed one slot at a time. No events, no time. */

/** A provider has one slot at a start, so the start finds it. */
export function slotAt(slots: readonly CompactSlot[], start: number): CompactSlot | undefined {
  const slot = slots[indexOfStart(slots, start)]
  return slot?.start === start ? slot : undefined
}

/** Slots are replaced, never changed, so that what was read stays as it was. */
export function putSlot(slots: CompactSlot[], slot: CompactSlot): void {
  const place = indexOfStart(slots, slot.start)
  slots.splice(place, slots[place]?.start === slot.start ? 1 : 0, slot)
}

export function removeSlot(slots: CompactSlot[], start: number): boolean {
  const place = indexOfStart(slots, start)
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
  const { state, rev } = entry
  const taken: (Omit<NamedHold, 'expiresAt'> & { expiresAt?: Date }) | undefined =
    entry.kind === 'released' ? undefined : entry.reservation
  const expiresAt = (taken?.keptUntil ?? taken?.expiresAt)?.getTime()
  return {
    id: slotId,
    providerId: place.providerId,
    start: place.start,
    end: place.start + SLOT_MS,
    state,
    rev,
    expiresAt,
    ...(state === 'withdrawn' && taken && { buffered: true }),
    reservation: taken
      ? {
          id: taken.id,
          status: expiresAt === undefined ? 'confirmed' : 'held',
          client: taken.client,
          ...(taken.chain && { chain: taken.chain }),
        }
      : null,
  }
}
