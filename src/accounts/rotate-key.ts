/**
 * Moves a live database to the current FIELD_KEY: accounts, then the names in slots, then what clients of calendars are
 * found by, then what other collections seal, then a look through everything for what another key made. It keeps no place of its own: each step reads off the data what is left to do, so that
 * it may be killed at any point and started again. Servers that know both keys serve meanwhile.
 */
import type { mongo } from 'mongoose'
import type { FieldCipher } from '../encryption/field-cipher.js'
import type { AccountDoc } from './account-model.js'
import { clientName } from './account-store.js'
import type { CalendarClients } from './calendar-clients.js'
import { type GuestDoc, rotateGuests } from './guest-store.js'
import { rotateAccounts } from './rotate-accounts.js'

export interface RotationParts {
  db: mongo.Db
  /** The new key first, the old ones behind it. */
  cipher: FieldCipher
  slots: {
    resealNames(
      reseal: (sealed: string, reservationId: string) => string | null,
      after: string,
      limit?: number,
    ): Promise<string | null>
    resealPastNames: RotationParts['slots']['resealNames']
  }
  directory: Pick<CalendarClients, 'renew'>
  /** Other collections with sealed texts, each by what one document of it is called. */
  others?: Record<string, SealedCollection>
  /** Called after each batch of writes; tests stop it there. */
  onBatch?: (kind: string) => void
  batch?: number
}

export interface SealedCollection {
  /** Seals a batch with the current key, in the order of ids after `after`. */
  reseal(
    after: string,
    limit: number,
  ): Promise<{
    /** Where to go on; null at the end. */
    next: string | null
    /** Documents with a text that none of the keys opens. */
    unreadable: string[]
  }>
}

export interface Rotated {
  accounts: number
  names: number
  /** Entries by which clients of calendars are found. */
  calendarClients: number
  /** Texts that none of the keys opens, by what they belong to. */
  unreadable: string[]
  /** Documents in which something that another key made is left. */
  left: string[]
}

const BATCH = 500
/** `1.<kid>.<iv>.`, as src/encryption/field-cipher.ts writes it. */
const SEALED = /"1\.([0-9a-f]{8})\.[\w-]{16}\.[\w-]*\.[\w-]{22}"/g

export async function rotateKey({
  db,
  cipher,
  slots,
  directory,
  others = {},
  onBatch,
  batch = BATCH,
}: RotationParts): Promise<Rotated> {
  const unreadable = new Set<string>()
  let accounts = 0
  for (let after: string | null = ''; after !== null; ) {
    const done = await rotateAccounts(db.collection<AccountDoc>('accounts'), cipher, after, batch)
    for (const id of done.unreadable) unreadable.add(`account ${id}`)
    accounts += done.changed
    after = done.next
    onBatch?.('accounts')
  }
  for (let after: string | null = ''; after !== null; ) {
    const done = await rotateGuests(db.collection<GuestDoc>('guests'), cipher, after, batch)
    for (const id of done.unreadable) unreadable.add(`guest ${id}`)
    after = done.next
    onBatch?.('guests')
  }
  let names = 0
  const reseal = (sealed: string, reservationId: string) => {
    if (!cipher.isOutdated(sealed)) return null
    const name = cipher.open(sealed, clientName(reservationId))
    if (name === null) {
      unreadable.add(`reservation ${reservationId}`)
      return null
    }
    names++
    return cipher.seal(name, clientName(reservationId))
  }
  for (let after: string | null = ''; after !== null; ) {
    after = await slots.resealNames(reseal, after, batch)
    onBatch?.('slots')
  }
  for (let after: string | null = ''; after !== null; ) {
    after = await slots.resealPastNames(reseal, after, batch)
    onBatch?.('slots')
  }
  // The names are read off what was sealed above, so after it.
  let calendarClients = 0
  for (let after: string | null = ''; after !== null; ) {
    const done = await directory.renew(after, batch)
    calendarClients += done.changed
    after = done.next
    onBatch?.('calendar clients')
  }
  for (const [kind, collection] of Object.entries(others)) {
    for (let after: string | null = ''; after !== null; ) {
      const done = await collection.reseal(after, batch)
      for (const id of done.unreadable) unreadable.add(`${kind} ${id}`)
      after = done.next
      onBatch?.(`${kind}s`)
    }
  }
  const left = await sealedByOthers(db, cipher.kid)
  return { accounts, names, calendarClients, unreadable: [...unreadable], left }
}

/** Documents of any collection that hold a text sealed, or blind indexes made, with a key other than this one. */
export async function sealedByOthers(db: mongo.Db, kid: string): Promise<string[]> {
  const left: string[] = []
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    for await (const document of db.collection(name).find({}, { readPreference: 'primary' })) {
      const kids = [...JSON.stringify(document).matchAll(SEALED)].map(([, found]) => found)
      if ('kid' in document) kids.push(document.kid)
      if (kids.some((found) => found !== kid)) left.push(`${name} ${String(document._id)}`)
    }
  }
  return left
}
