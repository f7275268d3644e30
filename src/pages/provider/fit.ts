/** Whether an appointment fits at a time, as far as the page knows: the server decides. Pure. */
import { type ChainShape, chainStarts, isFreeFor, roleOf } from '../../domain/chain.js'
import { slotIdOf } from '../../domain/grid.js'
import { stateAt } from '../../domain/slot.js'
import type { OwnSlot } from '../../schemas/common.js'
import { factsOf } from '../shared/slot-face.js'

export type Fit = 'fits' | 'taken' | 'not offered' | 'over' | 'its own'

export interface Appointment {
  providerId: string
  shape: ChainShape
  /** Of one that is moved: what it has already is free for it. */
  own?: { id: string; start: number }
}

type Slots = ReadonlyMap<string, OwnSlot>

export function fitAt(
  start: number,
  { providerId, shape, own }: Appointment,
  slots: Slots,
  now: number,
): Fit {
  if (start === own?.start) return 'its own'
  if (start <= now) return 'over'
  for (const [index, at] of chainStarts(start, shape).entries()) {
    const role = roleOf({ ...shape, index })
    const slot = slots.get(slotIdOf(providerId, at))
    if (slot !== undefined && isOwn(slot, own?.id) && (role !== 'visit' || slot.state !== 'withdrawn'))
      continue
    if (isFreeFor(role, slot && { ...factsOf(slot), buffered: isBuffer(slot) }, now)) continue
    const isTaken = slot !== undefined && stateAt(factsOf(slot), now) !== 'withdrawn'
    return isTaken || role !== 'visit' ? 'taken' : 'not offered'
  }
  return 'fits'
}

/** The starts closest to a moment at which it fits. */
export function nearestFits(
  start: number,
  appointment: Appointment,
  slots: Slots,
  now: number,
  limit: number,
): number[] {
  const distance = (one: number) => Math.abs(one - start)
  return [...slots.values()]
    .map((slot) => Date.parse(slot.start))
    .filter((one) => one !== start)
    .sort((a, b) => distance(a) - distance(b))
    .reduce<number[]>((found, one) => {
      if (found.length < limit && fitAt(one, appointment, slots, now) === 'fits') found.push(one)
      return found
    }, [])
}

/** Of an appointment on the calendar: how many slots it has of each kind, and where it begins. */
export function shapeIn(slots: Slots, reservationId: string): { shape: ChainShape; start: number } | null {
  let visit = 0
  let head: OwnSlot | undefined
  for (const slot of slots.values()) {
    const { reservation } = slot
    if (reservation?.id !== reservationId || (reservation.role ?? 'visit') !== 'visit') continue
    visit += 1
    if (reservation.head === undefined || reservation.head === slot.id) head = slot
  }
  if (head === undefined) return null
  const { part = 1, of = visit } = head.reservation ?? {}
  const before = part - 1
  return { shape: { before, visit, after: Math.max(0, of - before - visit) }, start: Date.parse(head.start) }
}

function isOwn(slot: OwnSlot, id: string | undefined): boolean {
  return id !== undefined && slot.reservation?.id === id
}

function isBuffer({ state, reservation }: OwnSlot): boolean {
  return state === 'withdrawn' && reservation !== undefined
}
