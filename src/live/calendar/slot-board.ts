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
import { type CompactSlot, compactOf } from '../../slots/compact-slot.js'
import type { LogEntry, SlotDoc, SlotOutline } from '../../slots/slot-document.js'
import { createTold } from '../channel/delivered-revs.js'
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
  load: (providerId: string, endAfter: number) => Promise<SlotOutline[]>
  now: () => number
  random: () => number
  maxSlots: number
  pictureAgeMs: () => number
  /** Told of each own acknowledged write that the stream has not brought yet. */
  expect: (slotId: string, rev: number) => void
  log: { warn(facts: object, message: string): void }
  retryMs?: number
}

export interface SlotBoard {
  /** Loads the topic when it is not there; throws the database's error when that cannot be done. */
  topic(providerId: string): Promise<TopicView>
  /** The topic when it is ready now, or when it was and cannot be loaded again. */
  read(providerId: string): TopicView | null
  /** The topic when it is ready now, and this counts as a use, so that what is looked at often stays. */
  use(providerId: string): TopicView | null
  slotById(slotId: string): CompactSlot | undefined
  /** 0 while the stream is live; else how long nothing was heard of the database. Of a topic: how old it may be. */
  pictureAgeMs(providerId?: string): number
  /** The document as it is after an own acknowledged write, log included. */
  takeReply(doc: SlotDoc): void
  /** Between these two a topic is kept. */
  retain(providerId: string): void
  release(providerId: string): void
  readonly seq: number
  /** Slots in memory. */
  readonly size: number
  /** Providers in memory. */
  readonly topics: number
  listen(listener: BoardListener): void
  readonly fromFeed: FeedListener
  close(): void
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

export function slotBoard(options: BoardOptions): SlotBoard {
  const topics = new Map<string, Topic>()
  const counters = new Map<string, number>()
  const told = createTold(options.now, () => options.pictureAgeMs() === 0)
  const retryMs = options.retryMs ?? 500
  let listener: BoardListener | null = null
  let versions = 0
  let seq = 0
  let size = 0
  let closed = false
  let usedLast: Topic | null = null

  const endAfter = () => options.now() - DAY_MS
  const nOf = (providerId: string) => counters.get(providerId) ?? 0

  function topicOf(providerId: string): Topic {
    let topic = topics.get(providerId)
    if (topic && topic === usedLast) return topic
    // Taken out and put in again: the map's order is the order of use.
    if (topic) topics.delete(providerId)
    else {
      topic = {
        providerId,
        slots: [],
        version: ++versions,
        get n() {
          return nOf(providerId)
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
      size += TOPIC_COST
    }
    topics.set(providerId, topic)
    usedLast = topic
    return topic
  }

  function drop(topic: Topic): void {
    if (!topics.delete(topic.providerId)) return
    size -= topic.slots.length + TOPIC_COST
    clearTimeout(topic.retry)
  }

  function evict(): void {
    for (const topic of topics.values()) {
      if (size <= options.maxSlots) return
      if (topic.watchers === 0 && topic.ready) drop(topic)
    }
  }

  function tidy(topic: Topic): Topic {
    const ended = dropEnded(topic.slots, endAfter())
    if (ended > 0) {
      size -= ended
      topic.version = ++versions
    }
    return topic
  }

  function distrust(topic: Topic, ageMs: number): void {
    if (topic.ready) topic.rightUntil = options.now() - ageMs
    topic.ready = false
  }

  function load(topic: Topic): Promise<void> {
    distrust(topic, options.pictureAgeMs())
    topic.loading ??= loadUntilWhole(topic).finally(() => {
      topic.loading = null
    })
    return topic.loading
  }

  async function loadUntilWhole(topic: Topic): Promise<void> {
    clearTimeout(topic.retry)
    try {
      for (let attempt = 0; ; attempt++) {
        topic.again = false
        const loaded = await options.load(topic.providerId, endAfter())
        if (closed || topics.get(topic.providerId) !== topic) return
        if (topic.again) continue
        install(topic, loaded)
        const whole = topic.waiting.every(({ slotId, entries }) => join(topic, slotId, entries) !== 'gap')
        if (whole) break
        // The read was behind the stream, as it may be for a moment after a failover.
        await new Promise((resolve) =>
          setTimeout(resolve, Math.min(2 ** attempt, 100) * 10 * options.random()),
        )
      }
    } catch (error) {
      loadFailed(topic)
      throw error
    }
    topic.waiting = []
    topic.failed = false
    topic.ready = topic.known = true
    evict()
  }

  function install(topic: Topic, loaded: SlotOutline[]): void {
    size += loaded.length - topic.slots.length
    topic.slots = loaded.map(compactOf).sort((a, b) => a.start - b.start)
    topic.version = ++versions
    const startOf = (slotId: string) => readSlotId(slotId)?.start ?? Number.NaN
    told.loaded(
      (slotId) => readSlotId(slotId)?.providerId === topic.providerId,
      (slotId) => slotAt(topic.slots, startOf(slotId))?.rev ?? 0,
    )
  }

  function loadFailed(topic: Topic): void {
    if (closed || topics.get(topic.providerId) !== topic) return
    if (topic.watchers === 0 && !topic.known) {
      drop(topic)
      return
    }
    topic.failed = topic.known
    clearTimeout(topic.retry)
    topic.retry = setTimeout(() => reload(topic), retryMs * (0.5 + options.random()))
  }

  function reload(topic: Topic): void {
    if (closed || topics.get(topic.providerId) !== topic) return
    if (topic.loading) {
      topic.again = true
      return
    }
    if (topic.watchers === 0) {
      drop(topic)
      return
    }
    load(topic).then(
      () => {
        if (topic.ready) listener?.picture(topic.providerId)
      },
      (error) => options.log.warn({ code: (error as { code?: unknown }).code }, 'a topic cannot be loaded'),
    )
  }

  /** The one door. `entries` are consecutive; their first begins where what is known must end. */
  function join(topic: Topic, slotId: string, entries: LogEntry[]): Outcome {
    const [first, last] = [entries[0], entries.at(-1)]
    const place = readSlotId(slotId)
    if (!first || !last || !place) return 'outside'
    const known = slotAt(topic.slots, place.start)
    const rev = known?.rev ?? 0
    if (last.rev <= rev) return 'old'
    if (place.start + SLOT_MS <= endAfter()) return 'outside'
    if (first.from !== rev) return 'gap'
    const slot = slotAfter(slotId, last)
    if (!slot) return 'outside'
    putSlot(topic.slots, slot)
    topic.version = ++versions
    if (known) return 'joined'
    size++
    evict()
    return 'joined'
  }

  function emit(
    slotId: string,
    providerId: string,
    entry: LogEntry,
    toTopic: boolean,
    counts: boolean,
  ): void {
    if (counts) counters.set(providerId, nOf(providerId) + 1)
    seq++
    listener?.event({ slotId, providerId, entry, n: nOf(providerId), seq, toTopic })
  }

  function fromStream(slotId: string, entries: LogEntry[]): void {
    const place = readSlotId(slotId)
    if (!place) return
    const fresh = told.byStream(slotId, entries)
    const topic = topics.get(place.providerId)
    if (!topic?.ready) topic?.waiting.push({ slotId, entries })
    const outcome = topic?.ready ? join(topic, slotId, entries) : 'absent'
    const toTopic = outcome === 'joined'
    // `n` stands still for what the viewers of a ready topic do not hear: a hole would send them for a new picture.
    const counts = toTopic || outcome === 'absent'
    for (const entry of fresh) emit(slotId, place.providerId, entry, toTopic, counts)
    if (topic && outcome === 'gap') {
      topic.waiting.push({ slotId, entries })
      reload(topic)
    }
  }

  function takeReply(doc: SlotDoc): void {
    if (!told.hasPassed(doc._id, doc.rev)) options.expect(doc._id, doc.rev)
    const topic = topics.get(doc.providerId)
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
    if (!told.upTo(doc._id, known, entries)) return
    if (join(topic, doc._id, fresh) !== 'joined') return
    told.byReply(doc._id, doc.rev)
    for (const entry of fresh) emit(doc._id, doc.providerId, entry, true, true)
  }

  function gone(slotId: string): void {
    const place = readSlotId(slotId)
    told.forget(slotId)
    const topic = place && topics.get(place.providerId)
    if (!topic) return
    if (!topic.ready) {
      topic.again = true
      return
    }
    if (!removeSlot(topic.slots, place.start)) return
    size--
    topic.version = ++versions
    listener?.picture(place.providerId)
  }

  function lost(awayMs: number): void {
    told.clear()
    seq++
    for (const topic of [...topics.values()]) {
      topic.waiting = []
      distrust(topic, awayMs)
      reload(topic)
    }
    listener?.lost()
  }

  return {
    async topic(providerId) {
      const topic = topicOf(providerId)
      try {
        while (!topic.ready && !topic.failed && !closed) await load(topic)
      } catch (error) {
        if (!topic.known) throw error
      }
      return tidy(topic)
    },
    read(providerId) {
      const topic = topics.get(providerId)
      return topic?.ready || topic?.failed ? tidy(topic) : null
    },
    use(providerId) {
      return topics.get(providerId)?.ready ? tidy(topicOf(providerId)) : null
    },
    slotById(slotId) {
      const place = readSlotId(slotId)
      const slots = place && topics.get(place.providerId)?.slots
      return slots ? slotAt(slots, place.start) : undefined
    },
    pictureAgeMs(providerId = '') {
      const topic = topics.get(providerId)
      const ageMs = options.pictureAgeMs()
      return topic?.failed ? Math.max(1, ageMs, options.now() - topic.rightUntil) : ageMs
    },
    takeReply,
    retain(providerId) {
      topicOf(providerId).watchers++
    },
    release(providerId) {
      const topic = topics.get(providerId)
      if (!topic || topic.watchers === 0) return
      topic.watchers--
      if (topic.watchers === 0 && !topic.ready && !topic.loading) drop(topic)
      evict()
    },
    get seq() {
      return seq
    },
    get size() {
      return size
    },
    get topics() {
      return topics.size
    },
    listen(to) {
      listener = to
    },
    fromFeed: {
      entries: fromStream,
      unclear(slotId) {
        const topic = topics.get(readSlotId(slotId)?.providerId ?? '')
        if (topic) reload(topic)
      },
      gone,
      lost,
    },
    close() {
      closed = true
      for (const topic of topics.values()) clearTimeout(topic.retry)
    },
  }
}
