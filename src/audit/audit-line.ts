/**
 * One line of the audit log, as text and back. Each line names the one before it (`prev`, the SHA-256 of its whole text)
 * and is signed (`mac`, HMAC with a key that is not in the folder). The signature says that the server wrote it; the
 * chain says that nothing before it was changed, so one line with a good signature vouches for all earlier ones, also
 * for those whose key has been given up since.
 */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** What happened. No name, no address of a mailbox, no token: ids alone. */
export interface AuditEntry {
  /** RFC 3339, by the database's clock. */
  at: string
  action: string
  /** Of the answer; the code where it was not a success. */
  status?: number
  code?: string
  /** The account that did it. */
  who?: string
  role?: string
  /** The id of the API key that it came with. */
  apiKey?: string
  /** The network address it was done from. */
  address?: string
  request?: string
  about?: AuditAbout
}

/** What it was done to, and details that name nobody. */
export interface AuditAbout {
  account?: string
  reservation?: string
  slot?: string
  provider?: string
  [detail: string]: string | number | boolean | string[] | undefined
}

export interface AuditKey {
  kid: string
  secret: Buffer
}

/** Where a chain stands: the number of its last line and that line's hash. */
export interface ChainEnd {
  n: number
  hash: string
}

export interface ReadLine {
  n: number
  prev: string
  kid: string
  entry: AuditEntry
  hash: string
  /** What was signed, and the signature. */
  body: string
  mac: string
}

export const BEGINNING: ChainEnd = { n: 0, hash: '' }

const SIGNED = /^(\{.*),"mac":"([\w-]{43})"\}$/

/** Derived, so that the key of the fields cannot be learned from it, nor the other way round. */
export function auditKey(fieldKey: string): AuditKey {
  const secret = Buffer.from(hkdfSync('sha256', fieldKey, 'slotcast', 'audit', 32))
  const kid = createHash('sha256').update('kid').update(secret).digest('hex').slice(0, 8)
  return { kid, secret }
}

/** The text of the next line, without a newline, and where the chain stands after it. */
export function nextLine(entry: AuditEntry, end: ChainEnd, key: AuditKey): { text: string; end: ChainEnd } {
  const n = end.n + 1
  const text = signed({ n, prev: end.hash, key: key.kid, ...entry }, key)
  return { text, end: { n, hash: hashOf(text) } }
}

/** Null for what this log never wrote. */
export function readLine(text: string): ReadLine | null {
  const read = readSigned(text)
  if (!read) return null
  const { n, prev, key: kid, ...entry } = read.value
  if (
    typeof n !== 'number' ||
    !Number.isSafeInteger(n) ||
    typeof prev !== 'string' ||
    typeof kid !== 'string'
  )
    return null
  if (typeof entry.at !== 'string' || typeof entry.action !== 'string') return null
  // Of the entry no more is used than what was checked here, save to be shown.
  return {
    n,
    prev,
    kid,
    entry: entry as unknown as AuditEntry,
    hash: hashOf(text),
    body: read.body,
    mac: read.mac,
  }
}

/** Where the chain stands, signed: lines cut off at the end leave no other trace. */
export function headText(end: ChainEnd, key: AuditKey): string {
  return signed({ key: key.kid, ...end }, key)
}

/** Null when it cannot be read or is not signed by one of the keys. */
export function readHead(text: string, keys: readonly AuditKey[]): ChainEnd | null {
  const read = readSigned(text.trim())
  if (!read) return null
  const { key: kid, n, hash } = read.value
  const key = keys.find((one) => one.kid === kid)
  if (!key || typeof n !== 'number' || typeof hash !== 'string' || !isSignedBy(read, key)) return null
  return { n, hash }
}

export function isSignedBy({ body, mac }: { body: string; mac: string }, key: AuditKey): boolean {
  const wanted = Buffer.from(macOf(body, key))
  const given = Buffer.from(mac)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function signed(value: object, key: AuditKey): string {
  const body = JSON.stringify(value)
  return `${body.slice(0, -1)},"mac":"${macOf(body, key)}"}`
}

function readSigned(text: string): { body: string; mac: string; value: Record<string, unknown> } | null {
  const match = SIGNED.exec(text)
  if (!match) return null
  const body = `${match[1]}}`
  try {
    return { body, mac: match[2] ?? '', value: JSON.parse(body) as Record<string, unknown> }
  } catch {
    return null
  }
}

function macOf(body: string, { secret }: AuditKey): string {
  return createHmac('sha256', secret).update(body).digest('base64url')
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
