/**
 * Seals single fields for rest: `v.kid.iv.ct.tag`, AES-256-GCM. Each field has a key of its own, derived from the
 * master key, and a sealed text is bound to its collection, field and document: moved anywhere else it does not open.
 *
 * Several master keys may be known, the current one first: new texts are sealed with that, older ones still open by
 * their `kid`. Look-up goes by a blind index, an HMAC with a derived key that seals nothing.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const VERSION = '1'
const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** What a sealed text is bound to. */
export interface Place {
  collection: string
  field: string
  id: string
}

export interface FieldCipher {
  /** Of the current key. */
  readonly kid: string
  seal(text: string, place: Place): string
  /** Null when it was not sealed by one of the keys for this place, or was altered. */
  open(sealed: string, place: Place): string | null
  /** True when a sealed text, or one that is none, should be sealed again with the current key. */
  isOutdated(sealed: string): boolean
  /** One blind index for each known key, the current one first. Equal texts have equal indexes. */
  indexes(text: string, field: Omit<Place, 'id'>): string[]
  /** A key for another purpose, derived from the current master key. */
  derive(purpose: string): Buffer
}

interface MasterKey {
  kid: string
  /** By purpose: deriving is slower than sealing. */
  derived: Map<string, Buffer>
  secret: string
}

export function createFieldCipher(secrets: [current: string, ...older: string[]]): FieldCipher {
  const keys = [...new Set(secrets)].map(masterKey)
  const byKid = new Map(keys.map((key) => [key.kid, key]))
  const [current] = keys
  if (!current) throw new Error('A field cipher needs a key')

  return {
    kid: current.kid,

    seal(text, place) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, derived(current, sealing(place)), iv, {
        authTagLength: TAG_BYTES,
      })
      cipher.setAAD(boundTo(place))
      const ct = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return [
        VERSION,
        current.kid,
        ...[iv, ct, cipher.getAuthTag()].map((part) => part.toString('base64url')),
      ].join('.')
    },

    open(sealed, place) {
      const [version, kid, ...parts] = sealed.split('.')
      const [iv, ct, tag] = parts.map((part) => Buffer.from(part, 'base64url'))
      const key = byKid.get(kid ?? '')
      if (version !== VERSION || !key || parts.length !== 3 || !ct) return null
      if (iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES) return null
      const decipher = createDecipheriv(CIPHER, derived(key, sealing(place)), iv, {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(boundTo(place))
      decipher.setAuthTag(tag)
      try {
        return Buffer.concat([decipher.update(ct), decipher.final()]).toString('utf8')
      } catch {
        // The tag does not fit: altered, or sealed for another place.
        return null
      }
    },

    isOutdated: (sealed) => !sealed.startsWith(`${VERSION}.${current.kid}.`),

    indexes: (text, { collection, field }) =>
      keys.map((key) =>
        createHmac('sha256', derived(key, `index:${collection}.${field}`))
          .update(text)
          .digest('base64url'),
      ),

    derive: (purpose) => derived(current, `other:${purpose}`),
  }
}

function masterKey(secret: string): MasterKey {
  return { kid: kidOf(secret), secret, derived: new Map() }
}

/** Names a key without telling anything of it. */
export function kidOf(secret: string): string {
  const named = hkdfSync('sha256', secret, 'slotcast', 'kid', 32)
  return createHash('sha256').update(Buffer.from(named)).digest('hex').slice(0, 8)
}

function derived(key: MasterKey, purpose: string): Buffer {
  const known = key.derived.get(purpose)
  if (known) return known
  const made = Buffer.from(hkdfSync('sha256', key.secret, 'slotcast', purpose, 32))
  key.derived.set(purpose, made)
  return made
}

function sealing({ collection, field }: Place): string {
  return `seal:${collection}.${field}`
}

function boundTo({ collection, field, id }: Place): Buffer {
  // As JSON, so that no two places read the same.
  return Buffer.from(JSON.stringify([collection, field, id]))
}
