import type { Refused } from './api.js'
import { common } from './text.js'

/** What the server says is wrong with a field, in the reader's words. */
export function faultOf(problem: Refused | null, field: string): string | undefined {
  const error = problem?.errors?.find((one) => one.field === field)
  if (error === undefined) return undefined
  const known: Readonly<Record<string, string>> = common.value.faults
  return known[error.rule ?? ''] ?? common.value.faults.other
}
