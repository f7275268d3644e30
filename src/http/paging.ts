/** Cursors: where a list goes on. Opaque to clients, checked when they come back. */
import { invalid } from './problems.js'

/** The numbers of a key are instants in ms. This is the last one a Date can be; a larger one would reach the database as 1970. */
const LAST_MOMENT = 8.64e15

/** The key of the last item of a page, in the order of the list. */
export type PageKey = readonly (string | number)[]

export function encodeCursor(key: PageKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** Reads a cursor whose parts have the types of `like`; anything else is refused with the field named. */
export function decodeCursor<Key extends PageKey>(cursor: string | undefined, like: Key): Key | null {
  if (cursor === undefined) return null
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw unreadable()
  }
  const fits =
    Array.isArray(read) &&
    read.length === like.length &&
    read.every(
      (part, index) =>
        typeof part === typeof like[index] &&
        (typeof part === 'string' || (Number.isInteger(part) && Math.abs(Number(part)) <= LAST_MOMENT)),
    )
  if (!fits) throw unreadable()
  return read as unknown as Key // Its length and the type of each part were just compared with `like`.
}

function unreadable() {
  return invalid('cursor', 'must be the nextCursor of a page before')
}

/** Cuts a list that was read with one item more than the limit, which shows whether there is a next page. */
export function pageOf<T>(
  found: T[],
  limit: number,
  keyOf: (item: T) => PageKey,
): { items: T[]; nextCursor: string | null } {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: found.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null }
}
