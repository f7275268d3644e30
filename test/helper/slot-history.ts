/** Histories of slots: who asked for what and when, and whether the answers are those of slots that do one thing at a time. */
import { linearize, type Model, type Timed, type Verdict } from './linearizability.js'

export interface SlotRequest extends Timed {
  what: 'hold' | 'confirm' | 'end'
  client: string
  slotId: string
  /** Of the slot; two at the same time cannot be one client's. */
  start: number
  /** The id of the reservation, or the key of a hold whose id nobody learned. */
  reservation: string
  /** Null: nobody knows. */
  answer: { ok: true; expiresAt?: number } | { ok: false; code: string } | null
}

interface SlotState {
  /** Who has it. */
  id: string | null
  isBooked: boolean
  expiresAt: number
  /** Reservations that are over, in the order of their ids. */
  ended: readonly string[]
}

const FREE = { id: null, isBooked: false, expiresAt: Number.POSITIVE_INFINITY }

/** How far the clocks of those who judge and of those who are judged may be apart. */
export const TOLERANCE_MS = 500

function slotModel(holdMs: number): Model<SlotState, SlotRequest> {
  const isOverBy = (state: SlotState, op: Timed) =>
    !state.isBooked && state.expiresAt - TOLERANCE_MS <= op.until
  const mayLastAt = (state: SlotState, op: Timed) =>
    state.isBooked || state.expiresAt + TOLERANCE_MS > op.from
  const endedWith = (state: SlotState, id: string) => [...new Set([...state.ended, id])].sort()
  const freed = (state: SlotState): SlotState => ({ ...FREE, ended: endedWith(state, state.id ?? '') })

  function held(state: SlotState, op: SlotRequest): SlotState[] {
    const { reservation: id } = op
    if (state.id === id) return [state]
    if (state.ended.includes(id)) return op.answer?.ok ? [state] : []
    const expiresAt = (op.answer?.ok && op.answer.expiresAt) || op.from + holdMs
    const taken = (from: SlotState): SlotState => ({ ...from, id, isBooked: false, expiresAt })
    if (state.id === null) return [taken(state)]
    return isOverBy(state, op) ? [taken(freed(state))] : []
  }

  function confirmed(state: SlotState, op: SlotRequest): SlotState[] {
    if (state.id !== op.reservation) return []
    if (state.isBooked) return [state]
    return mayLastAt(state, op) ? [{ ...state, isBooked: true, expiresAt: Number.POSITIVE_INFINITY }] : []
  }

  function ended(state: SlotState, op: SlotRequest): SlotState[] {
    if (state.id === op.reservation) return [freed(state)]
    return state.ended.includes(op.reservation) ? [state] : []
  }

  function refused(state: SlotState, op: SlotRequest, code: string): SlotState[] {
    switch (code) {
      case 'slot_held':
        return state.id !== null && !state.isBooked && state.id !== op.reservation && mayLastAt(state, op)
          ? [state]
          : []
      case 'slot_confirmed':
        return state.isBooked && state.id !== op.reservation ? [state] : []
      case 'hold_expired':
        if (state.id === op.reservation) return isOverBy(state, op) ? [freed(state)] : []
        return state.ended.includes(op.reservation) ? [state] : []
      case 'hold_released':
        return state.id !== op.reservation && state.ended.includes(op.reservation) ? [state] : []
      default:
        // It says nothing of this slot.
        return [state]
    }
  }

  const done = { hold: held, confirm: confirmed, end: ended }
  return {
    initial: { ...FREE, ended: [] },
    after(state, op) {
      if (op.answer === null) return [state, ...done[op.what](state, op)]
      return op.answer.ok ? done[op.what](state, op) : refused(state, op, op.answer.code)
    },
    keyOf: ({ id, isBooked, expiresAt, ended }) => `${id} ${isBooked} ${expiresAt} ${ended}`,
  }
}

/** The slots whose answers have no order, each with a request that cannot be placed. */
export function faultsOfSlots(
  history: SlotRequest[],
  holdMs: number,
): { slotId: string; stuckAt: SlotRequest }[] {
  return [...grouped(history, ({ slotId }) => slotId)].flatMap(([slotId, requests]) => {
    const { ok, stuckAt }: Verdict<SlotRequest> = linearize(slotModel(holdMs), requests)
    return !ok && stuckAt ? [{ slotId, stuckAt }] : []
  })
}

interface Span {
  slotId: string
  start: number
  from: number
  until: number
}

/** Clients who surely were in two places at a time, or surely had more holds than they may have. */
export function faultsOfClients(history: SlotRequest[], mostHolds: number): string[] {
  const faults: string[] = []
  for (const [client, requests] of grouped(history, (one) => one.client)) {
    const sure = [...grouped(requests, ({ reservation }) => reservation).values()].flatMap(sureSpans)
    const places = sure.map(({ place }) => place)
    for (const [index, one] of places.entries())
      for (const two of places.slice(index + 1))
        if (
          two.start === one.start &&
          two.slotId !== one.slotId &&
          two.from < one.until &&
          one.from < two.until
        )
          faults.push(`${client} has ${one.slotId} and ${two.slotId} at once`)
    const holds = sure.flatMap(({ hold }) => (hold.from < hold.until ? [hold] : []))
    const most = Math.max(
      0,
      ...holds.map(({ from }) => holds.filter((two) => two.from <= from && from < two.until).length),
    )
    if (most > mostHolds) faults.push(`${client} has ${most} holds`)
  }
  return faults
}

/** From its answer to the first request to end it, or to its time: then it surely was there; a hold until it may be booked. */
function sureSpans(requests: SlotRequest[]): { place: Span; hold: Span }[] {
  const first = requests.find(({ what, answer }) => what === 'hold' && answer?.ok)
  if (!first?.answer?.ok) return []
  const { slotId, start, until: from, answer } = first
  const ends = requests.filter(({ what }) => what === 'end').map((one) => one.from)
  const confirms = requests.filter(({ what }) => what === 'confirm')
  const isBooked = confirms.some((one) => one.answer?.ok)
  const expires = isBooked ? Number.POSITIVE_INFINITY : (answer.expiresAt ?? from) - TOLERANCE_MS
  const until = Math.min(expires, ...ends)
  if (from >= until) return []
  const place = { slotId, start, from, until }
  return [{ place, hold: { ...place, until: Math.min(until, ...confirms.map((one) => one.from)) } }]
}

function grouped<T>(all: T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group) group.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
}
