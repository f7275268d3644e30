/**
 * What is inside a backup, as one stream: a byte that says what comes, and BSON, which says its own length. A collection
 * is named before its documents; changes stand wherever they came; the last record is the end.
 */
import { type Doc, readBson, writeBson } from './bson.js'
import type { Change } from './change.js'
import type { Copied } from './copy-database.js'
import { CopyFailed } from './copy-failed.js'

export const KIND = { collection: 1, document: 2, change: 3, end: 4 } as const

export type BackupRecord =
  | { kind: 'collection'; name: string }
  | { kind: 'document'; raw: Uint8Array }
  | { kind: 'change'; change: Change }
  | { kind: 'end'; copied: Copied }

const LENGTH_BYTES = 4
/** A document of MongoDB has 16 MB at the most, and a change of one little more. */
const LONGEST = 48 * 1024 * 1024

export function recordBytes(kind: number, bson: Uint8Array): [Uint8Array, Uint8Array] {
  return [Uint8Array.of(kind), bson]
}

export function endBytes(copied: Copied): Uint8Array {
  return writeBson({ ...copied })
}

export async function* recordsIn(plain: AsyncIterable<Uint8Array>): AsyncGenerator<BackupRecord> {
  let rest: Buffer = Buffer.alloc(0)
  let ended = false
  for await (const part of plain) {
    rest = rest.length === 0 ? Buffer.from(part) : Buffer.concat([rest, part])
    for (;;) {
      const length = lengthOf(rest)
      if (length === null || rest.length < 1 + length) break
      const record = recordOf(rest[0] ?? 0, rest.subarray(1, 1 + length))
      rest = rest.subarray(1 + length)
      ended = record.kind === 'end'
      yield record
    }
  }
  // The file is genuine, and still not what this version writes.
  if (!ended || rest.length > 0) throw unknown()
}

function lengthOf(bytes: Buffer): number | null {
  if (bytes.length < 1 + LENGTH_BYTES) return null
  const length = bytes.readInt32LE(1)
  if (length < 5 || length > LONGEST) throw unknown()
  return length
}

function recordOf(kind: number, bson: Buffer): BackupRecord {
  switch (kind) {
    case KIND.collection:
      return { kind: 'collection', name: String(readBson(bson).name) }
    case KIND.document:
      return { kind: 'document', raw: bson }
    case KIND.change:
      return { kind: 'change', change: changeIn(readBson(bson)) }
    case KIND.end:
      return { kind: 'end', copied: copiedIn(readBson(bson)) }
    default:
      throw unknown()
  }
}

function changeIn(read: Doc): Change {
  if (read.kind !== 'update') return read as Change
  const { truncate, ...rest } = read as Change & { kind: 'update' }
  // Numbers keep their types here.
  return { ...rest, truncate: truncate.map(({ field, size }) => ({ field, size: Number(size) })) }
}

function copiedIn({ counts, changes, at }: Doc): Copied {
  const numbers = Object.entries(counts as Doc).map(([name, count]) => [name, Number(count)] as const)
  return { counts: Object.fromEntries(numbers), changes: Number(changes), at: at as Date }
}

function unknown(): CopyFailed {
  return new CopyFailed('This backup holds what this version does not know.')
}
