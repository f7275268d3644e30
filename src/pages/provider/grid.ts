/** Where a slot stands on the week: its column by the day, its place by the clock on the wall. Pure. */
import type { OwnSlot } from '../../schemas/common.js'
import { wallOfSlot } from '../shared/local-time.js'

export interface Placed {
  slot: OwnSlot
  /** Minutes of the wall clock since midnight. */
  at: number
  /** 0, or 1 for the second of two hours of the same name on an autumn night; they share the width. */
  fold: 0 | 1
  folded: boolean
}

export function placed(
  slots: Iterable<OwnSlot>,
  days: readonly string[],
  zone: string,
): Map<string, Placed[]> {
  const columns = new Map<string, Placed[]>(days.map((day) => [day, []]))
  for (const slot of slots) {
    const { day, hour, minute } = wallOfSlot(slot, zone)
    columns.get(day)?.push({ slot, at: hour * 60 + minute, fold: 0, folded: false })
  }
  for (const column of columns.values()) {
    column.sort((a, b) => (a.slot.start < b.slot.start ? -1 : 1))
    const first = new Map<number, Placed>()
    for (const one of column) {
      const before = first.get(one.at)
      if (before === undefined) first.set(one.at, one)
      else {
        one.fold = 1
        one.folded = before.folded = true
      }
    }
  }
  return columns
}

/** The hours the week shows: working hours, wider where slots are, or where an appointment is on its way to. */
export function hoursShown(
  columns: Map<string, Placed[]>,
  whole: boolean,
  also: readonly number[] = [],
): { first: number; last: number } {
  if (whole) return { first: 0, last: 24 }
  let first = 8
  let last = 18
  for (const at of also) {
    first = Math.min(first, Math.floor(at / 60))
    last = Math.max(last, Math.min(24, Math.ceil(at / 60)))
  }
  for (const column of columns.values()) {
    for (const { at } of column) {
      first = Math.min(first, Math.floor(at / 60))
      last = Math.max(last, Math.floor(at / 60) + 1)
    }
  }
  return { first, last }
}
