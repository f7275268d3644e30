/** BSON as it lies in the database: numbers keep their types, so that a copy is the same byte by byte. */
import mongoose from 'mongoose'

export type Doc = Record<string, unknown>

const EXACT = { promoteValues: false } as const

export function readBson(bytes: Uint8Array): Doc {
  return mongoose.mongo.BSON.deserialize(bytes, EXACT)
}

export function writeBson(doc: Doc): Uint8Array {
  return mongoose.mongo.BSON.serialize(doc, { ignoreUndefined: false })
}

/** The same text for the same id, of whatever type. */
export function idText(id: unknown): string {
  return typeof id === 'string' ? `s${id}` : `b${Buffer.from(writeBson({ id })).toString('base64')}`
}
