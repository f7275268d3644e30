/** How long a server asks to be left alone. */

const LONGEST_MS = 24 * 3_600_000

/** From seconds or a date of HTTP; null where it says neither. A day at most. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, LONGEST_MS)
  // Only dates as HTTP writes them: `Date.parse` takes nearly anything.
  if (!/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text)) return null
  const until = Date.parse(text)
  return Number.isNaN(until) ? null : Math.min(Math.max(0, until - now), LONGEST_MS)
}
