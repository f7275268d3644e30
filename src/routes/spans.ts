import { spanOf } from '../availability/spans.js'
import { Refusal } from '../errors.js'

/** The span of a list as its query says it, or the refusal that names the field. */
export function readSpan(...[query, options]: Parameters<typeof spanOf>): { from: number; to: number } {
  const span = spanOf(query, options)
  if (span.ok) return span
  const [first] = span.errors
  throw new Refusal(span.code, first && `${first.field}: ${first.message}`, { errors: span.errors })
}
