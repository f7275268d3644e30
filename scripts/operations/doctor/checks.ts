/** Everything that the server assumes of an engine, in the order in which it is looked at. */
import type { Check } from './check.js'
import { serverChecks } from './server-checks.js'
import { streamChecks } from './stream-checks.js'
import { writeChecks } from './write-checks.js'

export const checks: Check[] = [...serverChecks, ...writeChecks, ...streamChecks]
