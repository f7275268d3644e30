/**
 * Who watches a calendar by service, so sees only the starts at which that service fits whole.
 *
 * Owns: each watched service as it was last read, the viewers who wait for a look at whether their starts changed.
 * Never: makes or sends a picture (the gateway does).
 *
 * A viewer is due when something may have changed its starts: a slot of the provider, the service, the zone of the
 * provider, or the time (a hold ends, a start comes too near). The gateway then compares what fits with what was sent.
 * Changes of slots come from the outbox in the turn they go out; the others are looked for with each tick.
 */
import type { Service } from '../../domain/service.js'
import type { Viewer, Watch } from './rooms.js'

/** A service as it is booked. */
export interface Offer {
  readonly service: Service
  /** Of the provider. */
  readonly zone: string
  /** Of the provider's services when it was read; undefined where that was not known. */
  version: number | undefined
}

export interface Offers {
  find(providerId: string, serviceId: string): Promise<Offer | null>
  /** Whether reading it again would find the same. */
  isCurrent(offer: Offer): boolean
}

export interface ServiceWatchesOptions {
  offers: Offers
  now: () => number
  /** Somebody is due, and nothing else may come to hand pictures over. */
  wake: () => void
  /** A service could not be read again; the next tick tries it. */
  onFault: (error: unknown) => void
}

interface WatchedService {
  offer: Offer
  readonly viewers: Set<Viewer>
  isReading: boolean
  /** It was deleted: there is nothing to read any more, and nothing fits. */
  isGone: boolean
}

export class ServiceWatches {
  readonly #o: ServiceWatchesOptions
  /** By provider and service; there while somebody watches it. */
  readonly #watched = new Map<string, Map<string, WatchedService>>()
  /** By provider, the longest waiting first. */
  readonly #due = new Map<string, Set<Viewer>>()

  constructor(options: ServiceWatchesOptions) {
    this.#o = options
  }

  /** What those who watch this service share, where it is right, so that they share its pictures. */
  shared(found: Offer): Offer {
    const { providerId, id } = found.service
    const known = this.#watched.get(providerId)?.get(id)
    if (!known) return found
    if (!this.#o.offers.isCurrent(known.offer)) this.#replace(known, found)
    return known.offer
  }

  join(viewer: Viewer, offer: Offer): void {
    const { providerId, id } = offer.service
    const services = this.#watched.get(providerId) ?? new Map<string, WatchedService>()
    this.#watched.set(providerId, services)
    const known = services.get(id)
    if (known) known.viewers.add(viewer)
    else services.set(id, { offer, viewers: new Set([viewer]), isReading: false, isGone: false })
  }

  leave(viewer: Viewer, { providerId, service }: Watch): void {
    if (!service) return
    const due = this.#due.get(providerId)
    due?.delete(viewer)
    if (due?.size === 0) this.#due.delete(providerId)
    const services = this.#watched.get(providerId)
    const known = services?.get(service.id)
    known?.viewers.delete(viewer)
    if (known?.viewers.size === 0) services?.delete(service.id)
    if (services?.size === 0) this.#watched.delete(providerId)
  }

  /** Of a watch by service; null for any other. */
  offerOf({ providerId, service }: Watch): Offer | null {
    return (service && this.#watched.get(providerId)?.get(service.id)?.offer) ?? null
  }

  /** A slot of this provider is another one than before. */
  changed(providerId: string): void {
    for (const { viewers } of this.#watched.get(providerId)?.values() ?? []) this.#beDue(providerId, viewers)
  }

  /** Looks for what no slot tells: the time, and other terms of a service. */
  tick(): void {
    const now = this.#o.now()
    for (const [providerId, services] of this.#watched) {
      for (const watched of services.values()) {
        this.#beDue(
          providerId,
          [...watched.viewers].filter((viewer) => isOver(viewer.watches.get(providerId), now)),
        )
        if (!watched.isGone && !watched.isReading && !this.#o.offers.isCurrent(watched.offer))
          void this.#readAgain(watched)
      }
    }
    if (this.#due.size > 0) this.#o.wake()
  }

  /** The next viewer who is due, and whose calendar it is about. */
  takeDue(): { viewer: Viewer; providerId: string } | null {
    for (const [providerId, viewers] of this.#due) {
      for (const viewer of viewers) {
        viewers.delete(viewer)
        if (viewers.size === 0) this.#due.delete(providerId)
        return { viewer, providerId }
      }
    }
    return null
  }

  #beDue(providerId: string, viewers: Iterable<Viewer>): void {
    let due = this.#due.get(providerId)
    for (const viewer of viewers) {
      due ??= new Set()
      due.add(viewer)
    }
    if (due) this.#due.set(providerId, due)
  }

  async #readAgain(watched: WatchedService): Promise<void> {
    const { providerId, id } = watched.offer.service
    watched.isReading = true
    try {
      const found = await this.#o.offers.find(providerId, id)
      const { service } = watched.offer
      if (!found) watched.isGone = true
      this.#replace(watched, found ?? { ...watched.offer, service: { ...service, active: false } })
      if (this.#due.size > 0) this.#o.wake()
    } catch (error) {
      this.#o.onFault(error)
    } finally {
      watched.isReading = false
    }
  }

  #replace(watched: WatchedService, found: Offer): void {
    const { offer, viewers } = watched
    if (isSame(offer, found)) {
      offer.version = found.version
      return
    }
    watched.offer = found
    const { providerId, id } = found.service
    if (this.#watched.get(providerId)?.get(id) === watched) this.#beDue(providerId, viewers)
  }
}

function isOver(watch: Watch | undefined, now: number): boolean {
  return watch?.service != null && watch.service.validUntil <= now
}

function isSame(one: Offer, other: Offer): boolean {
  const isSameService = one.service.rev === other.service.rev && one.service.active === other.service.active
  return isSameService && one.zone === other.zone
}
