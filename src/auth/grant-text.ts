/**
 * What an account hands out to programs, as texts: API keys, and the secrets in the addresses of calendar feeds. A text
 * is a prefix by which scanners of source code find it, 256 random bits in letters and digits, so that a double click
 * takes it whole, and a checksum, so that a mistyped one is told from an unknown one without asking the database.
 */
import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

export type GrantKind = 'key' | 'feed'

const PREFIX = { key: 'sk_slotcast_', feed: 'feed_slotcast_' } as const satisfies Record<GrantKind, string>
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BASE = 62n
const SECRET_BYTES = 32
/** So many digits hold 256 bits, and so many 32. */
const SECRET_DIGITS = 43
const CHECK_DIGITS = 6
const BODY = /^[0-9A-Za-z]{49}$/
const HINT_DIGITS = 4

export function newGrantText(kind: GrantKind): string {
  const secret = randomBytes(SECRET_BYTES).toString('hex')
  const text = PREFIX[kind] + digitsOf(BigInt(`0x${secret}`), SECRET_DIGITS)
  return text + checksumOf(text)
}

/** Whether a text may be one of ours; only the database knows whether it is. */
export function isGrantText(kind: GrantKind, text: string): boolean {
  const prefix = PREFIX[kind]
  if (!text.startsWith(prefix) || !BODY.test(text.slice(prefix.length))) return false
  return checksumOf(text.slice(0, -CHECK_DIGITS)) === text.slice(-CHECK_DIGITS)
}

/** All that is kept of it: of 256 random bits a plain hash cannot be guessed back. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** By which its owner tells it from others: digits of the checksum, which say nothing of the rest. */
export function hintOf(text: string): string {
  return text.slice(-HINT_DIGITS)
}

function checksumOf(text: string): string {
  return digitsOf(BigInt(crc32(text)), CHECK_DIGITS)
}

function digitsOf(value: bigint, length: number): string {
  let rest = value
  let digits = ''
  while (digits.length < length) {
    digits = DIGITS.charAt(Number(rest % BASE)) + digits
    rest /= BASE
  }
  return digits
}
