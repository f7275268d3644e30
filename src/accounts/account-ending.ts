/**
 * What ends with an account: live holds and bookings ahead, each with its event, then the account and its sessions; a
 * client is taken out of what is past as well.
 * The calendar goes first, so that a deletion that stops half way can be sent again with the same token.
 */
import type { SlotDoc } from '../slots/slot-state.js'
import type { AccountStore } from './account-store.js'
import type { Caller } from './caller.js'
import type { Tokens } from './tokens.js'

/** What the write side of slots must be able to do for it. */
export interface EndingCalendar {
  slots: {
    end(
      caller: Pick<Caller, 'id' | 'role'>,
      reservationId: string,
      withdraw: boolean,
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
    ): Promise<{ slot: Pick<SlotDoc, '_id' | 'state' | 'rev'>; reservation: { id: string } }[]>
  }
}

export interface EndingParts extends EndingCalendar {
  accounts: Pick<AccountStore, 'remove'>
  tokens: Pick<Tokens, 'endAll'>
  clock: { now(): number }
}

export type Ended =
  | { ok: true; ended: string[] }
  | { ok: false; booked: { id: string; state: string; rev: number } }

const BATCH = 100
/** Later than any slot: they end by 2100 (availability/blocks), but an older version published up to 9998. */
export const END_OF_TIME = Date.UTC(9999, 0, 1)

/** Says which reservations ended with it. */
export async function endClient(
  parts: EndingParts,
  client: Pick<Caller, 'id' | 'role'>,
): Promise<{ ended: string[] }> {
  const before = await endReservations(parts, client)
  await parts.slots.forgetClient(client.id)
  await parts.accounts.remove(client.id)
  await parts.tokens.endAll(client.id)
  // A hold that was on its way while the account ended.
  const meanwhile = await endReservations(parts, client)
  await parts.slots.forgetClient(client.id)
  return { ended: [...before, ...meanwhile] }
}

async function endReservations(
  { slots, lists, clock }: EndingParts,
  client: Pick<Caller, 'id' | 'role'>,
): Promise<string[]> {
  const ended: string[] = []
  for (;;) {
    // One that has started cannot be ended any more and is left as it is.
    const ahead = await lists.reservations(
      client,
      { from: clock.now() + 1 },
      new Set(['held', 'confirmed'] as const),
      null,
      BATCH,
    )
    if (ahead.length === 0) return ended
    for (const { reservation } of ahead) {
      await slots.end(client, reservation.id, false)
      ended.push(reservation.id)
    }
  }
}

/** Withdraws what is open and ends holds; bookings ahead stop it, unless they are to be cancelled with it. */
export async function endProvider(
  parts: EndingParts,
  provider: Pick<Caller, 'id' | 'role'>,
  bookings: 'keep' | 'cancel',
): Promise<Ended> {
  const { slots, lists, accounts, tokens, clock } = parts
  const ahead = { from: clock.now() + 1 }
  if (bookings === 'keep') {
    const [booked] = await lists.reservations(provider, ahead, new Set(['confirmed'] as const), null, 1)
    // Asked before anything is withdrawn; one confirmed in the meantime is found below.
    if (booked) return refusedBy(booked.slot)
  }
  const ended: string[] = []
  for (;;) {
    const { kept } = await slots.withdraw(provider.id, clock.now() + 1, END_OF_TIME)
    const [booked] = kept.filter(({ state }) => state === 'confirmed')
    if (bookings === 'keep' && booked) return refusedBy(booked)
    if (kept.length === 0) break
    for (const { reservation } of kept) {
      if (!reservation) continue
      await slots.end(provider, reservation.id, true)
      ended.push(reservation.id)
    }
  }
  await accounts.remove(provider.id)
  await tokens.endAll(provider.id)
  return { ok: true, ended }
}

function refusedBy({ _id, state, rev }: Pick<SlotDoc, '_id' | 'state' | 'rev'>): Ended {
  return { ok: false, booked: { id: _id, state, rev } }
}
