/** The times of a provider that can be booked: slots, or starts at which a service fits, as the board knows them. */
import type { FastifyInstance } from 'fastify'
import type { KnownAccount } from '../accounts/account-store.js'
import { inForce } from '../accounts/policies-of.js'
import {
  type Found,
  nearestSlots,
  nearestStarts,
  type Page,
  selectSlots,
  selectStarts,
  startTermsOf,
} from '../domain/bookable.js'
import { bookingWindow, serviceWindow } from '../domain/policies.js'
import type { Service } from '../domain/service.js'
import type { SlotState } from '../domain/slot.js'
import type { ZoneOffsets } from '../domain/zone-offsets.js'
import type { CompactSlot } from '../slots/compact-slot.js'

export interface Search {
  select(span: Page, states: ReadonlySet<SlotState> | null): Found<CompactSlot>
  nearest(near: { id: string; start: number }, limit: number): CompactSlot[]
}

/** What a reservation takes is free for itself, as it is where it moves by less than its length. */
export function freeFor(slots: readonly CompactSlot[], reservationId: string): CompactSlot[] {
  return slots.map((slot) => {
    if (slot.reservation?.id !== reservationId) return slot
    const state = slot.state === 'withdrawn' ? 'withdrawn' : 'open'
    return { ...slot, state, buffered: false, expiresAt: undefined, reservation: null }
  })
}

/** Among bookable slots, or among the starts of a service, which may have a notice of its own. */
export function searchIn(
  slots: readonly CompactSlot[],
  service: Service | null,
  { policies, timeZone }: KnownAccount,
  {
    now,
    defaultPolicies,
    offsets,
  }: Pick<FastifyInstance, 'defaultPolicies'> & { now: number; offsets: ZoneOffsets },
): Search {
  const general = inForce(policies, defaultPolicies)
  const window = service ? serviceWindow(service, general) : bookingWindow(general)
  if (!service) {
    return {
      select: (span, states) => selectSlots(slots, { ...span, states }, now, window),
      nearest: (near, limit) => nearestSlots(slots, near, limit, now, window),
    }
  }
  const terms = startTermsOf(service, offsets.of(timeZone))
  return {
    select: (span) => selectStarts(slots, span, terms, now, window),
    nearest: (near, limit) => nearestStarts(slots, near, limit, terms, now, window),
  }
}
