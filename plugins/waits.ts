/** The waiting list of each calendar: what comes free is offered to who waits, before anybody else sees it. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { policiesOf } from '../src/accounts/policies-of.js'
import { dayIn } from '../src/availability/days.js'
import { workingDay } from '../src/availability/working-days.js'
import { READ } from '../src/database/call-options.js'
import { isDatabaseAway } from '../src/database/unavailable.js'
import { mailJob } from '../src/mail/mail-jobs.js'
import type { SlotDoc } from '../src/slots/slot-document.js'
import { OfferPlanner } from '../src/waits/offer-planner.js'
import { type WaitDoc, waitsOf } from '../src/waits/wait-model.js'
import { WaitStore } from '../src/waits/wait-store.js'
import { WaitingList } from '../src/waits/waiting-list.js'
import type { OtherEvent } from '../src/webhooks/webhook-channel.js'

declare module 'fastify' {
  interface FastifyInstance {
    waits: WaitingList
    /** Reads; and `onChange`, where what leaves the server because of a wait begins. */
    waitStore: WaitStore
  }
}

export interface WaitsOptions {
  /** Whether waits are brought in line, and open slots offered, by themselves; tests without it sweep. */
  start: boolean
}

export default fp(
  async (app: FastifyInstance, { start }: WaitsOptions) => {
    const { accounts, board, clock, schedules, services, slots, defaultPolicies } = app
    const onFault = (error: unknown) => {
      if (isDatabaseAway(error)) return
      app.log.warn({ err: error }, 'a waiting list could not be followed; a later look tries again')
    }
    const waits = new WaitStore({
      waits: waitsOf(app.mongo),
      clock,
      newId: () => randomBytes(16).toString('hex'),
      random: Math.random,
      onFault,
    })
    const liveOf = (clientIds: string[]): Promise<SlotDoc[]> =>
      slots.collection
        .find(
          { 'reservation.client.id': { $in: [...new Set(clientIds)] } },
          { ...READ, projection: { log: 0, past: 0 } },
        )
        .toArray()
    const planner = new OfferPlanner({
      waits,
      clock,
      slotsOf: async (providerId) => (await board.topic(providerId)).slots,
      liveOf,
      findService: (providerId, serviceId) => services.find(providerId, serviceId),
      policiesOf: (providerId) => policiesOf({ accounts, defaultPolicies }, providerId),
      findAccount: (id) => accounts.find(id),
      async isWithinHours(providerId, start) {
        const schedule = await schedules.find(providerId)
        const timeZone = schedule && (await accounts.zoneOf(providerId))
        return !timeZone || workingDay(schedule, dayIn(timeZone, start), timeZone).starts.includes(start)
      },
    })
    const list = new WaitingList({
      waits,
      planner,
      slots,
      liveOf,
      clock,
      touch: (providerId) => accounts.touch(providerId),
      knownEverywhere: () => app.tokens.knownEverywhere(),
      viewers: {
        has: (clientId) => app.live.gateway.hasClient(clientId),
        tell: (clientId, event) => app.live.gateway.tellWait(clientId, event),
      },
      onOffered: (wait) => {
        const job = offerMail(wait, clock.now())
        if (job) app.jobs.add([job]).catch(onFault)
      },
      onFault,
    })
    app.decorate('waitStore', waits)
    app.decorate('waits', list)
    waits.onChange((wait) => app.webhookChannel.tell(webhookOf(wait, clock.now())))
    accounts.onForget((ids) => list.forget(ids))
    slots.offerTo(list)
    const subscription = app.feed.subscribe({
      entries: (slotId, entries) => list.entries(slotId, entries),
      unclear: () => {},
      gone: () => {},
      lost: () => void list.sweep().catch(onFault),
    })
    if (start) app.addHook('onReady', async () => void list.start().catch(onFault))
    // Before the feed and the database close.
    app.addHook('preClose', async () => {
      subscription.leave()
      await list.close()
    })
  },
  {
    name: 'waits',
    dependencies: [
      'mongo',
      'clock',
      'accounts',
      'services',
      'slots',
      'live',
      'jobs',
      'schedules',
      'auth',
      'webhooks',
    ],
  },
)

/** Ids, the state and times: each change of state once. */
function webhookOf(
  { _id: waitId, rev, state, providerId, serviceId, offer }: WaitDoc,
  at: number,
): OtherEvent {
  return {
    id: `${waitId}:${rev}`,
    providerId,
    type: `wait.${state}`,
    facts: {
      waitId,
      providerId,
      state,
      rev,
      at,
      ...(serviceId !== undefined && { serviceId }),
      ...(offer && { slotId: offer.slotId, reservationId: offer.reservationId }),
      ...(offer && state === 'offered' && { expiresAt: offer.expiresAt.toISOString() }),
    },
  }
}

/** Once for each hold that is an offer, however often it is asked for. */
function offerMail({ _id, clientId, providerId, offer }: WaitDoc, now: number) {
  if (!offer) return null
  const { slotId, reservationId } = offer
  const cause = `${slotId}:${reservationId}`
  return mailJob({ kind: 'offer', cause, recipient: clientId, providerId, reservationId, waitId: _id }, now)
}
