/**
 * Who books without an account: one live hold for each address and each network, and which reservations an address has
 * made, so that an account with that address can take them over. Addresses lie here sealed and as blind indexes.
 *
 * Invariants: a place (of an address, of a network) is one document, so two servers never give it away twice. It comes
 * free when the hold is over or has become something else, and at its end in any case. Several attempts may ask for the
 * same reservation at once, with one key; what one of them leaves stays for as long as another needs it.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Connection, mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { collectionOf } from '../database/database-calls.js'
import { isDuplicateKey } from '../database/error-codes.js'
import type { FieldCipher } from '../encryption/field-cipher.js'
import { comparableEmail } from './normalize.js'

interface PlaceDoc {
  /** `<kind> <blind index>` */
  _id: string
  reservationId: string
  until: Date
  /** Those that ask for the reservation and were not refused. */
  attempts: string[]
  /** The hold is there: once it is none any more, the place is free. */
  isHeld?: true
}

export interface GuestDoc {
  /** Of the reservation. */
  _id: string
  /** Sealed. */
  email: string
  emailIndexes: string[]
  /** Where it was not confirmed by then, the guest is forgotten; else when the reservation is. */
  until: Date
  /** As of a place; entries of older versions do not say. */
  attempts?: string[]
  confirmed?: true
}

/** One request for a hold. Another with the same key asks for the same reservation. */
export interface GuestAttempt {
  reservationId: string
  /** Differs from that of any other request. */
  id: string
  email: string
  /** The network address it came from. */
  address: string
}

export interface GuestStoreOptions {
  places: mongo.Collection<PlaceDoc>
  guests: mongo.Collection<GuestDoc>
  cipher: FieldCipher
  /** JWT_SECRET, and those before it. */
  secrets: string[]
  clock: Clock
  /** Whom a network address belongs to. */
  networkOf: (address: string) => string
  /** Whether a reservation is a hold that has not ended. */
  isHeld: (reservationId: string) => Promise<boolean>
}

export const GUEST_HOLD_MS = 10 * 60_000
/** Until an unconfirmed guest may be forgotten: a press at the last moment has come to its end by then. */
const AFTER_HOLD_MS = 60 * 60_000
const KEYED = 'guestHolds'
const EMAIL = { collection: 'guests', field: 'email' } as const
const MOST_OF_AN_ADDRESS = 200
const BATCH = 200
const ID_BYTES = 16
const NOBODY = { $size: 0 }
const TOKEN = /^guest\.([0-9a-f]{32})\.(\d{1,16})\.([\w-]{43})$/

export async function prepareGuests(connection: Connection): Promise<void> {
  await connection
    .collection<PlaceDoc>(KEYED)
    .createIndexes([{ key: { until: 1 }, name: 'garbage', expireAfterSeconds: 0 }])
  await connection.collection<GuestDoc>('guests').createIndexes([
    { key: { emailIndexes: 1 }, name: 'of an address' },
    { key: { until: 1 }, name: 'over' },
  ])
}

export function guestsOf(connection: Connection): mongo.Collection<GuestDoc> {
  return collectionOf<GuestDoc>(connection, 'guests')
}

export function guestPlacesOf(connection: Connection): mongo.Collection<PlaceDoc> {
  return collectionOf<PlaceDoc>(connection, KEYED)
}

export class GuestStore {
  readonly #o: GuestStoreOptions
  readonly #keys: Buffer[]

  constructor(options: GuestStoreOptions) {
    this.#o = options
    this.#keys = options.secrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, 'slotcast', 'guests', 32)),
    )
  }

  /** The same key of the same address names the same reservation. */
  newId(email: string, key: string | undefined): string {
    if (key === undefined) return randomBytes(ID_BYTES).toString('hex')
    return this.#mac(JSON.stringify(['id', comparableEmail(email), key]))
      .subarray(0, ID_BYTES)
      .toString('hex')
  }

  newAttempt(request: Omit<GuestAttempt, 'id'>): GuestAttempt {
    return { ...request, id: randomBytes(ID_BYTES).toString('hex') }
  }

  /**
   * Takes the places of the address and the network, and notes whose the reservation is, so that no hold is without:
   * all of it or nothing.
   */
  async take(attempt: GuestAttempt): Promise<boolean> {
    const taken: string[] = []
    for (const place of this.#placesOf(attempt)) {
      if (await this.#takeOne(place, attempt)) taken.push(place)
      else {
        await this.#leave(taken, attempt)
        return false
      }
    }
    await this.#note(attempt)
    return true
  }

  /** The hold is made: from now on its places are free as soon as it has ended. */
  async held({ reservationId, ...attempt }: GuestAttempt): Promise<void> {
    for (const _id of this.#placesOf(attempt)) {
      await this.#o.places.updateOne({ _id, reservationId }, { $set: { isHeld: true } }, DURABLE)
    }
  }

  /** The attempt was refused. What others with the same key hold stays as it is. */
  async free(attempt: GuestAttempt): Promise<void> {
    await this.#leave(this.#placesOf(attempt), attempt)
    const { reservationId: _id, id } = attempt
    await this.#o.guests.updateOne({ _id }, { $pull: { attempts: id } }, DURABLE)
    await this.#o.guests.deleteOne({ _id, attempts: NOBODY }, DURABLE)
  }

  async confirmed(reservationId: string, until: number): Promise<void> {
    const changes = { $set: { confirmed: true as const, until: new Date(until) } }
    await this.#o.guests.updateOne({ _id: reservationId }, changes, DURABLE)
  }

  async emailOf(reservationId: string): Promise<string | null> {
    const found = await this.#o.guests.findOne({ _id: reservationId }, READ)
    return found && this.#o.cipher.open(found.email, { ...EMAIL, id: reservationId })
  }

  /** Reservations that guests with this address have made and that no account has taken over. */
  async reservationsOf(email: string): Promise<string[]> {
    const found = await this.#o.guests
      .find(
        { emailIndexes: { $in: this.#indexes(email) } },
        { ...READ, projection: { _id: 1 }, limit: MOST_OF_AN_ADDRESS },
      )
      .toArray()
    return found.map(({ _id }) => _id)
  }

  async remove(reservationId: string): Promise<void> {
    await this.#o.guests.deleteOne({ _id: reservationId }, DURABLE)
  }

  /** Those whose time is over: of an unconfirmed hold the guest is to be forgotten, then the entry removed. */
  async over(): Promise<Pick<GuestDoc, '_id' | 'confirmed'>[]> {
    const old = { until: { $lt: new Date(this.#o.clock.now()) } }
    return this.#o.guests.find(old, { ...READ, limit: BATCH, projection: { confirmed: 1 } }).toArray()
  }

  /** Reads and gives back this one reservation, until its start. */
  tokenFor(reservationId: string, start: number): string {
    const said = `guest.${reservationId}.${start}`
    return `${said}.${this.#mac(said).toString('base64url')}`
  }

  /** The reservation that a token is for; null where it is none of ours, or over. */
  readToken(token: string): string | null {
    const [, reservationId = '', until, mac = ''] = TOKEN.exec(token) ?? []
    if (Number(until ?? 0) <= this.#o.clock.now()) return null
    const given = Buffer.from(mac, 'base64url')
    const said = `guest.${reservationId}.${until}`
    const isOurs = this.#keys.some((key) => timingSafeEqual(macOf(key, said), given))
    return isOurs ? reservationId : null
  }

  async #takeOne(_id: string, attempt: GuestAttempt): Promise<boolean> {
    const { reservationId, id } = attempt
    const until = new Date(this.#o.clock.now() + GUEST_HOLD_MS)
    const next = { reservationId, until, attempts: [id] }
    try {
      await this.#o.places.insertOne({ _id, ...next }, DURABLE)
      return true
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
    }
    const present = await this.#o.places.findOne({ _id }, READ)
    if (!present) return this.#takeOne(_id, attempt)
    const asRead = { _id, reservationId: present.reservationId }
    if (present.reservationId === reservationId) {
      const { matchedCount } = await this.#o.places.updateOne(
        asRead,
        { $addToSet: { attempts: id } },
        DURABLE,
      )
      return matchedCount > 0 || this.#takeOne(_id, attempt)
    }
    const isOver = present.until.getTime() <= this.#o.clock.now()
    const hasEnded = present.isHeld === true && !(await this.#o.isHeld(present.reservationId))
    if (!isOver && !hasEnded) return false
    const { matchedCount } = await this.#o.places.updateOne(
      asRead,
      { $set: next, $unset: { isHeld: '' } },
      DURABLE,
    )
    // Else another was faster, perhaps one with the same key.
    return matchedCount > 0 || this.#takeOne(_id, attempt)
  }

  /** Before the hold, which makes the attempt one that stays. */
  async #note({ reservationId, id, email }: GuestAttempt): Promise<void> {
    const until = new Date(this.#o.clock.now() + GUEST_HOLD_MS + AFTER_HOLD_MS)
    const guest = { ...this.#sealed(email, reservationId), until }
    await this.#o.guests.updateOne(
      { _id: reservationId },
      { $setOnInsert: guest, $addToSet: { attempts: id } },
      { ...DURABLE, upsert: true },
    )
  }

  /** A place that a hold of another attempt has, or that another attempt still asks for, stays taken. */
  async #leave(places: string[], { reservationId, id }: GuestAttempt): Promise<void> {
    for (const _id of places) {
      await this.#o.places.updateOne({ _id, reservationId }, { $pull: { attempts: id } }, DURABLE)
      await this.#o.places.deleteOne({ _id, reservationId, attempts: NOBODY }, DURABLE)
    }
  }

  #placesOf({ email, address }: Pick<GuestAttempt, 'email' | 'address'>): string[] {
    const index = (field: string, text: string) => {
      const [current = ''] = this.#o.cipher.indexes(text, { collection: KEYED, field })
      return `${field} ${current}`
    }
    return [index('address', comparableEmail(email)), index('network', this.#o.networkOf(address))]
  }

  #indexes(email: string): string[] {
    return this.#o.cipher.indexes(comparableEmail(email), EMAIL)
  }

  #sealed(email: string, id: string): Pick<GuestDoc, 'email' | 'emailIndexes'> {
    return { email: this.#o.cipher.seal(email.trim(), { ...EMAIL, id }), emailIndexes: this.#indexes(email) }
  }

  #mac(text: string): Buffer {
    return macOf(this.#keys[0] ?? Buffer.alloc(0), text)
  }
}

function macOf(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** Moves a batch of addresses of guests to the current key. Says where to go on, null at the end. */
export async function rotateGuests(
  guests: mongo.Collection<GuestDoc>,
  cipher: FieldCipher,
  after: string,
  limit: number,
): Promise<{ next: string | null; unreadable: string[] }> {
  const found = await guests.find({ _id: { $gt: after } }, { ...READ, sort: { _id: 1 }, limit }).toArray()
  const unreadable: string[] = []
  for (const { _id: id, email, emailIndexes } of found) {
    const address = cipher.open(email, { ...EMAIL, id })
    if (address === null) {
      unreadable.push(id)
      continue
    }
    const [index = ''] = cipher.indexes(comparableEmail(address), EMAIL)
    if (!cipher.isOutdated(email) && emailIndexes.length === 1 && emailIndexes[0] === index) continue
    const sealed = { email: cipher.seal(address, { ...EMAIL, id }), emailIndexes: [index] }
    await guests.updateOne({ _id: id }, { $set: sealed }, DURABLE)
  }
  return { next: found.at(-1)?._id ?? null, unreadable }
}
