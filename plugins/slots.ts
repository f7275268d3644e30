/** The write side of slots and the lists beside it. Indexes are made and checked before the server listens. */

import { createHash, randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { policiesOf, rulesUnder } from '../src/accounts/policies-of.js'
import { dayIn } from '../src/availability/days.js'
import type { Config } from '../src/config.js'
import { doneOnce } from '../src/database/done-once.js'
import { engineOf } from '../src/database/engine.js'
import { SLOT_MINUTES } from '../src/domain/grid.js'
import { bookingWindow, OFFER_MINUTES, type Policies } from '../src/domain/policies.js'
import type { HoldAgainRule } from '../src/domain/reservation.js'
import { wallTimeAt, ZoneOffsets } from '../src/domain/zone-offsets.js'
import type { Rules } from '../src/schemas/common.js'
import { historyOf, SlotHistory } from '../src/slots/slot-history.js'
import { slotsOf } from '../src/slots/slot-model.js'
import { type BookingWindows, SlotLists } from '../src/slots/slot-queries.js'
import { type SlotRules, SlotStore } from '../src/slots/slot-store.js'

declare module 'fastify' {
  interface FastifyInstance {
    slots: SlotStore
    lists: SlotLists
    /** Of providers that have set nothing themselves. */
    rules: Rules
    defaultPolicies: Policies
  }
}

export interface SlotsOptions {
  config: Config
  /** Idempotency-Keys become reservation ids by the first; ids that the others made are known as well. */
  secrets: [current: string, ...older: string[]]
}

export default fp(
  async (app: FastifyInstance, { config, secrets }: SlotsOptions) => {
    const slots = slotsOf(app.mongo)
    const history = new SlotHistory(historyOf(app.mongo))
    const { clock, accounts } = app
    const rules: SlotRules = {
      noticeMs: config.NOTICE_SECONDS * 1000,
      holdMs: config.HOLD_SECONDS * 1000,
      maxHoldMs: config.MAX_HOLD_SECONDS * 1000,
      maxActiveHolds: config.MAX_ACTIVE_HOLDS,
      onePerDay: config.ONE_PER_DAY,
      holdAgain: holdAgainRule(config),
    }
    const offsets = new ZoneOffsets()
    const onHistoryFault = (error: unknown) =>
      app.log.warn(
        { err: error },
        'ended reservations could not leave their slot; its next change tries again',
      )
    const store = new SlotStore({
      slots,
      history,
      engine: await engineOf(app.mongo),
      startSession: () => app.mongo.getClient().startSession(),
      clock,
      rules,
      idempotencySecrets: secrets.map((secret) =>
        createHash('sha256').update(`idempotency\n${secret}`).digest(),
      ),
      random: Math.random,
      newId: () => randomBytes(16).toString('hex'),
      sealName: accounts.names.seal,
      dayOf: async (providerId, start) => dayIn((await accounts.find(providerId))?.timeZone ?? 'UTC', start),
      wallTimeOf: async (providerId, start) => {
        const timeZone = await accounts.zoneOf(providerId)
        return timeZone === null ? null : { timeZone, start: wallTimeAt(start, offsets.of(timeZone)) }
      },
      mostUpcoming: async (providerId) =>
        (await policiesOf({ accounts, defaultPolicies }, providerId)).maxUpcomingBookings,
      onAcknowledged: (written) => {
        // The board is registered after the store and decorates later; no write is answered before that.
        for (const slot of written) app.board.takeReply(slot)
      },
      onHistoryFault,
      onOfferFault: (error) =>
        app.log.warn({ err: error }, 'a time that came free could not be offered to those who wait'),
    })
    let full: string[] = []
    await doneOnce(app.mongo, 'slots say whether they were ever held', async () => {
      full = await store.upgrade()
    })
    // Beside serving: what a slot of an earlier version remembers makes it slow, not wrong. A server that ends before it
    // is through leaves the rest to the next change of each slot.
    app.addHook('onReady', async () => {
      store.moveHistoryOf(full).catch(onHistoryFault)
    })
    app.addHook('onClose', () => store.settled())
    app.decorate('slots', store)
    const maxSlots = config.MAX_SLOTS_PER_CALENDAR
    const defaultPolicies: Policies = {
      noticeSeconds: config.NOTICE_SECONDS,
      maxAheadDays: config.MAX_AHEAD_DAYS,
      maxUpcomingBookings: config.MAX_UPCOMING_BOOKINGS,
      offerMinutes: OFFER_MINUTES,
    }
    const windows: BookingWindows = {
      of: async (providerId) => bookingWindow(await policiesOf({ accounts, defaultPolicies }, providerId)),
      shortestNoticeMs: async () =>
        Math.min(
          defaultPolicies.noticeSeconds,
          (await accounts.shortestNotice()) ?? Number.POSITIVE_INFINITY,
        ) * 1000,
    }
    app.decorate('lists', new SlotLists({ slots, history, clock, windows, maxSlots }))
    app.decorate('defaultPolicies', defaultPolicies)
    app.decorate(
      'rules',
      rulesUnder(defaultPolicies, {
        holdSeconds: config.HOLD_SECONDS,
        slotMinutes: SLOT_MINUTES,
        maxActiveHolds: config.MAX_ACTIVE_HOLDS,
      }),
    )
  },
  { name: 'slots', dependencies: ['mongo', 'clock', 'accounts'] },
)

const MOST_LONG_HOLDS = 4
const COOL_DOWN_MS = 3_600_000

/** So many long holds one after another, and an hour: whoever did that has kept the slot for long enough. */
function holdAgainRule({ MAX_HOLDS_PER_SLOT, HOLD_SECONDS }: Config): HoldAgainRule {
  const holdMs = HOLD_SECONDS * 1000
  const mostLong = Math.min(MAX_HOLDS_PER_SLOT, MOST_LONG_HOLDS)
  return {
    most: MAX_HOLDS_PER_SLOT,
    mostLong,
    // Shorter ones cannot fill the hour, however many: where holds are short, none counts as long.
    longMs: Math.max(holdMs / 2, COOL_DOWN_MS / MAX_HOLDS_PER_SLOT),
    withinMs: mostLong * holdMs + COOL_DOWN_MS,
  }
}
