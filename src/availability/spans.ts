/** The span a list or a viewer asks for: a day on the wall of a zone, or two instants. */
import type { FieldError } from '../http/problems.js'
import { dayBounds, type Span } from './days.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export const MAX_DAYS = 62

export interface SpanQuery {
  day?: string | undefined
  from?: string | undefined
  to?: string | undefined
  /** The zone of `day`. */
  timeZone?: string | undefined
}

export type SpanAnswer =
  | ({ ok: true } & Span)
  | { ok: false; code: 'invalid_request' | 'window_too_long'; errors: FieldError[] }

/**
 * A missing end is `defaultDays` after the begin. A missing begin is now, or `defaultDays` before an end that has
 * passed, so that a list of what was can be asked for by its end alone.
 */
export function resolveSpan(
  { day, from, to, timeZone }: SpanQuery,
  {
    now,
    defaultDays = 14,
    fallbackZone,
    maxDays = MAX_DAYS,
  }: { now: number; defaultDays?: number; fallbackZone?: string | undefined; maxDays?: number },
): SpanAnswer {
  if (day !== undefined) {
    if (from !== undefined || to !== undefined)
      return refuse('day', 'cannot be sent together with from or to')
    const zone = timeZone ?? fallbackZone
    if (zone === undefined) return refuse('timeZone', 'is needed to know when the day begins')
    const bounds = dayBounds(day, zone)
    return bounds ? { ok: true, ...bounds } : refuse('day', `does not exist in ${zone}`)
  }

  const until = to === undefined ? undefined : Date.parse(to)
  const begin =
    from === undefined
      ? until === undefined || until > now
        ? now
        : until - defaultDays * DAY
      : Date.parse(from)
  const end = until ?? begin + defaultDays * DAY
  if (end <= begin) return refuse('to', 'must be after from')
  // The hour more lets 62 days on the wall pass when clocks go back within them.
  if (end - begin > maxDays * DAY + HOUR) {
    return {
      ok: false,
      code: 'window_too_long',
      errors: [
        { field: to === undefined ? 'from' : 'to', message: `must be at most ${maxDays} days after from` },
      ],
    }
  }
  return { ok: true, from: begin, to: end }
}

function refuse(field: string, message: string): SpanAnswer {
  return { ok: false, code: 'invalid_request', errors: [{ field, message }] }
}
