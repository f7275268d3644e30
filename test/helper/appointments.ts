/** Whether appointments lie whole in their slots. */
import { appointmentOf } from '../../src/domain/reservation.js'
import type { SlotDoc } from '../../src/slots/slot-document.js'

/** Reservations of which some slot names other slots as its appointment's than those that have it. */
export function halves(slots: SlotDoc[]): string[] {
  const live = slots.flatMap((slot) => (slot.reservation ? [{ slot, reservation: slot.reservation }] : []))
  return live.flatMap(({ slot, reservation }) => {
    const { slotIds } = appointmentOf(slot, reservation)
    const found = live.filter((one) => one.reservation.id === reservation.id).map((one) => one.slot._id)
    return slotIds.toSorted().join() === found.toSorted().join() ? [] : [reservation.id]
  })
}
