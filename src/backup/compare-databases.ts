/** Whether two databases hold the same: counts, and sums over the bytes of all documents in whatever order they come. */
import { createHash } from 'node:crypto'
import type { mongo } from 'mongoose'
import { readBson } from './bson.js'
import { collectionsOf, documentsOf } from './copy-database.js'

interface Sum {
  count: number
  /** SHA-256 of each document, added up: no order is needed, and two of one kind do not cancel out. */
  sum: string
}

export interface Comparison {
  collection: string
  from: Sum
  to: Sum
  isSame: boolean
}

/** How far changes have been turned into jobs is of one database alone; see `forgetPlace`. */
const NOT_COMPARED = new Set(['jobProgress'])
const MODULUS = 2n ** 256n

export async function compareDatabases(from: mongo.Db, to: mongo.Db): Promise<Comparison[]> {
  const names = [...new Set([...(await collectionsOf(from)), ...(await collectionsOf(to))])].sort()
  const comparisons: Comparison[] = []
  for (const collection of names) {
    if (NOT_COMPARED.has(collection)) continue
    const sums = { from: await sumOf(from, collection), to: await sumOf(to, collection) }
    const isSame = sums.from.count === sums.to.count && sums.from.sum === sums.to.sum
    if (sums.from.count + sums.to.count > 0) comparisons.push({ collection, ...sums, isSame })
  }
  return comparisons
}

async function sumOf(db: mongo.Db, collection: string): Promise<Sum> {
  let count = 0
  let sum = 0n
  for await (const batch of documentsOf(db, collection)) {
    for (const raw of batch) {
      if (collection === 'settings' && readBson(raw)._id === 'schema') continue
      count++
      sum = (sum + BigInt(`0x${createHash('sha256').update(raw).digest('hex')}`)) % MODULUS
    }
  }
  return { count, sum: sum.toString(16).padStart(64, '0') }
}
