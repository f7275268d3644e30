/** Indexes of earlier versions, which have to go before those that replace them can be made. */
import type { mongo } from 'mongoose'
import { codeOf, INDEX_NOT_FOUND } from './error-codes.js'

/** Several servers may start at once, and then another one may have dropped it. */
export async function dropIndex<Doc extends mongo.Document>(
  collection: mongo.Collection<Doc>,
  name: string,
): Promise<void> {
  const present = await collection.listIndexes().toArray()
  if (!present.some((index) => index.name === name)) return
  await collection.dropIndex(name).catch((error: unknown) => {
    if (codeOf(error) !== INDEX_NOT_FOUND) throw error
  })
}
