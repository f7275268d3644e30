/**
 * One change of a document, as the change stream tells it, and how a copy of the document follows it.
 *
 * A copy may be newer than a change: it was read while changes went on. All of them are applied nevertheless, from the
 * moment the stream was opened. That ends at the right document, because whatever a change touches is touched again by
 * each later change of the same place; in between, a place may be missing or be of another kind than the change
 * expects, and then it is made to fit.
 */
import type { Doc } from './bson.js'

export type Change = { collection: string; id: unknown } & (
  | { kind: 'put'; doc: Doc }
  | { kind: 'delete' }
  | {
      kind: 'update'
      /** By dotted path. */
      set: Doc
      unset: readonly string[]
      truncate: readonly { field: string; size: number }[]
    }
)

/** As much of an event as is read here. */
export interface StreamEvent {
  operationType: string
  ns?: { coll?: string }
  documentKey?: { _id?: unknown }
  fullDocument?: Doc | null
  updateDescription?: {
    updatedFields?: Doc | null
    removedFields?: string[] | null
    truncatedArrays?: { field: string; newSize: unknown }[] | null
  }
}

/** Null for what changes no document; `breaks` for what a copy cannot follow. */
export function changeOf(event: StreamEvent): Change | 'breaks' | null {
  const { operationType, ns, documentKey, fullDocument, updateDescription } = event
  const at = { collection: ns?.coll ?? '', id: documentKey?._id }
  switch (operationType) {
    case 'insert':
    case 'replace':
      return fullDocument ? { ...at, kind: 'put', doc: fullDocument } : 'breaks'
    case 'delete':
      return { ...at, kind: 'delete' }
    case 'update':
      return {
        ...at,
        kind: 'update',
        set: updateDescription?.updatedFields ?? {},
        unset: updateDescription?.removedFields ?? [],
        truncate: (updateDescription?.truncatedArrays ?? []).map(({ field, newSize }) => ({
          field,
          size: Number(newSize),
        })),
      }
    case 'drop':
    case 'rename':
    case 'dropDatabase':
    case 'invalidate':
      return 'breaks'
    default:
      return null
  }
}

/** The document after the change; null where there is none. The one given may be changed. */
export function applyChange(doc: Doc | null, change: Change): Doc | null {
  if (change.kind === 'delete') return null
  if (change.kind === 'put') return change.doc
  // It was deleted before it was read, and the change that says so follows.
  if (doc === null) return null
  for (const { field, size } of change.truncate) {
    const found = holderOf(doc, field, false)
    const array = found && valueAt(found.holder, found.key)
    if (Array.isArray(array) && array.length > size) array.length = size
  }
  for (const field of change.unset) {
    const found = holderOf(doc, field, false)
    if (found) remove(found.holder, found.key)
  }
  for (const [field, value] of Object.entries(change.set)) {
    const found = holderOf(doc, field, true)
    if (found) put(found.holder, found.key, value)
  }
  return doc
}

type Holder = Doc | unknown[]

/** Where the last part of a path lies. What stands in the way is replaced, if it is to be made. */
function holderOf(doc: Doc, path: string, make: boolean): { holder: Holder; key: string } | null {
  const keys = path.split('.')
  const key = keys.pop() ?? ''
  let holder: Holder = doc
  for (const step of keys) {
    const next = valueAt(holder, step)
    if (isHolder(next)) holder = next
    else if (make) {
      const made: Doc = {}
      put(holder, step, made)
      holder = made
    } else return null
  }
  return { holder, key }
}

/** A plain object or an array; dates and the values of BSON types are neither. */
function isHolder(value: unknown): value is Holder {
  if (Array.isArray(value)) return true
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function valueAt(holder: Holder, key: string): unknown {
  if (Array.isArray(holder)) return holder[Number(key)]
  return Object.hasOwn(holder, key) ? holder[key] : undefined
}

function put(holder: Holder, key: string, value: unknown): void {
  if (!Array.isArray(holder)) {
    holder[key] = value
    return
  }
  const at = Number(key)
  // A copy that is newer may be shorter for now; a later change cuts it or fills it again.
  while (holder.length < at) holder.push(null)
  holder[at] = value
}

function remove(holder: Holder, key: string): void {
  if (!Array.isArray(holder)) delete holder[key]
  else if (Number(key) < holder.length) holder[Number(key)] = null
}
