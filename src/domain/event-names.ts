/** The names under which changes of slots reach viewers. */

export const slotEventNames = [
  'slot-held',
  'slot-released',
  'slot-confirmed',
  'slot-opened',
  'slot-withdrawn',
] as const
export type SlotEventName = (typeof slotEventNames)[number]
