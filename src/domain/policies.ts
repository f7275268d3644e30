/** What a provider asks of bookings in general. What it has not set itself is as the settings of the server say. */
import type { ServiceTerms } from './service.js'
import type { BookingWindow } from './slot.js'

export interface Policies {
  /** A slot stops being bookable so long before its start. */
  noticeSeconds: number
  /** Slots further ahead than so many times 24 hours are not bookable yet; 0 has no limit. */
  maxAheadDays: number
  /** Bookings ahead that one client may have with the provider; 0 has no limit. */
  maxUpcomingBookings: number
  /** How long a time that came free is kept for somebody on the waiting list. */
  offerMinutes: number
}

/** Of providers that have set nothing. */
export const OFFER_MINUTES = 15

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export function bookingWindow({
  noticeSeconds,
  maxAheadDays = 0,
}: {
  noticeSeconds: number
  maxAheadDays?: number | undefined
}): BookingWindow {
  return {
    noticeMs: noticeSeconds * 1000,
    aheadMs: maxAheadDays === 0 ? Number.POSITIVE_INFINITY : maxAheadDays * DAY_MS,
  }
}

/** A service may have a notice of its own; how far ahead it can be booked is the provider's to say. */
export function serviceWindow(
  { noticeSeconds }: Pick<ServiceTerms, 'noticeSeconds'>,
  general: Parameters<typeof bookingWindow>[0],
): BookingWindow {
  return bookingWindow(noticeSeconds === undefined ? general : { ...general, noticeSeconds })
}

/** Of what is offered to who waits: an offer needs its time as well. */
export function offerWindow(
  service: Pick<ServiceTerms, 'noticeSeconds'> | null,
  policies: Policies,
): BookingWindow {
  const window = serviceWindow(service ?? {}, policies)
  return { ...window, noticeMs: Math.max(window.noticeMs, policies.offerMinutes * MINUTE_MS) }
}
