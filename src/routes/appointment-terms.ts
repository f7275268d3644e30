/** What a request for an appointment means: the service it names, and the rules of the provider it is with. */
import type { FastifyInstance } from 'fastify'
import { policiesOf } from '../accounts/policies-of.js'
import { startsOnRhythm } from '../domain/bookable.js'
import { readSlotId } from '../domain/grid.js'
import { serviceWindow } from '../domain/policies.js'
import type { BookedService, ServiceTerms } from '../domain/service.js'
import { ZoneOffsets } from '../domain/zone-offsets.js'
import type { Caller } from '../http/caller.js'
import { Refusal } from '../http/problems.js'

export interface AppointmentTerms {
  service?: BookedService
  noticeMs: number
  maxAheadMs?: number
}

interface Asked {
  slotId: string
  serviceId?: string | undefined
}

const offsets = new ZoneOffsets()

/** Throws the refusal where the service is unknown, not offered, or does not begin at that time of the hour. */
export async function termsOf(app: FastifyInstance, { slotId, serviceId }: Asked): Promise<AppointmentTerms> {
  if (serviceId === undefined) {
    // Of a provider who is gone, the slots say that they are not offered any more.
    return rulesOf(serviceWindow({}, await policiesOf(app, readSlotId(slotId)?.providerId ?? '')))
  }
  const { start, provider } = await placeOf(app, slotId)
  const policies = await policiesOf(app, provider.id)
  // Read anew: what was changed elsewhere a moment ago must not be booked as it was.
  const service = await app.services.findFresh(provider.id, serviceId)
  if (!service) throw new Refusal('not_found')
  if (!service.active) throw new Refusal('service_inactive')
  beginsThen(service, provider, start, slotId)
  return { service, ...rulesOf(serviceWindow(service, policies)) }
}

/**
 * The same of a move. Where no service is named the appointment stays what it was booked as; its client then moves it
 * under the rules of that service, as long as it is offered, and its provider to any time.
 */
export async function moveTermsOf(
  app: FastifyInstance,
  caller: Pick<Caller, 'id' | 'role'>,
  reservationId: string,
  asked: Asked,
): Promise<AppointmentTerms> {
  if (asked.serviceId !== undefined || caller.role === 'provider') return termsOf(app, asked)
  const { start, provider } = await placeOf(app, asked.slotId)
  const found = await app.slots.findReservation(reservationId)
  const { service: booked, client } = found?.reservation ?? {}
  const isOwn = booked !== undefined && client?.id === caller.id
  const service = isOwn ? await app.services.findFresh(provider.id, booked.id) : null
  if (!service?.active) return termsOf(app, asked)
  // The same request again is answered, whatever has become of the service since.
  if (found?.slot._id !== asked.slotId) beginsThen(service, provider, start, asked.slotId)
  return rulesOf(serviceWindow(service, await policiesOf(app, provider.id)))
}

async function placeOf(app: FastifyInstance, slotId: string) {
  const place = readSlotId(slotId)
  const provider = place && (await app.accounts.find(place.providerId))
  if (!provider) throw new Refusal('not_found')
  return { start: place.start, provider }
}

function beginsThen(
  { startsEveryMinutes }: Pick<ServiceTerms, 'startsEveryMinutes'>,
  { timeZone }: { timeZone: string },
  start: number,
  slotId: string,
): void {
  if (startsOnRhythm(start, { startsEveryMinutes, offsetMinutesAt: offsets.of(timeZone) })) return
  const detail = `The service begins every ${startsEveryMinutes} minutes.`
  throw new Refusal('does_not_fit', detail, { slot: { id: slotId } })
}

function rulesOf({ noticeMs, aheadMs }: { noticeMs: number; aheadMs: number }) {
  return { noticeMs, ...(aheadMs !== Number.POSITIVE_INFINITY && { maxAheadMs: aheadMs }) }
}
