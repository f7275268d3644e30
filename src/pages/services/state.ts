/** What the page knows of a provider's services and terms, and does with them; the components only draw it. */
import { signal } from '@preact/signals'
import type { Account } from '../../schemas/accounts.js'
import type { PolicyChanges, ProviderPolicies } from '../../schemas/policies.js'
import type { NewService, Service, ServiceChanges } from '../../schemas/services.js'
import { type Answer, ask, type Refused } from '../shared/api.js'
import { askSigned } from '../shared/session.js'

/** Null when it is done. `now` is what there is instead of the version that was to be changed. */
export type ChangeRefusal<T> = { problem: Refused; now?: T } | null

export class Offer {
  readonly providerId: string
  /** In the order in which they were made; null until they have come. */
  readonly services = signal<readonly Service[] | null>(null)
  readonly policies = signal<ProviderPolicies | null>(null)
  /** Why something of it has not come. */
  readonly problem = signal<Refused | null>(null)
  /** Which form is open: of a service by its id, or of a new one. */
  readonly editing = signal<string | 'new' | null>(null)
  /** The name of a service that was to be changed and that somebody else has deleted. */
  readonly lost = signal<string | null>(null)
  readonly #path: string

  constructor({ id }: Account) {
    this.providerId = id
    this.#path = `/v1/providers/${encodeURIComponent(id)}`
  }

  async load(): Promise<void> {
    this.problem.value = null
    const [services, policies] = await Promise.all([
      askSigned<{ items: Service[] }>(`${this.#path}/services`),
      ask<ProviderPolicies>(`${this.#path}/policies`),
    ])
    if (services.ok) this.services.value = services.data.items
    else this.problem.value = services.problem
    if (policies.ok) this.policies.value = policies.data
    else this.problem.value ??= policies.problem
  }

  async add(service: NewService): Promise<Answer<Service>> {
    const answer = await askSigned<Service>(`${this.#path}/services`, { method: 'POST', body: service })
    if (answer.ok) this.services.value = [...(this.services.value ?? []), answer.data]
    // It may have been done: then it stands in the list.
    else if (isUnknown(answer.problem)) void this.load()
    return answer
  }

  async change(service: Service, changes: ServiceChanges): Promise<ChangeRefusal<Service>> {
    const path = this.#pathOf(service.id)
    const { id, rev } = service
    const answer = await askSigned<Service>(path, { method: 'PATCH', body: changes, rev })
    if (answer.ok) {
      this.#put(answer.data)
      return null
    }
    const { problem } = answer
    if (problem.code === 'not_found') {
      this.#drop(id)
      this.lost.value = service.name
      return { problem }
    }
    if (problem.code !== 'precondition_failed') return { problem }
    const fresh = await askSigned<Service>(path)
    if (fresh.ok) this.#put(fresh.data)
    return fresh.ok ? { problem, now: fresh.data } : { problem }
  }

  async remove({ id }: Service): Promise<Refused | null> {
    const answer = await askSigned(this.#pathOf(id), { method: 'DELETE' })
    if (!answer.ok) return answer.problem
    this.#drop(id)
    return null
  }

  async changePolicies(rev: number, changes: PolicyChanges): Promise<ChangeRefusal<ProviderPolicies>> {
    const path = `${this.#path}/policies`
    const answer = await askSigned<ProviderPolicies>(path, { method: 'PATCH', body: changes, rev })
    if (answer.ok) {
      this.policies.value = answer.data
      return null
    }
    const { problem } = answer
    if (problem.code !== 'precondition_failed') return { problem }
    const fresh = await askSigned<ProviderPolicies>(path)
    if (fresh.ok) this.policies.value = fresh.data
    return fresh.ok ? { problem, now: fresh.data } : { problem }
  }

  #pathOf(serviceId: string): string {
    return `${this.#path}/services/${encodeURIComponent(serviceId)}`
  }

  #put(service: Service): void {
    this.services.value = (this.services.value ?? []).map((one) => (one.id === service.id ? service : one))
  }

  #drop(id: string): void {
    this.services.value = (this.services.value ?? []).filter((one) => one.id !== id)
  }
}

function isUnknown({ code }: Refused): boolean {
  return code === 'offline' || code === 'unavailable'
}
