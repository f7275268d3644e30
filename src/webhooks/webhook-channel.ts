/**
 * Webhooks as a channel of jobs: which endpoints a change is for, and one attempt to deliver it.
 *
 * An endpoint that is not active gets its jobs all the same, and they end as obsolete: so what happened meanwhile stands
 * in its log, and can be sent when it is active again.
 */
import type { Clock } from '../clock.js'
import { isDatabaseAway } from '../database/unavailable.js'
import { readSlotId } from '../domain/grid.js'
import { TEST_TYPE, type WebhookType } from '../domain/webhook.js'
import type { Job, JobChannel, JobFacts, JobQueue, JobResult, NewJob } from '../jobs/job.js'
import type { LogEntry } from '../slots/slot-document.js'
import type { DeliveryEndpoint, EndpointStore, Subscription } from './endpoint-store.js'
import type { Attempt, WebhookSender } from './sender.js'
import { messageId, signedHeaders } from './signature.js'
import { eventOf, payloadOf, type WebhookEvent } from './webhook-event.js'

export interface WebhookChannelOptions {
  endpoints: Pick<EndpointStore, 'remembered' | 'subscriptions' | 'findForDelivery' | 'disable'>
  sender: Pick<WebhookSender, 'send'>
  queue: Pick<JobQueue, 'add'>
  clock: Clock
  newId: () => string
  /** Counts what came of an attempt. */
  count: (result: AttemptResult) => void
  wait: (ms: number) => Promise<unknown>
  /** The server ends. */
  ending: AbortSignal
}

/** `refused`: nothing was sent, because of where it would have gone. `unreached`: nobody answered. */
export const attemptResults = ['delivered', 'answered', 'unreached', 'refused'] as const
export type AttemptResult = (typeof attemptResults)[number]

/** Something beside the log of slots that endpoints of a provider are told of. */
export interface OtherEvent {
  /** Names its cause: the same cause is told once. */
  id: string
  providerId: string
  type: WebhookType
  /** `at` is when it happened, in milliseconds. */
  facts: JobFacts & { at: number }
}

export const CHANNEL = 'webhook'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Before the second try, the third, and so on: ten tries in 75 hours. */
export const WAITS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const
const GONE = 410
const AGAIN_MS = 1_000
/** Beside the header of a message, which is another for each attempt. */
const SENT_AS = { 'content-type': 'application/json', 'user-agent': 'Slotcast-Webhooks/1' }

export class WebhookChannel implements JobChannel {
  readonly name = CHANNEL
  /** Many more than are ever under way: who is slow must not keep others waiting for a place. */
  readonly concurrency = 500
  readonly perLane = 2
  readonly leaseMs = 30_000
  readonly #o: WebhookChannelOptions
  /** Endpoints that a test is under way to: one at a time, for somebody waits for it. */
  readonly #testing = new Set<string>()

  constructor(options: WebhookChannelOptions) {
    this.#o = options
  }

  plan(slotId: string, entry: LogEntry): NewJob[] | Promise<NewJob[]> {
    const event = eventOf(slotId, entry)
    const providerId = readSlotId(slotId)?.providerId
    if (!event || providerId === undefined) return []
    const cause = { id: `${slotId}:${entry.rev}`, providerId, ...event }
    const known = this.#o.endpoints.remembered(providerId)
    return known ? jobsFor(known, cause) : this.#jobsForLater(cause)
  }

  /** Puts what happened elsewhere in line. Safe to repeat. */
  async tell(event: OtherEvent): Promise<void> {
    const jobs = await this.#jobsFor(event)
    if (jobs.length > 0) await this.#o.queue.add(jobs)
  }

  async run(job: Job, signal: AbortSignal): Promise<JobResult> {
    const endpoint = await this.#o.endpoints.findForDelivery(job.recipient)
    if (!endpoint) return { end: 'obsolete', why: 'the webhook was deleted' }
    if (endpoint.state !== 'active') return { end: 'obsolete', why: `the webhook is ${endpoint.state}` }
    const attempt = await this.#send(endpoint, messageId(job.id), job.kind, job.facts, signal)
    if (attempt.ok) return { end: 'done' }
    const { status, error, retryAfterMs } = attempt
    if (status === GONE) {
      await this.#o.endpoints.disable(endpoint)
      return { end: 'failed', error: `${error}: the webhook is disabled` }
    }
    if (retryAfterMs === undefined) return { end: 'again', error }
    return { end: 'again', error, notBefore: this.#o.clock.now() + retryAfterMs }
  }

  waitMs({ attempts }: Pick<Job, 'attempts'>): number | null {
    return WAITS_MS[attempts - 1] ?? null
  }

  /**
   * Sends a message that says nothing, at once and once, also to one that is paused. Null where there is none, and
   * `busy` while another test is under way.
   */
  async test(endpointId: string): Promise<{ id: string; attempt: Attempt } | 'busy' | null> {
    if (this.#testing.has(endpointId)) return 'busy'
    this.#testing.add(endpointId)
    try {
      const endpoint = await this.#o.endpoints.findForDelivery(endpointId)
      if (!endpoint) return null
      const at = this.#o.clock.now()
      const id = messageId(`test:${this.#o.newId()}`)
      const facts = { at, webhookId: endpointId }
      return { id, attempt: await this.#send(endpoint, id, TEST_TYPE, facts, this.#o.ending) }
    } finally {
      this.#testing.delete(endpointId)
    }
  }

  /** Of a change that is told once: while the database is away, the changes after it wait, too. */
  async #jobsForLater(event: PlannedEvent): Promise<NewJob[]> {
    for (;;) {
      try {
        return await this.#jobsFor(event)
      } catch (error) {
        if (!isDatabaseAway(error) || this.#o.ending.aborted) throw error
        await this.#o.wait(AGAIN_MS)
      }
    }
  }

  async #jobsFor(event: PlannedEvent): Promise<NewJob[]> {
    return jobsFor(await this.#o.endpoints.subscriptions(event.providerId), event)
  }

  async #send(
    endpoint: DeliveryEndpoint,
    id: string,
    type: string,
    facts: JobFacts,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const body = JSON.stringify(payloadOf(type, facts))
    const signed = signedHeaders({ id, body, at: this.#o.clock.now() }, endpoint.secrets)
    const headers = { ...SENT_AS, ...signed }
    const attempt = await this.#o.sender.send({ url: endpoint.url, headers, body }, signal)
    this.#o.count(resultOf(attempt))
    return attempt
  }
}

interface PlannedEvent extends WebhookEvent {
  id: string
  providerId: string
}

/** One for each endpoint that wants it, and that was there when it happened. */
function jobsFor(
  subscriptions: readonly Subscription[],
  { id: cause, providerId, type, facts }: PlannedEvent,
): NewJob[] {
  const at = Number(facts.at)
  return subscriptions
    .filter(({ events, createdAt }) => events.has(type) && createdAt <= at)
    .map(({ id }) => ({
      id: `${cause}:${CHANNEL}:${id}`,
      channel: CHANNEL,
      kind: type,
      recipient: id,
      providerId,
      lane: id,
      facts,
      dueAt: at,
    }))
}

function resultOf(attempt: Attempt): AttemptResult {
  if (attempt.ok) return 'delivered'
  if (attempt.status !== undefined) return 'answered'
  return attempt.isRefused ? 'refused' : 'unreached'
}
