/** A stream of changes, as the feed reads it, and all that goes wrong with one. */
import { EventEmitter } from 'node:events'
import type { SlotChange } from '../../src/live/calendar/change-event.js'
import type { FeedStream, StreamOptions } from '../../src/live/calendar/slot-feed.js'
import type { SimDatabase } from './database.js'
import { historyLost, networkError } from './engine-errors.js'
import { compare, copyOf, type Doc } from './expressions.js'
import type { SimProcess, World } from './schedule.js'

type Fields = Record<string, unknown>

export class SimStream extends EventEmitter implements FeedStream {
  readonly #database: SimDatabase
  readonly #collection: string
  readonly #owner: SimProcess
  readonly #maxAwaitMs: number
  /** The last change that was told; the first look says where it begins. */
  #seq: number | null
  readonly #resumes: boolean
  #isTold = false
  #failure: Error | null = null
  #waiting: (() => void) | null = null
  #repeated: SlotChange | null = null
  #last: SlotChange | null = null

  constructor(database: SimDatabase, collection: string, { resumeAfter, maxAwaitTimeMS }: StreamOptions) {
    super()
    this.#database = database
    this.#collection = collection
    this.#owner = database.world.current
    this.#maxAwaitMs = maxAwaitTimeMS
    this.#resumes = resumeAfter !== undefined
    this.#seq = this.#resumes ? Number(resumeAfter) : null
  }

  get resumeToken(): unknown {
    return this.#seq === null ? undefined : String(this.#seq)
  }

  async tryNext(): Promise<SlotChange | null> {
    const { trouble, world } = this.#database
    if (trouble.silentStreams > 0 && world.isOneIn(trouble.silentStreams)) await new Promise(() => {})
    if (trouble.brokenStreams > 0 && world.isOneIn(trouble.brokenStreams)) {
      await this.#database.call(() => null)
      throw networkError()
    }
    if (this.#repeated) {
      const again = this.#repeated
      this.#repeated = null
      return copyOf(again)
    }
    // A look is a call that is answered when there is something, or when its time is over.
    let place = this.#seq
    const answered = await this.#look(() => {
      const { lastSeq } = this.#database
      place ??= lastSeq
      const isLost =
        trouble.lostHistory > 0 && this.#resumes && !this.#isTold && world.isOneIn(trouble.lostHistory)
      const next = isLost ? 'lost' : this.#database.after(this.#collection, place)
      if (next !== 'lost') return next
      this.#database.lostHistory = true
      throw historyLost()
    })
    const wasUnknown = this.#seq === null
    this.#seq = answered?.seq ?? place ?? 0
    if (!this.#isTold || wasUnknown) this.emit('resumeTokenChanged')
    this.#isTold = true
    if (answered && trouble.repeatedEvents > 0 && world.isOneIn(trouble.repeatedEvents))
      this.#repeated = this.#last
    this.#last = answered?.event ?? this.#last
    return answered ? copyOf(answered.event) : null
  }

  #look(next: () => { event: SlotChange; seq: number } | null) {
    const { world } = this.#database
    const isFirst = !this.#isTold
    return new Promise<{ event: SlotChange; seq: number } | null>((resolve, reject) => {
      const owner = this.#owner
      if (owner.isCutOff) return
      let isOver = false
      const answer = (give: () => void) => {
        isOver = true
        this.#waiting = null
        if (!owner.isCutOff) world.after(this.#database.wireMs(), give, owner)
      }
      const look = (isLast: boolean) => {
        if (isOver || this.#database.isFrozen) return
        if (this.#database.isDown || this.#failure) {
          answer(() => reject(this.#failure ?? networkError()))
          return
        }
        try {
          const found = next()
          if (found || isLast || isFirst) answer(() => resolve(found))
        } catch (error) {
          answer(() => reject(error))
        }
      }
      const arrive = () => {
        this.#waiting = () => look(false)
        look(false)
        if (isOver) return
        const end = () => {
          if (this.#database.isFrozen) world.after(100, end, this.#database.process)
          else look(true)
        }
        world.after(this.#maxAwaitMs, end, this.#database.process)
      }
      world.after(this.#database.wireMs(), arrive, this.#database.process)
    })
  }

  wake(): void {
    this.#waiting?.()
  }

  fail(error: Error): void {
    this.#failure = error
    this.#waiting?.()
  }

  async close(): Promise<void> {
    this.#database.ended(this)
  }
}

/** The four forms in which engines tell an update, by chance. */
export function eventOf(world: World, before: Doc | null, after: Doc | null): SlotChange {
  const documentKey = { _id: (after ?? before)?._id ?? '' }
  if (!after) return { operationType: 'delete', documentKey }
  const fullDocument = copyOf(after) as SlotChange['fullDocument'] & Doc
  if (!before) return { operationType: 'insert', documentKey, fullDocument }
  const form = world.below(3)
  if (form === 0) return { operationType: 'replace', documentKey, fullDocument }
  const updatedFields: Fields = {}
  for (const name of Object.keys(after)) {
    if (compare(before[name], after[name]) === 0) continue
    if (name !== 'log' || form === 1) updatedFields[name] = copyOf(after[name])
    else {
      const [old, fresh] = [before.log as Fields, after.log as Fields]
      for (const key of Object.keys(fresh))
        if (compare(old[key], fresh[key]) !== 0) updatedFields[`log.${key}`] = copyOf(fresh[key])
    }
  }
  return { operationType: 'update', documentKey, updateDescription: { updatedFields } }
}
