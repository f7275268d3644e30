/**
 * What must be true of a run, judged from what the database did, which a simulation knows, and from what people were told.
 * None of it asks the code that is judged.
 */
import type { LiveReservation, PastReservation } from '../../src/domain/reservation.js'
import type { LogEntry, SlotDoc } from '../../src/slots/slot-document.js'
import type { Made } from './database.js'
import type { Asked, Connection } from './people.js'
import { jobIdOf, RULES } from './server.js'

/** A transition of a slot, as the database made it. */
export interface Done {
  slotId: string
  entry: LogEntry
  worldMs: number
}

export interface Evidence {
  history: Asked[]
  done: Done[]
  connections: Connection[]
  /** How often each job was done, by its id. */
  jobs: Map<string, number>
  /** Processes that ended in the middle of their work, and times at which the database did not answer. */
  interruptions: number
  /** A stream could not go on where it was: what follows from changes was derived from the slots as they were by then. */
  lostHistory: boolean
  /** As they lie in the database at the end. */
  slots: SlotDoc[]
  /** What was noticed on the way. */
  faults: string[]
}

/** How much of the database's clock the server may be off by, where nobody sets clocks. */
const SKEW_MS = 1_100

/** Watches the database while it changes slots. */
export class Watchman {
  readonly faults: string[] = []
  readonly done: Done[] = []
  readonly #slots = new Map<string, SlotDoc>()
  /** How far the database's clock has been set during the run. */
  clockMovedMs = 0

  saw({ before, after, atMs, worldMs }: Made): void {
    const [old, now] = [before as SlotDoc | null, after as SlotDoc | null]
    if (!now) {
      this.#fault(`${old?._id} was deleted`)
      return
    }
    const fresh = Object.values(now.log).filter(({ rev }) => rev > (old?.rev ?? 0))
    for (const entry of fresh.sort((a, b) => a.rev - b.rev))
      this.done.push({ slotId: now._id, entry, worldMs })
    if (now.rev !== (old?.rev ?? 0) + fresh.length) {
      this.#fault(`${now._id}: rev ${now.rev} after ${old?.rev}, with ${fresh.length} entries`)
    }
    if (old && now.rev !== old.rev) this.#judge(old, now, atMs)
    this.#slots.set(now._id, now)
  }

  /** To be called when a statement is through. */
  judgeTogether(): void {
    const holds = new Map<string, number>()
    const places = new Map<string, string>()
    const members = new Map<string, { slots: number; length: number }>()
    for (const { _id, start, reservation } of this.#slots.values()) {
      if (!reservation) continue
      const { id, client, chain } = reservation
      const length = chain ? chain.before + chain.visit + chain.after : 1
      const known = members.get(id)?.slots ?? 0
      members.set(id, { slots: known + 1, length })
      const isHead = !chain || chain.index === chain.before
      if (isHead && reservation.status === 'held') holds.set(client.id, (holds.get(client.id) ?? 0) + 1)
      const place = `${client.id} at ${start.toISOString()}`
      const other = places.get(place)
      if (other !== undefined) this.#fault(`${place} is in ${other} and in ${_id}`)
      places.set(place, _id)
    }
    for (const [client, count] of holds)
      if (count > RULES.maxActiveHolds) this.#fault(`${client} has ${count} holds`)
    for (const [id, { slots, length }] of members)
      if (slots > length) this.#fault(`${id} has ${slots} slots of ${length}`)
  }

  #judge(old: SlotDoc, now: SlotDoc, atMs: number): void {
    const skew = SKEW_MS + this.clockMovedMs
    const [was, is] = [old.reservation, now.reservation]
    if (was && was.id !== is?.id) this.#judgeEnd(old, was, now.past.at(-1), atMs + skew)
    if (is && was?.id !== is.id && was && was.status === 'confirmed') {
      const ended = now.past.at(-1)
      if (ended?.status !== 'replaced' && ended?.status !== 'moved' && ended?.status !== 'cancelled')
        this.#fault(`${now._id}: ${is.id} took the place of the booking ${was.id}`)
    }
    if (is?.status === 'confirmed' && was?.id === is.id && was.status === 'held') {
      if (was.expiresAt.getTime() + skew <= atMs)
        this.#fault(`${now._id}: ${is.id} was confirmed ${atMs - was.expiresAt.getTime()} ms after its end`)
    }
    if (is?.status === 'held' && was?.id === is.id && was.status === 'confirmed')
      this.#fault(`${now._id}: the booking ${is.id} became a hold`)
    if (is && !was && old.state === 'withdrawn' && !is.chain)
      this.#fault(`${now._id}: ${is.id} holds what is not offered`)
  }

  #judgeEnd(old: SlotDoc, was: LiveReservation, ended: PastReservation | undefined, latest: number): void {
    const { chain } = was
    const isBuffer = chain && (chain.index < chain.before || chain.index >= chain.before + chain.visit)
    // Where nothing is offered a buffer lies until its time is over, and nobody has to end it.
    if (isBuffer && old.state === 'withdrawn' && was.status === 'held' && was.expiresAt.getTime() <= latest)
      return
    if (ended?.id !== was.id) {
      this.#fault(`${old._id}: ${was.id} is gone, and nothing says why`)
      return
    }
    if (ended.status !== 'expired') return
    if (was.status === 'confirmed') this.#fault(`${old._id}: the booking ${was.id} expired`)
    else if (was.expiresAt.getTime() > latest)
      this.#fault(`${old._id}: ${was.id} expired ${was.expiresAt.getTime() - latest} ms before its end`)
  }

  #fault(fault: string): void {
    if (this.faults.length < 20) this.faults.push(fault)
  }
}

/** When the run is over and has come to rest. */
export function judge(evidence: Evidence): string[] {
  return [
    ...evidence.faults,
    ...answersOf(evidence),
    ...entriesOf(evidence),
    ...restOf(evidence),
    ...screensOf(evidence),
    ...jobsOf(evidence),
  ].slice(0, 20)
}

function namedIn(entry: LogEntry) {
  return entry.kind === 'released' ? entry.ended : entry.reservation
}

function idOf(entry: LogEntry): string | undefined {
  return namedIn(entry)?.id
}

/** What was answered has happened, while it was asked for. */
function answersOf({ history, done }: Evidence): string[] {
  const faults: string[] = []
  const byReservation = new Map<string, Done[]>()
  const bySlot = new Map<string, Done[]>()
  for (const one of done) {
    const id = idOf(one.entry) ?? ''
    byReservation.set(id, [...(byReservation.get(id) ?? []), one])
    bySlot.set(one.slotId, [...(bySlot.get(one.slotId) ?? []), one])
  }
  const holdsOf = new Map<string, Set<string>>()
  for (const { what, who, slotId, reservationId, key, from, until, answer } of history) {
    if (!answer) continue
    const said = `${who} ${what} ${reservationId ?? slotId}`
    const of = byReservation.get(reservationId ?? answer.reservationId ?? '') ?? []
    const took = (kind: string, before = until) =>
      of.some(({ entry, worldMs }) => entry.kind === kind && worldMs <= before)
    if (answer.ok && what === 'hold') {
      if (!took('held')) faults.push(`${said}: answered, and never held`)
      const known = holdsOf.get(key ?? '') ?? new Set()
      holdsOf.set(key ?? '', known.add(answer.reservationId ?? ''))
    }
    if (answer.ok && what === 'confirm' && !took('confirmed'))
      faults.push(`${said}: answered, and never confirmed`)
    if (answer.ok && what === 'end' && !took('released')) faults.push(`${said}: answered, and never ended`)
    if (
      !answer.ok &&
      what === 'confirm' &&
      (answer.code === 'hold_released' || answer.code === 'hold_expired')
    ) {
      const first = of.find(({ entry }) => entry.kind === 'confirmed')
      const wasBefore = first && first.worldMs < from
      const ended = of.some(({ entry, worldMs }) => entry.kind === 'released' && worldMs <= until)
      if (wasBefore && !ended) faults.push(`${said}: ${answer.code}, while it was booked`)
    }
    if (!answer.ok && what === 'hold' && (answer.code === 'slot_held' || answer.code === 'slot_confirmed')) {
      if (!wasTaken(bySlot.get(answer.slotId ?? slotId) ?? [], from, until))
        faults.push(`${said}: ${answer.code}, and nobody had it`)
    }
  }
  for (const [key, ids] of holdsOf)
    if (ids.size > 1) faults.push(`${key}: ${ids.size} reservations for one key`)
  return faults
}

/** Whether the slot was held or booked at some moment between the two. */
function wasTaken(done: Done[], from: number, until: number): boolean {
  return done.some(({ entry, worldMs }, index) => {
    const next = done[index + 1]?.worldMs ?? Number.POSITIVE_INFINITY
    return (entry.state === 'held' || entry.state === 'confirmed') && worldMs <= until && next >= from
  })
}

/** What has happened was asked for, and answered so, or nobody knows. */
function entriesOf({ history, done }: Evidence): string[] {
  const faults: string[] = []
  const asked = new Map<string, Asked[]>()
  for (const one of history) {
    const id = one.reservationId ?? one.answer?.reservationId
    if (id !== undefined) asked.set(id, [...(asked.get(id) ?? []), one])
  }
  for (const { slotId, entry, worldMs } of done) {
    const named = namedIn(entry)
    const { id, chain } = named ?? {}
    // Of an appointment the slot that it begins with tells.
    if (id === undefined || (chain && chain.index !== chain.before)) continue
    const may = (what: Asked['what']) =>
      (asked.get(id) ?? []).some(
        (one) =>
          one.what === what && one.from <= worldMs && one.until >= worldMs && (!one.answer || one.answer.ok),
      )
    if (entry.kind === 'confirmed' && entry.from === entry.rev - 1 && !may('confirm') && !may('move'))
      faults.push(`${slotId}: ${id} was confirmed, and nobody was told so`)
    if (
      entry.kind === 'released' &&
      (entry.reason === 'released' || entry.reason === 'cancelled') &&
      !may('end')
    )
      faults.push(`${slotId}: ${id} was ${entry.reason}, and nobody was told so`)
  }
  return faults
}

/** After a while without trouble nothing is overdue. */
function restOf({ slots }: Evidence): string[] {
  return slots.filter(({ state }) => state === 'held').map(({ _id }) => `${_id} is held for ever`)
}

/** Each viewer saw each change once and in order, and sees at the end what is there. */
function screensOf({ connections, slots, done }: Evidence): string[] {
  const faults: string[] = []
  const truth = new Map(slots.map((slot) => [slot._id, slot]))
  const states = new Map(done.map(({ slotId, entry }) => [`${slotId} ${entry.rev}`, entry.state]))
  for (const connection of connections) {
    const { viewer, server, all, heard, isOpen } = connection
    const said = `${viewer} at ${server}`
    if (all) faults.push(...allOf(said, heard))
    else faults.push(...screenOf(said, heard, isOpen, truth, states))
  }
  return faults
}

type Heard = Connection['heard']

function screenOf(
  said: string,
  heard: Heard,
  isOpen: boolean,
  truth: Map<string, SlotDoc>,
  states: Map<string, string>,
): string[] {
  const faults: string[] = []
  const shown = new Map<string, { state: string; rev: number }>()
  let n = Number.NaN
  for (const { name, payload } of heard) {
    if (name === 'slots' || name === 'watching') {
      shown.clear()
      const { slots } = payload as { slots: { id: string; state: string; rev: number }[] }
      for (const { id, state, rev } of slots) shown.set(id, { state, rev })
      n = payload.n as number
    } else if (name.startsWith('slot-')) {
      const event = payload as { n: number; slotId: string; state: string; rev: number }
      if (event.n !== n + 1) faults.push(`${said}: n ${event.n} after ${n}`)
      const before = shown.get(event.slotId)?.rev ?? 0
      if (event.rev !== before + 1) faults.push(`${said}: ${event.slotId} rev ${event.rev} after ${before}`)
      const was = states.get(`${event.slotId} ${event.rev}`)
      if (was !== event.state)
        faults.push(`${said}: ${event.slotId} rev ${event.rev} ${event.state}, it was ${was}`)
      n = event.n
      shown.set(event.slotId, event)
    } else if (name === 'heartbeat' && payload.n !== undefined && payload.n !== n) {
      // While the server knows that what it knows is old, a hole is what it has to say; a picture follows.
      const isKnownToBeOld = payload.ageSeconds !== undefined && (payload.n as number) > n
      if (!isKnownToBeOld) faults.push(`${said}: heartbeat ${payload.n} after ${n}`)
      n = payload.n as number
    }
  }
  if (!isOpen) return faults
  if (shown.size === 0) return [...faults, `${said}: never got a picture`]
  for (const [id, { state, rev }] of truth) {
    const screen = shown.get(id)
    if (screen?.rev !== rev || screen.state !== state)
      faults.push(`${said}: shows ${id} ${screen?.state} ${screen?.rev}, it is ${state} ${rev}`)
  }
  return faults
}

/** Who watches everything hears no change twice, and none out of order; what is missed shows as a hole in `seq`. */
function allOf(said: string, heard: Heard): string[] {
  const faults: string[] = []
  const revs = new Map<string, number>()
  let seq = Number.NaN
  for (const { name, payload } of heard) {
    if (name === 'watching all' || name === 'heartbeat') {
      const told = payload.seq as number
      if (told < seq) faults.push(`${said}: seq ${told} after ${seq}`)
      // A hole: what is known is read anew.
      if (told > seq) revs.clear()
      seq = told
    } else if (name.startsWith('slot-')) {
      const event = payload as { seq: number; slotId: string; rev: number }
      if (event.seq !== seq + 1) faults.push(`${said}: seq ${event.seq} after ${seq}`)
      const before = revs.get(event.slotId)
      if (before !== undefined && event.rev !== before + 1)
        faults.push(`${said}: of all, ${event.slotId} rev ${event.rev} after ${before}`)
      revs.set(event.slotId, event.rev)
      seq = event.seq
    }
  }
  return faults
}

/** Each change was told to the outside once; twice only where something was interrupted. */
function jobsOf({ done, jobs, interruptions, lostHistory, slots }: Evidence): string[] {
  const faults: string[] = []
  const logs = new Map(slots.map(({ _id, log }) => [_id, log]))
  let twice = 0
  for (const { slotId, entry } of done) {
    if (idOf(entry) === undefined) continue
    // A slot remembers its last changes, and of those before them how reservations ended.
    const isForgotten = entry.kind !== 'released' && logs.get(slotId)?.[`r${entry.rev}`] === undefined
    if (lostHistory && isForgotten) continue
    const times = jobs.get(jobIdOf(slotId, entry.rev)) ?? 0
    if (times === 0) faults.push(`${slotId} rev ${entry.rev}: nobody outside was told`)
    if (times > 1) twice += times - 1
  }
  if (twice > interruptions * 4)
    faults.push(`${twice} jobs were done again, with ${interruptions} interruptions`)
  return faults
}
