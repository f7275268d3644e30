/** Slots of providers that nobody knows, and the statements that the server sends for them. */
import { randomBytes } from 'node:crypto'
import type { Connection, mongo } from 'mongoose'
import { readHello } from '../../../plugins/clock.js'
import { DURABLE } from '../../../src/database/call-options.js'
import { type ChainShape, ONE_SLOT } from '../../../src/domain/chain.js'
import { SLOT_MS } from '../../../src/domain/grid.js'
import type { Hold } from '../../../src/domain/reservation.js'
import type { SlotDoc } from '../../../src/slots/slot-document.js'
import {
  claiming,
  extending,
  type Moment,
  mayBeClaimed,
  mayBeHeld,
  openSlot,
  type Pipeline,
  provided,
  providedForAll,
} from '../../../src/slots/slot-updates.js'

const DAY_MS = 86_400_000
const HOLD_MS = 1_800_000
const MEMBERS = 4

export type Slots = mongo.Collection<SlotDoc>

export function newId(): string {
  return randomBytes(16).toString('hex')
}

/** Rules are decided by the database's time, also where this machine has another. */
export async function momentIn(connection: Connection): Promise<Moment> {
  const { time } = readHello(await connection.getClient().db('admin').command({ hello: 1 }))
  return { now: new Date(time), inDatabase: true, write: newId() }
}

/** Open slots in two days: of one provider in a row, or all at the same time, each of another provider. */
export async function openSlots(
  slots: Slots,
  count: number,
  { now }: Moment,
  how: 'in a row' | 'at one time' = 'in a row',
): Promise<SlotDoc[]> {
  const first = Math.ceil((now.getTime() + 2 * DAY_MS) / SLOT_MS) * SLOT_MS
  const provider = newId()
  const all = Array.from({ length: count }, (_, index) =>
    how === 'in a row' ? openSlot(provider, first + index * SLOT_MS, now) : openSlot(newId(), first, now),
  )
  await slots.insertMany(all, DURABLE)
  return all
}

export function holdAt({ now }: Moment, more: Partial<Hold> = {}): Hold {
  const expiresAt = new Date(now.getTime() + HOLD_MS)
  const client = { id: newId(), name: 'somebody' }
  return { id: newId(), client, status: 'held', holdNo: 1, heldAt: now, expiresAt, ...more }
}

/** As `POST /v1/reservations` sends it. */
export function holding(slot: SlotDoc, reservation: Hold, moment: Moment): Pipeline {
  const rule = mayBeHeld(reservation, moment, { noticeMs: 0, holdAgain: null })
  return provided(rule, claiming(appointmentOf(slot, reservation, ONE_SLOT), moment))
}

/** The slots of one appointment, which change together. */
export function holdingAll(slots: SlotDoc[], reservation: Hold, moment: Moment): Pipeline {
  const [head] = slots
  if (!head) throw new Error('an appointment has slots')
  const shape = { before: 0, visit: slots.length, after: 0 }
  const appointment = appointmentOf(head, reservation, shape)
  const together = { ...moment, of: slots.length }
  return providedForAll(mayBeClaimed(appointment, together, null), claiming(appointment, together))
}

/** A change that may be made any number of times; each adds an entry to the log. */
export function lengthening({ _id }: SlotDoc, moment: Moment): Pipeline {
  return provided({ $eq: ['$_id', _id] }, extending(new Date(moment.now.getTime() + HOLD_MS), moment))
}

function appointmentOf(head: SlotDoc, reservation: Hold, shape: ChainShape) {
  return { providerId: head.providerId, reservation, headStart: head.start.getTime(), shape }
}

/** As many as the slots of an appointment in these checks. */
export function inFours<T>(all: T[]): T[][] {
  return Array.from({ length: all.length / MEMBERS }, (_, index) =>
    all.slice(index * MEMBERS, (index + 1) * MEMBERS),
  )
}
