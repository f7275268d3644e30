/**
 * The readable beginning of a backup, and the keys that belong to it.
 *
 * `slotcast-backup\n`, a length of four bytes, JSON, SHA-256 of all of that; sealed chunks follow. The header says nothing
 * of what is inside. Its hash is bound into each chunk, so the chunks of another file do not open under it.
 */
import { createHash, hkdfSync, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { whyTooNew } from '../database/schema-version.js'
import { CopyFailed } from './copy-failed.js'

export interface BackupHeader {
  /** Of the file. */
  format: 1
  /** Of the database. */
  schema: number
  engine: string
  database: string
  /** When it was begun. */
  at: string
  salt: string
  /** Tells a wrong key from a damaged file. */
  check: string
}

export interface BackupKeys {
  chunks: Buffer
  /** Bound into each chunk. */
  binding: Buffer
}

export const MIN_KEY_LENGTH = 32
const MAGIC = Buffer.from('slotcast-backup\n')
const FORMAT = 1
const LONGEST = 64 * 1024
const SALT_BYTES = 16
const HASH_BYTES = 32
/** A key of few choices stays expensive to try: 32 MB and a tenth of a second each. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

type Facts = Pick<BackupHeader, 'schema' | 'engine' | 'database' | 'at'>

export function makeHeader(facts: Facts, secret: string): { bytes: Buffer; keys: BackupKeys } {
  const salt = randomBytes(SALT_BYTES)
  const { chunks, check } = derived(secret, salt)
  const header: BackupHeader = {
    format: FORMAT,
    ...facts,
    salt: salt.toString('base64url'),
    check: check.toString('base64url'),
  }
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(json.length)
  const before = Buffer.concat([MAGIC, length, json])
  const hash = sha256(before)
  return { bytes: Buffer.concat([before, hash]), keys: { chunks, binding: hash } }
}

/** Reads so many bytes, or as many as there are. */
export type ReadBytes = (count: number) => Promise<Buffer>

export interface OpenedHeader {
  header: BackupHeader
  hash: Buffer
}

export async function readHeader(read: ReadBytes): Promise<OpenedHeader> {
  const magic = await read(MAGIC.length)
  if (!magic.equals(MAGIC)) throw new CopyFailed('This is not a backup of Slotcast.')
  const length = await read(4)
  const size = length.length === 4 ? length.readUInt32BE() : 0
  if (size === 0 || size > LONGEST) throw damaged()
  const json = await read(size)
  const hash = await read(HASH_BYTES)
  if (json.length !== size || !hash.equals(sha256(Buffer.concat([magic, length, json])))) throw damaged()
  const header = JSON.parse(json.toString()) as BackupHeader
  if (header.format !== FORMAT)
    throw new CopyFailed(
      `This backup has format ${header.format}, and this version reads format ${FORMAT}: use the version that made it, or a later one.`,
    )
  const why = whyTooNew('The database in this backup', header.schema)
  if (why !== null) throw new CopyFailed(why)
  return { header, hash }
}

export function openKeys({ header, hash }: OpenedHeader, secret: string): BackupKeys {
  const { chunks, check } = derived(secret, Buffer.from(header.salt, 'base64url'))
  const expected = Buffer.from(header.check, 'base64url')
  if (expected.length !== check.length || !timingSafeEqual(expected, check))
    throw new CopyFailed('BACKUP_KEY is not the key that this backup was made with.')
  return { chunks, binding: hash }
}

function damaged(): CopyFailed {
  return new CopyFailed('The beginning of this backup is damaged.')
}

function derived(secret: string, salt: Buffer): { chunks: Buffer; check: Buffer } {
  const master = scryptSync(secret, salt, 32, SCRYPT)
  const part = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', master, '', `slotcast backup ${purpose}`, length))
  return { chunks: part('chunks', 32), check: part('check', 16) }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
