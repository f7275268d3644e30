/** The history of changes that every viewer is told: what it says, in which order, and where it goes on. */
import type { Connection } from 'mongoose'
import { DURABLE, READ_ACKNOWLEDGED } from '../../../src/database/call-options.js'
import { inTime } from '../../../src/database/database-calls.js'
import { engineOf } from '../../../src/database/engine.js'
import { readChange, type SlotChange } from '../../../src/live/calendar/change-event.js'
import { type FeedStream, SlotFeed } from '../../../src/live/calendar/slot-feed.js'
import type { LogEntry } from '../../../src/slots/slot-document.js'
import { prepareSlots, slotsOf } from '../../../src/slots/slot-model.js'
import { confirming, type Moment, mayBeConfirmed, provided } from '../../../src/slots/slot-updates.js'
import { type Check, found } from './check.js'
import {
  holdAt,
  holding,
  inFours,
  lengthening,
  momentIn,
  newId,
  openSlots,
  type Slots,
} from './example-slots.js'
import { writeTogether } from './write-together.js'

/** How long the database waits for a change before it says that there is none. */
const MAX_AWAIT_MS = 200
/** An event comes within milliseconds, over a replica set of three machines within tens of them. */
const PATIENCE_MS = 5_000
const ROUNDS = 8
const BEFORE = 10
const READ = 4
const MEANWHILE = 5
const NEVER = { _data: 'a place that there never was' }

export const streamChecks: Check[] = [
  {
    name: 'change stream',
    otherwise: 'Viewers are told nothing, or something else than what happened.',
    async run({ connection }) {
      const slots = await prepareSlots(connection)
      const moment = await momentIn(connection)
      const watch = await Watch.open(slots)
      const slotId = await livesOnce(slots, moment)
      const changes = await watch.take(6, isOf([slotId]))
      await watch.close()
      const told = changes.map(wordsOf).join(', ')
      const forms = [...new Set(changes.map(formOf))].join(', ')
      return found(`a slot from insert to delete, as ${forms}`, [
        told !== LIFE && `it tells "${told}", and what happened is "${LIFE}"`,
      ])
    },
  },
  {
    name: 'changes of one statement',
    otherwise: 'Viewers could see half an appointment for a moment.',
    async run({ connection }) {
      const slots = await prepareSlots(connection)
      const engine = await engineOf(connection)
      const moment = await momentIn(connection)
      const all = await openSlots(slots, ROUNDS * 8, moment)
      const fours = inFours(all.slice(0, ROUNDS * 4))
      const singles = inFours(all.slice(ROUNDS * 4))
      const watch = await Watch.open(slots)
      for (const [round, four] of fours.entries()) {
        const write = { ...moment, write: newId() }
        await Promise.all([
          writeTogether({ connection, slots, engine }, four, holdAt(write), write),
          ...(singles[round] ?? []).map((slot) =>
            slots.updateOne({ _id: slot._id }, holding(slot, holdAt(moment), moment), DURABLE),
          ),
        ])
      }
      const ids = all.map(({ _id }) => _id)
      const writes = (await watch.take(ROUNDS * 8, isOf(ids, 1))).map(appointmentIn)
      await watch.close()
      const told = writes.filter((write) => write !== null).length
      const rows = writes.filter((write, index) => write !== null && write !== writes[index - 1]).length
      return found(`the four of each of ${ROUNDS} appointments came in a row, beside other writes`, [
        told !== ROUNDS * 4 && `${told} of ${ROUNDS * 4} changes came`,
        rows !== ROUNDS && `those of ${ROUNDS} appointments came in ${rows} pieces`,
      ])
    },
  },
  {
    name: 'resume after a token',
    otherwise: 'After a short outage viewers miss changes, and mails are not sent or sent twice.',
    run: async ({ connection }) => resumedOn(connection, connection),
  },
  {
    name: 'resume on another connection',
    otherwise: 'After a restart of a server mails and webhooks are not sent, or sent twice.',
    run: async ({ connection, connectAgain }) => resumedOn(connection, await connectAgain()),
  },
  {
    name: 'unknown token',
    otherwise:
      'After a backup was put back, or a long outage, servers show old calendars and do not know it.',
    async run({ connection }) {
      const slots = await prepareSlots(connection)
      const moment = await momentIn(connection)
      let lost = false
      let resolve = () => {}
      const heard = new Promise<void>((done) => {
        resolve = done
      })
      const feed = new SlotFeed({
        watch: (options) => slots.watch([], options),
        now: Date.now,
        elapsed: () => performance.now(),
        random: Math.random,
        log: { info() {}, warn() {}, error() {} },
        timings: { maxAwaitMs: MAX_AWAIT_MS },
      })
      feed.beginAt(NEVER)
      feed.subscribe({
        entries: () => resolve(),
        unclear: () => resolve(),
        gone() {},
        lost() {
          lost = true
        },
      })
      try {
        await inTime(feed.start(), PATIENCE_MS)
        await openSlots(slots, 1, moment)
        await inTime(heard, PATIENCE_MS)
      } finally {
        await feed.close()
      }
      return found('refused, so that what was missed is read; a new stream follows', [
        !lost && 'it goes on from a place that there never was, without a word',
      ])
    },
  },
]

/** One stream, read in the way of the feed. */
class Watch {
  readonly #stream: FeedStream
  /** Came before it was asked for. */
  readonly #ahead: SlotChange[] = []

  private constructor(stream: FeedStream) {
    this.#stream = stream
  }

  /** Resolves when it is open: whatever is written after that, it tells. */
  static async open(slots: Slots, resumeAfter?: unknown): Promise<Watch> {
    const options = { maxAwaitTimeMS: MAX_AWAIT_MS, batchSize: 1_000 }
    const stream = slots.watch([], { ...options, ...(resumeAfter !== undefined && { resumeAfter }) })
    const watch = new Watch(stream)
    const first = await watch.#stream.tryNext()
    if (first) watch.#ahead.push(first)
    return watch
  }

  /** The place behind what was taken last. */
  get token(): unknown {
    return this.#stream.resumeToken
  }

  /**
   * So many of those that are meant, or as many as come in time. A new stream may begin with what was written shortly
   * before it was opened.
   */
  async take(count: number, isMeant: (change: SlotChange) => boolean = () => true): Promise<SlotChange[]> {
    const taken: SlotChange[] = []
    const end = performance.now() + PATIENCE_MS
    while (taken.length < count && performance.now() < end) {
      const change = this.#ahead.shift() ?? (await this.#stream.tryNext())
      if (change && isMeant(change)) taken.push(change)
    }
    return taken
  }

  /** What else there is; nothing, after which the token is that of a quiet stream. */
  async rest(): Promise<SlotChange[]> {
    const change = this.#ahead.shift() ?? (await this.#stream.tryNext())
    return change ? [change, ...(await this.rest())] : []
  }

  async close(): Promise<void> {
    await this.#stream.close()
  }
}

const LIFE = '1 opened, 2 held, 3 released + 4 held, 5 confirmed, 6 released, gone'

/** Opened, held, taken over when that hold is overdue, confirmed, replaced, deleted. Says which slot. */
async function livesOnce(slots: Slots, moment: Moment): Promise<string> {
  const [slot] = await openSlots(slots, 1, moment)
  if (!slot) throw new Error('no slot')
  const { _id } = slot
  const overdue = holdAt(moment, { expiresAt: new Date(moment.now.getTime() - 1) })
  await slots.updateOne({ _id }, holding(slot, overdue, moment), DURABLE)
  const hold = holdAt(moment)
  await slots.updateOne({ _id }, holding(slot, hold, moment), DURABLE)
  const caller = { id: hold.client.id, role: 'client' } as const
  const rule = mayBeConfirmed(caller, { id: hold.id, moves: 0 }, moment)
  await slots.updateOne({ _id }, provided(rule, confirming(moment)), DURABLE)
  const last = await slots.findOne({ _id }, READ_ACKNOWLEDGED)
  if (!last) throw new Error('the slot is gone')
  const { id, client } = hold
  const ended = { rev: last.rev + 1, from: last.rev, at: moment.now, state: 'open' } as const
  const released: LogEntry = { ...ended, kind: 'released', reason: 'cancelled', ended: { id, client } }
  const { _id: _, ...fields } = last
  const log = { ...last.log, [`r${ended.rev}`]: released }
  await slots.replaceOne(
    { _id },
    { ...fields, state: 'open', reservation: null, rev: ended.rev, log },
    DURABLE,
  )
  await slots.deleteOne({ _id }, DURABLE)
  return _id
}

function wordsOf(change: SlotChange): string {
  const reading = readChange(change)
  if (reading.kind !== 'entries') return reading.kind
  return reading.entries.map(({ rev, kind }) => `${rev} ${kind}`).join(' + ')
}

function formOf({ operationType, updateDescription }: SlotChange): string {
  if (operationType !== 'update') return operationType
  const isWhole = updateDescription?.updatedFields?.log !== undefined
  return isWhole ? 'update with the whole log' : 'update with new entries'
}

/** A change of one of these slots that is not of this revision or an older one, as far as it says so. */
function isOf(slotIds: string[], rev = 0): (change: SlotChange) => boolean {
  return (change) => {
    if (!slotIds.some((id) => id === change.documentKey?._id)) return false
    const reading = readChange(change)
    return reading.kind !== 'entries' || (reading.entries.at(-1)?.rev ?? 0) > rev
  }
}

/** The write of several slots that a change is part of. */
function appointmentIn(change: SlotChange): string | null {
  const reading = readChange(change)
  const last = reading.kind === 'entries' ? reading.entries.at(-1) : undefined
  return last?.of === undefined ? null : (last.write ?? null)
}

/** Reads the first few changes of a slot and goes on behind them, and again from where the stream had become quiet. */
async function resumedOn(first: Connection, second: Connection) {
  const slots = await prepareSlots(first)
  const moment = await momentIn(first)
  const [slot] = await openSlots(slots, 1, moment)
  if (!slot) throw new Error('no slot')
  await slots.updateOne({ _id: slot._id }, holding(slot, holdAt(moment), moment), DURABLE)
  const change = async (count: number) => {
    for (let n = 0; n < count; n++)
      await slots.updateOne({ _id: slot._id }, lengthening(slot, moment), DURABLE)
  }

  const watch = await Watch.open(slots)
  await change(BEFORE)
  const read = await watch.take(READ, isOf([slot._id], 2))
  const { token } = watch
  await watch.close()
  await change(MEANWHILE)
  const resumed = await Watch.open(slotsOf(second), token)
  const further = [...(await resumed.take(BEFORE - READ + MEANWHILE)), ...(await resumed.rest())]
  const quiet = resumed.token
  await resumed.close()
  await change(MEANWHILE)
  const again = await Watch.open(slotsOf(second), quiet)
  const last = [...(await again.take(MEANWHILE)), ...(await again.rest())]
  await again.close()

  const fault = (what: string, changes: SlotChange[], from: number, count: number) => {
    const expected = Array.from({ length: count }, (_, index) => `${from + index} held`).join(', ')
    const told = changes.map(wordsOf).join(', ')
    return told !== expected && `${what} came "${told}" instead of "${expected}"`
  }
  const all = BEFORE + MEANWHILE
  return found(
    `${further.length} changes behind the ${READ} that were read, ${last.length} after a quiet time`,
    [
      fault('at first', read, 3, READ),
      fault('after resuming', further, 3 + READ, all - READ),
      fault('after a quiet time', last, 3 + all, MEANWHILE),
    ],
  )
}
