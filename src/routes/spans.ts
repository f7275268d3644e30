import { resolveSpan } from '../availability/spans.js'
import { refusedFields } from '../http/problems.js'

/** The span of a list from its query; throws the refusal that names the field. */
export function readSpan(...[query, options]: Parameters<typeof resolveSpan>): { from: number; to: number } {
  const span = resolveSpan(query, options)
  if (span.ok) return span
  throw refusedFields(span.code, span.errors)
}
