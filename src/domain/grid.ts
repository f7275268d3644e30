/** The grid of times on which slots lie, and the ids that follow from it. */

export const SLOT_MINUTES = 15
export const SLOT_MS = SLOT_MINUTES * 60_000

const ID_TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z$/

/** `<providerId>.<start>`: publishing the same time twice cannot make two slots, and an event needs no read to be understood. */
export function slotIdOf(providerId: string, start: number): string {
  return `${providerId}.${new Date(start).toISOString().slice(0, 16).replace(/[-:]/g, '')}Z`
}

export function readSlotId(id: string): { providerId: string; start: number } | null {
  const dot = id.lastIndexOf('.')
  const match = ID_TIME.exec(id.slice(dot + 1))
  if (dot < 1 || !match) return null
  const [, year, month, day, hour, minute] = match
  return {
    providerId: id.slice(0, dot),
    start: Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)),
  }
}
