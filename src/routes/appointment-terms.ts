/** What a request for an appointment means: the service it names, and the rules of the provider it is with. */
import type { FastifyInstance } from 'fastify'
import { policiesOf } from '../accounts/policies-of.js'
import { startsOnRhythm } from '../domain/bookable.js'
import { readSlotId } from '../domain/grid.js'
import { serviceWindow } from '../domain/policies.js'
import type { BookedService } from '../domain/service.js'
import { ZoneOffsets } from '../domain/zone-offsets.js'
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
  const place = readSlotId(slotId)
  const provider = place && (await app.accounts.find(place.providerId))
  if (!provider) throw new Refusal('not_found')
  const policies = await policiesOf(app, provider.id)
  if (serviceId === undefined) return rulesOf(serviceWindow({}, policies))
  // Read anew: what was changed elsewhere a moment ago must not be booked as it was.
  const service = await app.services.findFresh(provider.id, serviceId)
  if (!service) throw new Refusal('not_found')
  if (!service.active) throw new Refusal('service_inactive')
  const rhythm = { ...service, offsetMinutesAt: offsets.of(provider.timeZone) }
  if (!startsOnRhythm(place.start, rhythm)) {
    const detail = `The service begins every ${service.startsEveryMinutes} minutes.`
    throw new Refusal('does_not_fit', detail, { slot: { id: slotId } })
  }
  return { service, ...rulesOf(serviceWindow(service, policies)) }
}

function rulesOf({ noticeMs, aheadMs }: { noticeMs: number; aheadMs: number }) {
  return { noticeMs, ...(aheadMs !== Number.POSITIVE_INFINITY && { maxAheadMs: aheadMs }) }
}
