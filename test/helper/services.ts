/** Services of a server in memory, as those who only read services know them. */
import type { Service, ServicesRead } from '../../src/domain/service.js'
import type { TestServer } from './servers.js'

export class OfferedServices implements ServicesRead {
  readonly #services = new Map<string, Service>()
  readonly #versions = new Map<string, number>()
  #version = 0

  async find(providerId: string, id: string): Promise<Service | null> {
    const service = this.#services.get(id)
    if (!this.#versions.has(providerId)) this.#moved(providerId)
    return service?.providerId === providerId ? service : null
  }

  versionOf(providerId: string): number | undefined {
    return this.#versions.get(providerId)
  }

  /** Offers a service, or changes it; says how it is now. */
  put(providerId: string, id: string, changes: Partial<Service> = {}): Service {
    const before = this.#services.get(id)
    const service = { ...DEFAULTS, ...before, ...changes, id, providerId, rev: (before?.rev ?? 0) + 1 }
    this.#services.set(id, service)
    this.#moved(providerId)
    return service
  }

  remove(providerId: string, id: string): void {
    this.#services.delete(id)
    this.#moved(providerId)
  }

  /** As after it was not used for long. */
  forget(providerId: string): void {
    this.#versions.delete(providerId)
  }

  #moved(providerId: string): void {
    this.#versions.set(providerId, ++this.#version)
  }
}

const DEFAULTS = {
  name: 'First visit',
  durationMinutes: 45,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 15,
  startsEveryMinutes: 15 as const,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
  active: true,
}

/** Has these servers offer services from one place. */
export function offerServices(...servers: TestServer[]): OfferedServices {
  const services = new OfferedServices()
  for (const { app } of servers) Object.assign(app, { services })
  return services
}
