/**
 * The weekly hours of providers. Their open slots are brought in line with them at start, once a day, after each change,
 * and where a slot that lies outside of them comes free.
 */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import cron from 'node-cron'
import { dayIn } from '../src/availability/days.js'
import { workingDay } from '../src/availability/working-days.js'
import { isDatabaseAway } from '../src/database/unavailable.js'
import { readSlotId } from '../src/domain/grid.js'
import type { FeedListener } from '../src/live/calendar/slot-feed.js'
import { Materialiser } from '../src/schedules/materialiser.js'
import { outsideIn, schedulesOf } from '../src/schedules/schedule-model.js'
import { ScheduleStore } from '../src/schedules/schedule-store.js'
import { Turns } from '../src/schedules/turns.js'

declare module 'fastify' {
  interface FastifyInstance {
    schedules: ScheduleStore
    materialiser: Materialiser
    /** For what is calculated before anything is changed. */
    previews: Turns
  }
}

export interface SchedulesOptions {
  /** Whether schedules are followed by themselves; tests without it run the materialiser. */
  start: boolean
}

const DAILY_CRON = '0 43 3 * * *'
/** For new last days, and what a server that was killed, or a database that was away, left undone. */
const LEFTOVERS_CRON = '30 */2 * * * *'

export default fp(
  async (app: FastifyInstance, { start }: SchedulesOptions) => {
    const { accounts, clock, slots, lists } = app
    const schedules = new ScheduleStore({
      schedules: schedulesOf(app.mongo),
      clock,
      touch: (providerId) => accounts.touch(providerId),
    })
    const materialiser = new Materialiser({
      schedules,
      slots,
      lists,
      clock,
      tz: process.versions.tz ?? 'unknown',
      newId: () => randomBytes(8).toString('hex'),
      async zoneOf(providerId) {
        const account = await accounts.findFresh(providerId)
        return account?.role === 'provider' ? account.timeZone : null
      },
      announce: (providerId) => accounts.touch(providerId),
      onFull: (providerId, through) =>
        app.log.warn(
          { providerId, through },
          'a calendar is full, its hours are offered up to that day only',
        ),
    })
    app.decorate('schedules', schedules)
    app.decorate('materialiser', materialiser)
    app.decorate('previews', new Turns())

    const closing = new AbortController()
    const fault = (error: unknown) => {
      if (closing.signal.aborted || isDatabaseAway(error)) return
      app.log.warn({ err: error }, 'open slots could not follow the hours; a later look tries again')
    }

    accounts.onForget((ids) => {
      schedules.forget(ids)
      for (const id of ids) tellOwn(id).catch(fault)
    })
    /** Last told to the own sockets of a provider, so that each hears of a change once. */
    const toldOwn = new Map<string, string>()
    async function tellOwn(providerId: string): Promise<void> {
      const { gateway } = app.live
      if (!gateway.hasOwn(providerId)) {
        toldOwn.delete(providerId)
        return
      }
      const schedule = await schedules.find(providerId)
      if (!schedule) return
      const outside = outsideIn(schedule.left)
      const event = { providerId, rev: schedule.rev, outside }
      const text = JSON.stringify([schedule.ruleRev, outside])
      if (toldOwn.get(providerId) === text) return
      toldOwn.set(providerId, text)
      gateway.tellSchedule(event)
    }

    /** A slot that has come free outside of the hours is withdrawn, if a rule has opened it. */
    async function followFreed(slotId: string): Promise<void> {
      const place = readSlotId(slotId)
      const schedule = place && (await schedules.find(place.providerId))
      if (!schedule) return
      const timeZone = await accounts.zoneOf(schedule._id)
      if (timeZone === null) return
      const day = dayIn(timeZone, place.start)
      if (workingDay(schedule, day, timeZone).starts.includes(place.start)) return
      await materialiser.run(schedule._id, [day])
    }
    const ignored = () => {}
    const fromFeed: FeedListener = {
      entries(slotId, entries) {
        // Not waited for: the next change is heard meanwhile.
        if (entries.some(({ kind }) => kind === 'released')) followFreed(slotId).catch(fault)
      },
      unclear: (slotId) => followFreed(slotId).catch(fault),
      gone: ignored,
      lost: ignored,
    }
    if (!start) return
    const subscription = app.feed.subscribe(fromFeed)

    const tasks = [
      [DAILY_CRON, 'all'],
      [LEFTOVERS_CRON, 'due'],
    ] as const
    const scheduled = tasks.map(([time, which]) =>
      cron.createTask(time, () => materialiser.runAll(which, closing.signal).catch(fault), {
        name: `follow-schedules-${which}`,
        noOverlap: true,
        suppressMissedWarning: true,
      }),
    )
    let first: Promise<void> | undefined
    app.addHook('onReady', async () => {
      for (const task of scheduled) await task.start()
      // Beside serving: until it is done, what is open follows the hours of yesterday.
      first = materialiser.runAll('all', closing.signal).catch(fault)
    })
    // Before the feed and the database close.
    app.addHook('preClose', async () => {
      closing.abort()
      subscription.leave()
      for (const task of scheduled) await task.destroy()
      await first
    })
  },
  { name: 'schedules', dependencies: ['mongo', 'clock', 'accounts', 'slots', 'live'] },
)
