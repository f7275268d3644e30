/**
 * What ends with an account: live holds and bookings ahead, each with its event, then the account, its sessions, keys and
 * feeds, and the services, webhooks, links and portrait of a provider; a client is taken out of what is past as well.
 *
 * The calendar goes first, so that a deletion that stops half way can be sent again with the same token. It goes again
 * at last: other instances believe the account's tokens for a moment more (their lease), and what they let in must not
 * stay. So the order is: the account is removed and its sessions end, every instance knows, and then a second pass finds
 * all that was written meanwhile. From the answer on nothing of the account can begin anywhere.
 * A write that is slower than that looks for itself: publishing and a new service ask for the account after their write,
 * a hold whose session is not current any more likewise, and each clears what it left.
 */

import { setTimeout as pause } from 'node:timers/promises'
import type { Grants } from '../auth/grants.js'
import type { Tokens } from '../auth/tokens.js'
import type { Caller } from '../http/caller.js'
import type { SlotDoc } from '../slots/slot-document.js'
import type { AccountStore } from './account-store.js'
import type { CalendarClients } from './calendar-clients.js'

/** What the write side of slots must be able to do for it. */
export interface EndingCalendar {
  slots: {
    end(
      caller: Pick<Caller, 'id' | 'role'>,
      reservationId: string,
      how?: { withdraw?: boolean; despiteCutoff?: boolean },
    ): Promise<{ ok: boolean }>
    withdraw(providerId: string, from: number, to: number): Promise<{ kept: SlotDoc[] }>
    forgetClient(clientId: string): Promise<void>
  }
  lists: {
    reservations(
      caller: Pick<Caller, 'id' | 'role'>,
      span: { from: number },
      statuses: ReadonlySet<'held' | 'confirmed'>,
      after: null,
      limit: number,
    ): Promise<{ slot: Pick<SlotDoc, '_id' | 'rev'>; reservation: { id: string } }[]>
  }
}

export interface CalendarParts extends EndingCalendar {
  clock: { now(): number }
}

export interface EndingParts extends CalendarParts {
  accounts: Pick<AccountStore, 'remove'>
  directory: Pick<CalendarClients, 'forget' | 'forgetProvider'>
  tokens: Pick<Tokens, 'endAll' | 'knownEverywhere'>
  grants: Pick<Grants, 'endAll'>
  services: { removeAllOf(providerId: string): Promise<void> }
  profiles: { removeAllOf(providerId: string): Promise<void> }
  schedules: { removeAllOf(providerId: string): Promise<void> }
  waits: { removeAllOf(accountId: string): Promise<void> }
  webhooks: { removeAllOf(providerId: string): Promise<void> }
  links: { removeAllOf(accountId: string): Promise<void> }
  mail: { removeAllOf(providerId: string): Promise<void> }
}

export type Ended =
  | { ok: true; ended: string[] }
  | { ok: false; booked: { id: string; state: string; rev: number } }

const BATCH = 100
const PAUSE_MS = 250
/** With the pauses, a minute: what cannot be ended in that time has to be asked for again. */
const MOST_LOOKS = 240
/**
 * How often the first pass looks again. The account can do things elsewhere until it has ended, and a pass that waited
 * for it to stop might never come to its end; the pass after that finds the rest.
 */
const FIRST_PASS = 3
/** Later than any slot: they end by 2100 (availability/blocks), but an older version published up to 9998. */
export const END_OF_TIME = Date.UTC(9999, 0, 1)

/** Says which reservations ended with it. */
export async function endClient(
  parts: EndingParts,
  client: Pick<Caller, 'id' | 'role'>,
): Promise<{ ended: string[] }> {
  // First, or what the client gives back might be offered to it again.
  await parts.waits.removeAllOf(client.id)
  const before = await clearClient(parts, client, FIRST_PASS)
  await endAccount(parts, client.id)
  await parts.waits.removeAllOf(client.id)
  const meanwhile = await clearClient(parts, client)
  // Not before the account is gone: if its deletion stops half way, the client is found by its name as before.
  await parts.directory.forget(client.id)
  return { ended: [...before, ...meanwhile] }
}

/** Ends what lies ahead of a client and takes it out of the rest. Says which reservations ended. */
export async function clearClient(
  parts: CalendarParts,
  client: Pick<Caller, 'id' | 'role'>,
  looks = MOST_LOOKS,
): Promise<string[]> {
  const ended = await endReservations(parts, client, looks)
  await parts.slots.forgetClient(client.id)
  return ended
}

async function endReservations(
  { slots, lists, clock }: CalendarParts,
  client: Pick<Caller, 'id' | 'role'>,
  looks: number,
): Promise<string[]> {
  const ended: string[] = []
  for (let look = 0; look < looks; look++) {
    // One that has started cannot be ended any more and is left as it is.
    const ahead = await lists.reservations(
      client,
      { from: clock.now() + 1 },
      new Set(['held', 'confirmed'] as const),
      null,
      BATCH,
    )
    if (ahead.length === 0) return ended
    let done = 0
    for (const { reservation } of ahead) {
      if (!(await slots.end(client, reservation.id, { despiteCutoff: true })).ok) continue
      ended.push(reservation.id)
      done++
    }
    // Not possible at the moment, such as while the clocks disagree: asked again, but not without a breath.
    if (done === 0) await pause(PAUSE_MS)
  }
  return ended
}

/** Withdraws what is open and ends holds; bookings ahead stop it, unless they are to be cancelled with it. */
export async function endProvider(
  parts: EndingParts,
  provider: Pick<Caller, 'id' | 'role'>,
  bookings: 'keep' | 'cancel',
): Promise<Ended> {
  if (bookings === 'keep') {
    const ahead = { from: parts.clock.now() + 1 }
    const [booked] = await parts.lists.reservations(provider, ahead, new Set(['confirmed'] as const), null, 1)
    // Asked before anything is withdrawn; one confirmed in the meantime is found below.
    if (booked) return refusedBy({ ...booked.slot, state: 'confirmed' })
  }
  const before = await clearCalendar(parts, provider, bookings, FIRST_PASS)
  if (!before.ok) return before
  await endAccount(parts, provider.id)
  await parts.services.removeAllOf(provider.id)
  await parts.profiles.removeAllOf(provider.id)
  await parts.schedules.removeAllOf(provider.id)
  await parts.waits.removeAllOf(provider.id)
  await parts.webhooks.removeAllOf(provider.id)
  // Whatever was published and booked since then is nobody's any more.
  await parts.mail.removeAllOf(provider.id)
  const meanwhile = await clearCalendar(parts, provider)
  await parts.directory.forgetProvider(provider.id)
  return { ok: true, ended: [...before.ended, ...(meanwhile.ok ? meanwhile.ended : [])] }
}

/** Withdraws everything that lies ahead of a provider; a booking that is to be kept stops it. */
export async function clearCalendar(
  { slots, clock }: CalendarParts,
  provider: Pick<Caller, 'id' | 'role'>,
  bookings: 'keep' | 'cancel' = 'cancel',
  looks = MOST_LOOKS,
): Promise<Ended> {
  const ended: string[] = []
  for (let look = 0; look < looks; look++) {
    const { kept } = await slots.withdraw(provider.id, clock.now() + 1, END_OF_TIME)
    const [booked] = kept.filter(({ state }) => state === 'confirmed')
    if (bookings === 'keep' && booked) return refusedBy(booked)
    if (kept.length === 0) return { ok: true, ended }
    let done = 0
    // An appointment of several slots is named by each of them.
    const ids = new Set(kept.flatMap(({ reservation }) => reservation?.id ?? []))
    for (const id of ids) {
      if (!(await slots.end(provider, id, { withdraw: true })).ok) continue
      if (!ended.includes(id)) ended.push(id)
      done++
    }
    if (done === 0) await pause(PAUSE_MS)
  }
  return { ok: true, ended }
}

async function endAccount({ accounts, tokens, grants, links }: EndingParts, id: string): Promise<void> {
  await accounts.remove(id)
  await links.removeAllOf(id)
  await tokens.endAll(id)
  await grants.endAll(id)
  await tokens.knownEverywhere()
}

function refusedBy({ _id, state, rev }: Pick<SlotDoc, '_id' | 'state' | 'rev'>): Ended {
  return { ok: false, booked: { id: _id, state, rev } }
}
