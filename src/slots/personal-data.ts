/** Whom slots name: forgetting a client, its new name, and sealing names with another key. Changes nothing else. */
import type { mongo } from 'mongoose'
import type { Clock } from '../clock.js'
import { DURABLE, READ } from '../database/call-options.js'
import { isDuplicateKey } from '../database/error-codes.js'
import { appointmentOf, guestId, isBufferPerson, type Person } from '../domain/reservation.js'
import { contactOf, noteOf } from './contact.js'
import type { SlotDoc } from './slot-document.js'
import type { SlotHistory } from './slot-history.js'
import { liveOf } from './slot-model.js'
import { reservationIn } from './slot-outcomes.js'

/** What a reservation says of a person: whom it is for, and what was left or said beside it, sealed. */
export interface Personal {
  client: Person
  contact?: string
  note?: string
}

/** What changes, or null to leave it as it is. */
export type ChangePersonal = (personal: Personal, reservationId: string) => Partial<Personal> | null

export type Reseal = (sealed: string, reservationId: string) => string | null

export interface PersonalDataOptions {
  slots: mongo.Collection<SlotDoc>
  history: SlotHistory
  clock: Clock
  sealName: (name: string, reservationId: string) => string
}

const BATCH = 500
/** How often a reservation that others move again and again is looked for. */
const MOST_LOOKS = 20

export class PersonalData {
  readonly #o: PersonalDataOptions

  constructor(options: PersonalDataOptions) {
    this.#o = options
  }

  /** Takes a person out of everything that is past or has begun; what lies ahead must have been ended before. */
  async forgetClient(clientId: string): Promise<void> {
    await this.#forget(clientId, { 'past.client.id': clientId })
    // An appointment that was kept stays `confirmed`, as it was at its start.
    await this.#forget(clientId, { ...liveOf(clientId), start: { $lte: this.#now() } })
    // Last: what moves there meanwhile has been changed in its slot before.
    await this.#o.history.forgetClient(clientId)
  }

  async #forget(clientId: string, where: mongo.Filter<SlotDoc>): Promise<void> {
    for (;;) {
      const slots = await this.#o.slots.find(where, { ...READ, limit: BATCH }).toArray()
      if (slots.length === 0) return
      const beside = await this.#besides(clientId, slots)
      const live = new Set([...slots, ...beside].map(({ reservation }) => reservation?.id))
      const now = this.#now().getTime()
      const ahead = new Set(
        slots.flatMap((slot) => {
          const { reservation } = slot
          return reservation && appointmentOf(slot, reservation).headStart > now ? [reservation.id] : []
        }),
      )
      const forget: ChangePersonal = (personal, reservationId) => {
        // What lies ahead is found by its client when it is ended, and is among the past then.
        if (personal.client.id !== clientId || ahead.has(reservationId)) return null
        // By the unique index no two live ones may be nobody's at a time.
        const id = live.has(reservationId) ? `forgotten-${reservationId}` : ''
        return withoutPerson(personal, id)
      }
      // First, because they are found by those that still name the client.
      if ((await this.#change(beside, forget)) === 0) await this.#change(slots, forget)
    }
  }

  /**
   * The other slots of the client's appointments in these. A slot of a visit that a move has made one of a buffer names
   * the client in its log alone, and of an appointment that has begun some slots still lie ahead.
   */
  async #besides(clientId: string, slots: SlotDoc[]): Promise<SlotDoc[]> {
    const named = slots.flatMap((slot) => [...placesIn(slot)].map(([, one]) => one))
    const ids = [...new Set(named.flatMap(({ id, client }) => (client.id === clientId ? [id] : [])))]
    const known = new Set(slots.map(({ _id }) => _id))
    const live = await this.#o.slots.find({ 'reservation.id': { $in: ids } }, READ).toArray()
    const past = await this.#o.slots.find({ 'past.id': { $in: ids } }, READ).toArray()
    const both = new Map([...past, ...live].map((slot) => [slot._id, slot]))
    return [...both.values()].filter(({ _id }) => !known.has(_id))
  }

  /** Writes the new name of a client into what lies ahead of it; what is past keeps the name that it had. */
  async renameClient({ id, name }: { id: string; name: string }): Promise<void> {
    for (let after = this.#now(); ; ) {
      const ahead = { ...liveOf(id), start: { $gt: after } }
      const slots = await this.#o.slots.find(ahead, { ...READ, sort: { start: 1 }, limit: BATCH }).toArray()
      const live = new Set(slots.map(({ reservation }) => reservation?.id))
      const rename: ChangePersonal = ({ client }, reservationId) =>
        client.id === id && live.has(reservationId)
          ? { client: { id, name: this.#o.sealName(name, reservationId) } }
          : null
      const left = await this.#change(slots, rename, { 'reservation.renamedAt': this.#now() })
      // A slot that moved meanwhile is read again.
      if (left > 0) continue
      const last = slots.at(-1)
      if (!last) return
      after = last.start
    }
  }

  /**
   * Seals the names of a batch of slots anew, in the order of their ids after `after`. Safe to interrupt and to repeat:
   * `reseal` answers null for what is right already. Says where to go on, null at the end.
   */
  async resealNames(reseal: Reseal, after: string, limit: number = BATCH): Promise<string | null> {
    const batch = { _id: { $gt: after } }
    for (let last: string | undefined; ; ) {
      const slots = await this.#o.slots.find(batch, { ...READ, sort: { _id: 1 }, limit }).toArray()
      last = slots.at(-1)?._id
      const left = await this.#change(slots, resealed(reseal))
      // A slot that moved meanwhile is read again.
      if (left === 0) return last ?? null
    }
  }

  /** The same for what left its slot, to be called when the slots are through: what moves there later is right by then. */
  resealPastNames(reseal: Reseal, after: string, limit: number = BATCH): Promise<string | null> {
    return this.#o.history.changePersons(resealed(reseal), after, limit)
  }

  /** Takes the person out of one reservation, which goes on without a name. */
  async forgetPerson(reservationId: string): Promise<void> {
    const forget: ChangePersonal = (personal, id) =>
      id === reservationId && !isBufferPerson(personal.client) && isNamed(personal)
        ? withoutPerson(personal, personal.client.id)
        : null
    for (let look = 0; look < MOST_LOOKS; look++) {
      const slots = await this.#slotsOf(reservationId)
      const named = slots.filter((slot) => Object.keys(personFields(slot, forget)).length > 0)
      // While it moves, an index may show it neither where it was nor where it is; then it is looked for again.
      const isSeen = slots.length === 0 || slots.some((slot) => reservationIn(slot, reservationId) !== null)
      if (named.length === 0 && isSeen) break
      await this.#change(named, forget)
    }
    await this.#o.history.forgetPerson(reservationId)
  }

  /**
   * Makes a guest's reservation that of an account, with its name; safe to interrupt and to repeat. False where the
   * account has another one at that time: then it stays the guest's.
   */
  async adoptGuest(reservationId: string, { id, name }: { id: string; name: string }): Promise<boolean> {
    const guest = guestId(reservationId)
    const account = { id, name: this.#o.sealName(name, reservationId) }
    const from = (owner: string, to: Person): ChangePersonal => {
      return ({ client }, one) => (one === reservationId && client.id === owner ? { client: to } : null)
    }
    for (let look = 0; look < MOST_LOOKS; look++) {
      const slots = await this.#slotsOf(reservationId)
      const named = slots.filter((slot) => Object.keys(personFields(slot, from(guest, account))).length > 0)
      const isSeen = slots.length === 0 || slots.some((slot) => reservationIn(slot, reservationId) !== null)
      if (named.length === 0 && isSeen) {
        await this.#o.history.adoptGuest(reservationId, account)
        return true
      }
      const isLive = (slot: SlotDoc) => slot.reservation?.id === reservationId
      const live = named.filter(isLive)
      try {
        await this.#change(live, from(guest, account), { 'reservation.renamedAt': this.#now() })
        await this.#change(
          named.filter((slot) => !isLive(slot)),
          from(guest, account),
        )
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
        // Some slots of an appointment may be the account's by now; they go back with the one that cannot be.
        const person = live[0]?.reservation?.client
        if (person) await this.#change((await this.#slotsOf(reservationId)).filter(isLive), from(id, person))
        return false
      }
    }
    return false
  }

  async #slotsOf(reservationId: string): Promise<SlotDoc[]> {
    const live = await this.#o.slots.find({ 'reservation.id': reservationId }, READ).toArray()
    const past = await this.#o.slots.find({ 'past.id': reservationId }, READ).toArray()
    // As it was when it was live: a slot that it has been moved away from since is changed in vain, and read again.
    return [...new Map([...past, ...live].map((slot) => [slot._id, slot])).values()]
  }

  /** Says how many slots had moved on and still need the change. */
  async #change(slots: SlotDoc[], change: ChangePersonal, also: Record<string, Date> = {}): Promise<number> {
    const updates = slots.flatMap((slot) => {
      const fields = personFields(slot, change)
      // The history takes entries away without a new rev, and those behind them move up.
      const filter = { _id: slot._id, rev: slot.rev, ...pastPlaces(slot, Object.keys(fields)) }
      return Object.keys(fields).length === 0
        ? []
        : [{ updateOne: { filter, update: { $set: { ...fields, ...also } } } }]
    })
    if (updates.length === 0) return 0
    const { matchedCount } = await this.#o.slots.bulkWrite(updates, { ...DURABLE, ordered: false })
    return updates.length - matchedCount
  }

  #now(): Date {
    return new Date(this.#o.clock.now())
  }
}

/**
 * The fields to `$set`, by their paths; empty where nothing changes. By path, because entries of the log that were
 * written anew as a whole would look to the change stream like transitions.
 */
function personFields(slot: SlotDoc, change: ChangePersonal): Record<string, Person | string> {
  const fields: Record<string, Person | string> = {}
  for (const [path, { id, ...personal }] of placesIn(slot)) {
    for (const [field, value] of Object.entries(change(personal, id) ?? {})) {
      fields[`${path}.${field}`] = value
    }
  }
  return fields
}

function isNamed({ client, contact = '', note = '' }: Personal): boolean {
  return client.name !== '' || contact !== '' || note !== ''
}

function withoutPerson({ contact, note }: Personal, id: string): Partial<Personal> {
  return {
    client: { id, name: '' },
    ...(contact !== undefined && { contact: '' }),
    ...(note !== undefined && { note: '' }),
  }
}

/** Every place in a slot that names a person. */
function* placesIn({
  reservation,
  // What only says which booking is the one of a day has neither.
  past = [],
  log = {},
}: SlotDoc): Generator<[path: string, Personal & { id: string }]> {
  if (reservation) yield ['reservation', reservation]
  for (const [index, one] of past.entries()) yield [`past.${index}`, one]
  for (const [key, entry] of Object.entries(log)) {
    if ('reservation' in entry && entry.reservation) yield [`log.${key}.reservation`, entry.reservation]
    if ('ended' in entry) yield [`log.${key}.ended`, entry.ended]
  }
}

/** Which reservation each of these paths (`past.3.client`) stands for. */
function pastPlaces({ past }: SlotDoc, paths: string[]): Record<string, string> {
  const places = paths.flatMap((path) => /^past\.(\d+)\./.exec(path)?.[1] ?? [])
  return Object.fromEntries(places.map((at) => [`past.${at}.id`, past[Number(at)]?.id ?? '']))
}

function resealed(reseal: Reseal): ChangePersonal {
  return ({ client, contact = '', note = '' }, reservationId) => {
    const again = (text: string, place: string) => (text === '' ? null : reseal(text, place))
    const name = again(client.name, reservationId)
    const texts = {
      contact: again(contact, contactOf(reservationId)),
      note: again(note, noteOf(reservationId)),
    }
    return {
      ...(name !== null && { client: { id: client.id, name } }),
      ...(texts.contact !== null && { contact: texts.contact }),
      ...(texts.note !== null && { note: texts.note }),
    }
  }
}
