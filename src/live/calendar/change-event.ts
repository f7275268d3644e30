/** What one event of the change stream says about a slot, read from the event alone. */
import type { LogEntry, SlotDoc } from '../../slots/slot-document.js'

/** As much of a change stream event as is read here. */
export interface SlotChange {
  operationType: string
  documentKey?: { _id: unknown }
  fullDocument?: Partial<Pick<SlotDoc, 'log'>> | null
  updateDescription?: { updatedFields?: Record<string, unknown> | null }
}

export type Reading =
  | { kind: 'entries'; slotId: string; entries: LogEntry[] }
  /** The slot changed in a way its log does not tell: its client has a new name, or somebody wrote past the store. */
  | { kind: 'unclear'; slotId: string }
  | { kind: 'gone'; slotId: string }
  /** The stream cannot go on: the collection or the database was dropped or renamed. */
  | { kind: 'ended' }
  | { kind: 'nothing' }

const ENDINGS = new Set(['invalidate', 'drop', 'rename', 'dropDatabase'])

export function readChange(change: SlotChange): Reading {
  if (ENDINGS.has(change.operationType)) return { kind: 'ended' }
  const slotId = change.documentKey?._id
  if (typeof slotId !== 'string') return { kind: 'nothing' }
  if (change.operationType === 'delete') return { kind: 'gone', slotId }
  const entries = entriesOf(change)
  if (entries.length > 0) return { kind: 'entries', slotId, entries }
  const fields = change.updateDescription?.updatedFields ?? {}
  // A name that is only sealed with another key is no news: only a rename says when it was.
  const renamed = fields['reservation.renamedAt'] !== undefined
  const movedRev = fields.rev !== undefined
  const wholeDocument = change.operationType === 'insert' || change.operationType === 'replace'
  return movedRev || renamed || wholeDocument ? { kind: 'unclear', slotId } : { kind: 'nothing' }
}

/**
 * The entries that this very update added, oldest first. A key that did not exist before always arrives whole, so no
 * look-up is needed, which would show a later state when the stream is behind. Four forms: single keys `log.rN`; all
 * of `log` in an update; an insert; a replace (mongod logs a pipeline update so when the diff is not smaller). In the
 * last three older entries come along, hence the rule: those whose `from` is the newest one's.
 */
export function entriesOf({ operationType, fullDocument, updateDescription }: SlotChange): LogEntry[] {
  if (operationType === 'insert' || operationType === 'replace') return newest(fullDocument?.log)
  const fields = updateDescription?.updatedFields ?? {}
  if (fields.log !== undefined) return newest(fields.log)
  return newest(Object.fromEntries(Object.entries(fields).filter(([key]) => /^log\.r\d+$/.test(key))))
}

function newest(log: unknown): LogEntry[] {
  const entries = entriesIn(log)
  const from = entries.at(-1)?.from
  return entries.filter((entry) => entry.from === from)
}

/** A log is an object keyed by revision; its order is not relied on. */
export function entriesIn(log: unknown): LogEntry[] {
  if (typeof log !== 'object' || log === null) return []
  return (Object.values(log) as LogEntry[]).sort((a, b) => a.rev - b.rev)
}
