/**
 * The board: what this instance knows of the slots, in memory, one topic for each provider somebody looked at.
 *
 * Owns: the topics, the counters `n` (of a provider) and `seq` (of all), the decision which change is new here.
 * Never: writes, sends, knows who watches what beyond a count, opens the stream.
 *
 * A topic is absent, loading or ready. Only a ready topic takes changes; what comes while it loads waits for the load.
 *
 * Invariants, and why:
 * - One door, `join`: a change is taken when it is newer than what is known and begins where that ends. Older is dropped;
 *   with a gap between, a reply is left to the stream, and the stream has the topic loaded again.
 * - Each rev goes out once and in order, the first time it is known here: from the reply to an own write when the topic
 *   is ready, it joins on, and all before it went out (a rev that a load brought may still be on its way in the stream);
 *   else from the stream. `told` remembers the first until the stream passes it.
 * - To a topic's viewers goes only what their picture lacks. A rev that came with a load is in the picture, so its event
 *   goes only to those who watch all providers and to the client it is about.
 * - A load replaces the topic, also by a lower rev: then the database was restored, and it is right.
 * - The stream is open before the first load (the feed's promise), so load and stream overlap and meet by rev.
 * - A watched topic is never evicted; `n` lives on when one is, so it never goes back for anybody.
 */

import { readSlotId, SLOT_MS } from '../../domain/grid.js'
import type { CompactSlot } from '../../slots/compact-slot.js'
import type { LogEntry, SlotDoc } from '../../slots/slot-document.js'
import { createTold, type Told } from '../channel/delivered-revs.js'
import { entriesIn } from './change-event.js'
import type { FeedListener } from './slot-feed.js'
import { dropEnded, putSlot, removeSlot, slotAfter, slotAt } from './topic.js'

/** A live view: read it at once, a later change is made in place. */
export interface TopicView {
  readonly providerId: string
  readonly slots: readonly CompactSlot[]
  /** Moves on each change and never comes again. */
  readonly version: number
  readonly n: number
}

export interface BoardEvent {
  slotId: string
  providerId: string
  entry: LogEntry
  n: number
  seq: number
  /** False: the topic's viewers have it in their picture, or nobody watches it. */
  toTopic: boolean
}

export interface BoardListener {
  event(event: BoardEvent): void
  /** The topic was loaded again: its viewers need a new picture. */
  picture(providerId: string): void
  /** Something may have been missed, of any provider. */
  lost(): void
}

export interface BoardOptions {
  /** The slots of a provider that end after that moment, majority-read from the primary. */
  load: (providerId: string, endAfter: number) => Promise<CompactSlot[]>
  now: () => number
  random: () => number
  maxSlots: number
  pictureAgeMs: () => number
  /** Told of each own acknowledged write that the stream has not brought yet. */
  expect: (slotId: string, rev: number) => void
  log: { warn(facts: object, message: string): void }
  retryMs?: number
}

interface Topic {
  providerId: string
  slots: CompactSlot[]
  version: number
  readonly n: number
  ready: boolean
  /** Has been ready before: better than nothing while the database is away. */
  known: boolean
  /** Known, and the last attempt to load it again failed. Another is on its way; nobody needs to wait for it. */
  failed: boolean
  /** Until when it was right, where it is known and not ready. */
  rightUntil: number
  loading: Promise<void> | null
  /** Set while loading: what is being read may be from before something that was missed. */
  again: boolean
  waiting: { slotId: string; entries: LogEntry[] }[]
  watchers: number
  retry: NodeJS.Timeout | undefined
}

const DAY_MS = 86_400_000
/** An empty topic takes memory too, and anybody may ask for any number of them. */
const TOPIC_COST = 16

type Outcome = 'joined' | 'old' | 'outside' | 'gap'

export class SlotBoard {
  readonly #o: BoardOptions
  readonly #retryMs: number
  /** By provider, in the order of use: the first is the first to go. */
  readonly #topics = new Map<string, Topic>()
  /** The counters `n`; they live on when a topic is dropped. */
  readonly #counters = new Map<string, number>()
  /** Which revs went out from a reply and will come by the stream again. */
  readonly #told: Told
  #listener: BoardListener | null = null
  /** The last version that any topic was given. */
  #versions = 0
  #seq = 0
  #size = 0
  #closed = false
  /** The topic that is at the end of the order of use. */
  #usedLast: Topic | null = null

  readonly fromFeed: FeedListener = {
    entries: (slotId, entries) => this.#fromStream(slotId, entries),
    unclear: (slotId) => {
      const topic = this.#topics.get(readSlotId(slotId)?.providerId ?? '')
      if (topic) this.#reload(topic)
    },
    gone: (slotId) => this.#gone(slotId),
    lost: (awayMs) => this.#lost(awayMs),
  }

  constructor(options: BoardOptions) {
    this.#o = options
    this.#retryMs = options.retryMs ?? 500
    this.#told = createTold(options.now, () => options.pictureAgeMs() === 0)
  }

  get seq(): number {
    return this.#seq
  }

  /** Slots in memory. */
  get size(): number {
    return this.#size
  }

  /** Providers in memory. */
  get topics(): number {
    return this.#topics.size
  }

  listen(listener: BoardListener): void {
    this.#listener = listener
  }

  /** Loads the topic when it is not there; throws the database's error when that cannot be done. */
  async topic(providerId: string): Promise<TopicView> {
    const topic = this.#topicOf(providerId)
    try {
      while (!topic.ready && !topic.failed && !this.#closed) await this.#load(topic)
    } catch (error) {
      if (!topic.known) throw error
    }
    return this.#tidy(topic)
  }

  /** The topic when it is ready now, or when it was and cannot be loaded again. */
  read(providerId: string): TopicView | null {
    const topic = this.#topics.get(providerId)
    return topic?.ready || topic?.failed ? this.#tidy(topic) : null
  }

  /** The topic when it is ready now, and this counts as a use, so that what is looked at often stays. */
  use(providerId: string): TopicView | null {
    return this.#topics.get(providerId)?.ready ? this.#tidy(this.#topicOf(providerId)) : null
  }

  slotById(slotId: string): CompactSlot | undefined {
    const place = readSlotId(slotId)
    const slots = place && this.#topics.get(place.providerId)?.slots
    return slots ? slotAt(slots, place.start) : undefined
  }

  /** 0 while the stream is live; else how long nothing was heard of the database. Of a topic: how old it may be. */
  pictureAgeMs(providerId = ''): number {
    const topic = this.#topics.get(providerId)
    const ageMs = this.#o.pictureAgeMs()
    return topic?.failed ? Math.max(1, ageMs, this.#o.now() - topic.rightUntil) : ageMs
  }

  /** Until `release`, the topic is kept. */
  retain(providerId: string): void {
    this.#topicOf(providerId).watchers++
  }

  release(providerId: string): void {
    const topic = this.#topics.get(providerId)
    if (!topic || topic.watchers === 0) return
    topic.watchers--
    if (topic.watchers === 0 && !topic.ready && !topic.loading) this.#drop(topic)
    this.#evict()
  }

  close(): void {
    this.#closed = true
    for (const topic of this.#topics.values()) clearTimeout(topic.retry)
  }

  #endAfter(): number {
    return this.#o.now() - DAY_MS
  }

  #nOf(providerId: string): number {
    return this.#counters.get(providerId) ?? 0
  }

  #topicOf(providerId: string): Topic {
    let topic = this.#topics.get(providerId)
    if (topic && topic === this.#usedLast) return topic
    // Taken out and put in again: the map's order is the order of use.
    if (topic) this.#topics.delete(providerId)
    else {
      const nOf = () => this.#nOf(providerId)
      topic = {
        providerId,
        slots: [],
        version: ++this.#versions,
        get n() {
          return nOf()
        },
        ready: false,
        known: false,
        failed: false,
        rightUntil: 0,
        loading: null,
        again: false,
        waiting: [],
        watchers: 0,
        retry: undefined,
      }
      this.#size += TOPIC_COST
    }
    this.#topics.set(providerId, topic)
    this.#usedLast = topic
    return topic
  }

  #drop(topic: Topic): void {
    if (!this.#topics.delete(topic.providerId)) return
    this.#size -= topic.slots.length + TOPIC_COST
    clearTimeout(topic.retry)
  }

  #evict(): void {
    for (const topic of this.#topics.values()) {
      if (this.#size <= this.#o.maxSlots) return
      if (topic.watchers === 0 && topic.ready) this.#drop(topic)
    }
  }

  #tidy(topic: Topic): Topic {
    const ended = dropEnded(topic.slots, this.#endAfter())
    if (ended > 0) {
      this.#size -= ended
      topic.version = ++this.#versions
    }
    return topic
  }

  #distrust(topic: Topic, ageMs: number): void {
    if (topic.ready) topic.rightUntil = this.#o.now() - ageMs
    topic.ready = false
  }

  #load(topic: Topic): Promise<void> {
    this.#distrust(topic, this.#o.pictureAgeMs())
    topic.loading ??= this.#loadUntilWhole(topic).finally(() => {
      topic.loading = null
    })
    return topic.loading
  }

  async #loadUntilWhole(topic: Topic): Promise<void> {
    clearTimeout(topic.retry)
    try {
      for (let attempt = 0; ; attempt++) {
        topic.again = false
        const loaded = await this.#o.load(topic.providerId, this.#endAfter())
        if (this.#closed || this.#topics.get(topic.providerId) !== topic) return
        if (topic.again) continue
        this.#install(topic, loaded)
        const whole = topic.waiting.every(
          ({ slotId, entries }) => this.#join(topic, slotId, entries) !== 'gap',
        )
        if (whole) break
        // The read was behind the stream, as it may be for a moment after a failover.
        await new Promise((resolve) =>
          setTimeout(resolve, Math.min(2 ** attempt, 100) * 10 * this.#o.random()),
        )
      }
    } catch (error) {
      this.#loadFailed(topic)
      throw error
    }
    topic.waiting = []
    topic.failed = false
    topic.ready = topic.known = true
    this.#evict()
  }

  #install(topic: Topic, loaded: CompactSlot[]): void {
    this.#size += loaded.length - topic.slots.length
    topic.slots = loaded.sort((a, b) => a.start - b.start)
    topic.version = ++this.#versions
    const startOf = (slotId: string) => readSlotId(slotId)?.start ?? Number.NaN
    this.#told.loaded(
      (slotId) => readSlotId(slotId)?.providerId === topic.providerId,
      (slotId) => slotAt(topic.slots, startOf(slotId))?.rev ?? 0,
    )
  }

  #loadFailed(topic: Topic): void {
    if (this.#closed || this.#topics.get(topic.providerId) !== topic) return
    if (topic.watchers === 0 && !topic.known) {
      this.#drop(topic)
      return
    }
    topic.failed = topic.known
    clearTimeout(topic.retry)
    topic.retry = setTimeout(() => this.#reload(topic), this.#retryMs * (0.5 + this.#o.random()))
  }

  #reload(topic: Topic): void {
    if (this.#closed || this.#topics.get(topic.providerId) !== topic) return
    if (topic.loading) {
      topic.again = true
      return
    }
    if (topic.watchers === 0) {
      this.#drop(topic)
      return
    }
    this.#load(topic).then(
      () => {
        if (topic.ready) this.#listener?.picture(topic.providerId)
      },
      (error) => this.#o.log.warn({ code: (error as { code?: unknown }).code }, 'a topic cannot be loaded'),
    )
  }

  /** The one door. `entries` are consecutive; their first begins where what is known must end. */
  #join(topic: Topic, slotId: string, entries: LogEntry[]): Outcome {
    const [first, last] = [entries[0], entries.at(-1)]
    const place = readSlotId(slotId)
    if (!first || !last || !place) return 'outside'
    const known = slotAt(topic.slots, place.start)
    const rev = known?.rev ?? 0
    if (last.rev <= rev) return 'old'
    if (place.start + SLOT_MS <= this.#endAfter()) return 'outside'
    if (first.from !== rev) return 'gap'
    const slot = slotAfter(slotId, last)
    if (!slot) return 'outside'
    putSlot(topic.slots, slot)
    topic.version = ++this.#versions
    if (known) return 'joined'
    this.#size++
    this.#evict()
    return 'joined'
  }

  #emit(slotId: string, providerId: string, entry: LogEntry, toTopic: boolean, counts: boolean): void {
    if (counts) this.#counters.set(providerId, this.#nOf(providerId) + 1)
    this.#seq++
    this.#listener?.event({ slotId, providerId, entry, n: this.#nOf(providerId), seq: this.#seq, toTopic })
  }

  #fromStream(slotId: string, entries: LogEntry[]): void {
    const place = readSlotId(slotId)
    if (!place) return
    const fresh = this.#told.byStream(slotId, entries)
    const topic = this.#topics.get(place.providerId)
    if (!topic?.ready) topic?.waiting.push({ slotId, entries })
    const outcome = topic?.ready ? this.#join(topic, slotId, entries) : 'absent'
    const toTopic = outcome === 'joined'
    // `n` stands still for what the viewers of a ready topic do not hear: a hole would send them for a new picture.
    const counts = toTopic || outcome === 'absent'
    for (const entry of fresh) this.#emit(slotId, place.providerId, entry, toTopic, counts)
    if (topic && outcome === 'gap') {
      topic.waiting.push({ slotId, entries })
      this.#reload(topic)
    }
  }

  /** The slot as an own acknowledged write left it, log included. */
  takeReply(doc: SlotDoc): void {
    if (!this.#told.hasPassed(doc._id, doc.rev)) this.#o.expect(doc._id, doc.rev)
    const topic = this.#topics.get(doc.providerId)
    if (!topic) return
    const known = slotAt(topic.slots, doc.start.getTime())?.rev ?? 0
    const entries = entriesIn(doc.log)
    if (!topic.ready) {
      const from = entries.at(-1)?.from
      topic.waiting.push({ slotId: doc._id, entries: entries.filter((entry) => entry.from === from) })
      return
    }
    // The log goes further back than this write: another instance's change just before it comes along.
    const fresh = entries.filter((entry) => entry.rev > known)
    if (!this.#told.upTo(doc._id, known, entries)) return
    if (this.#join(topic, doc._id, fresh) !== 'joined') return
    this.#told.byReply(doc._id, doc.rev)
    for (const entry of fresh) this.#emit(doc._id, doc.providerId, entry, true, true)
  }

  #gone(slotId: string): void {
    const place = readSlotId(slotId)
    this.#told.forget(slotId)
    const topic = place && this.#topics.get(place.providerId)
    if (!topic) return
    if (!topic.ready) {
      topic.again = true
      return
    }
    if (!removeSlot(topic.slots, place.start)) return
    this.#size--
    topic.version = ++this.#versions
    this.#listener?.picture(place.providerId)
  }

  #lost(awayMs: number): void {
    this.#told.clear()
    this.#seq++
    for (const topic of [...this.#topics.values()]) {
      topic.waiting = []
      this.#distrust(topic, awayMs)
      this.#reload(topic)
    }
    this.#listener?.lost()
  }
}
