/**
 * Pictures: the slots of a provider in a window, as JSON. The slots of one topic and window are encoded once until the
 * topic changes, because a thousand viewers may come back in the same moment and most look at the same days.
 */
import type { Rules } from '../schemas/common.js'
import { type OpenName, ownSlot, publicSlot } from '../slots/slot-view.js'
import { moment } from './messages.js'
import type { SlotBoard, TopicView } from './slot-board.js'

export interface Window {
  from: number
  to: number
}

export interface PictureParts {
  board: SlotBoard
  now: () => number
  rules: Rules
  openName: OpenName
}

export interface Pictures {
  /** Null while the topic is not ready. `own`: with the names its provider may see. */
  of(providerId: string, window: Window, own: boolean): string | null
  forget(providerId: string): void
  /** How many so far. */
  readonly given: number
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const DEFAULT_DAYS = 14
export const MAX_DAYS = 62
/** Windows kept for each topic; viewers may ask for any number of them. */
const KEPT_WINDOWS = 32

/** From the minute that is now, so that those who come within a minute share a picture; slots begin on minutes. */
export function windowOf(from: string | undefined, to: string | undefined, now: number): Window | null {
  const minute = now - (now % MINUTE_MS)
  const end = to === undefined ? undefined : Date.parse(to)
  const start = from === undefined ? Math.min(minute, end ?? minute) : Date.parse(from)
  return start <= (end ?? start) ? { from: start, to: end ?? start + DEFAULT_DAYS * DAY_MS } : null
}

export function isTooLong({ from, to }: Window): boolean {
  return to - from > MAX_DAYS * DAY_MS
}

export function createPictures({ board, now, rules, openName }: PictureParts): Pictures {
  const kept = new Map<string, { version: number; windows: Map<string, string> }>()
  let given = 0

  function slotsOf(topic: TopicView, { from, to }: Window, own: boolean): string {
    let known = kept.get(topic.providerId)
    if (known?.version !== topic.version || known.windows.size >= KEPT_WINDOWS) {
      known = { version: topic.version, windows: new Map() }
      kept.set(topic.providerId, known)
    }
    const key = `${from} ${to} ${own}`
    const encoded = known.windows.get(key)
    if (encoded !== undefined) return encoded
    const moment = now()
    const shown = topic.slots
      .filter((slot) => slot.end > from && slot.start < to)
      .map((slot) => (own ? ownSlot(slot, moment, openName) : publicSlot(slot, moment)))
    const json = JSON.stringify(shown)
    known.windows.set(key, json)
    return json
  }

  return {
    of(providerId, window, own) {
      const topic = board.read(providerId)
      if (!topic) return null
      given++
      const head = JSON.stringify({
        providerId,
        ...moment(now(), board.pictureAgeMs(providerId)),
        n: topic.n,
        from: new Date(window.from).toISOString(),
        to: new Date(window.to).toISOString(),
        rules,
      })
      return `${head.slice(0, -1)},"slots":${slotsOf(topic, window, own)}}`
    },
    forget(providerId) {
      kept.delete(providerId)
    },
    get given() {
      return given
    },
  }
}
