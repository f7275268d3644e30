/**
 * Opens and withdraws slots until those that are open are those of the hours, on a horizon that rolls on by a day a day.
 *
 * Any instance may run it at any time, several at once too: each write is conditional, says under which rule it is made,
 * and changes nothing where that is done already or a later rule has decided. What is done is noted in the schedule, for
 * the rule, zone and time zone data that it was done under, so a day that is done is not looked at again. A run notes the
 * days that it is about to change beforehand; one that was killed leaves them there, and a later run looks at them again.
 * Never touches what is held or booked. Days on which such slots lie outside of the hours are noted (`left`), and looked
 * at again when one of them comes free.
 */
import { dayIn, endOfDay } from '../availability/days.js'
import { type DayNote, workingDay } from '../availability/working-days.js'
import type { Clock } from '../clock.js'
import { addDays, daysBetween } from '../domain/days.js'
import type { Hours } from '../domain/schedule.js'
import type { SlotLists } from '../slots/slot-queries.js'
import type { SlotStore } from '../slots/slot-store.js'
import { type DaysPlan, planOf } from './day-plan.js'
import { type MadeStamp, outsideIn, type ScheduleDoc } from './schedule-model.js'
import type { ScheduleStore } from './schedule-store.js'

export interface MaterialiserOptions {
  schedules: ScheduleStore
  slots: Pick<SlotStore, 'open' | 'withdrawRuled'>
  lists: Pick<SlotLists, 'forSchedule' | 'hasRoom'>
  clock: Clock
  /** The zone of a provider as the database has it; null where there is none any more. */
  zoneOf: (providerId: string) => Promise<string | null>
  /** The release of the time zone data. */
  tz: string
  newId: () => string
  /** Has every instance look at the schedule again, because what lies outside of its hours has changed. */
  announce: (providerId: string) => Promise<unknown>
  /** A calendar is full, so that its hours end before the horizon. */
  onFull: (providerId: string, through: string) => void
}

export interface RunResult {
  opened: number
  withdrawn: number
}

/** What a run has done so far. */
interface Done extends RunResult {
  /** Slots that it opened or found open, with the rule that it did so under. */
  ids: { ids: string[]; ruleRev: number }[]
}

export interface HoursPreview {
  opens: number
  withdraws: number
  /** Ids of reservations. */
  outside: string[]
  notes: DayNote[]
  through: string
  /** Whether the calendar has room for what would be opened. */
  fits: boolean
}

export type PreviewedHours = Hours & { horizonDays: number }

/** Read and changed at a time. */
const CHUNK_DAYS = 14
/** How often a run begins again because the rule was changed below it. */
const ROUNDS = 20
/** How often a few days are looked at because others hold and release there meanwhile. */
const LOOKS = 5
/** A run that began so long ago does not go on any more. */
const ABANDONED_MS = 600_000

export class Materialiser {
  readonly #o: MaterialiserOptions
  /** The last run of each provider in this process; the next waits for it. */
  readonly #last = new Map<string, Promise<RunResult>>()
  /** Runs that have not begun: who asks meanwhile joins them. */
  readonly #waiting = new Map<string, { days: Set<string>; done: Promise<RunResult> }>()

  constructor(options: MaterialiserOptions) {
    this.#o = options
  }

  /** Has the open slots of a provider follow its hours; of days that are done, only of these. */
  async run(providerId: string, days: readonly string[] = []): Promise<RunResult> {
    const waiting = this.#waiting.get(providerId)
    if (waiting) {
      for (const day of days) waiting.days.add(day)
      return waiting.done
    }
    const wanted = new Set(days)
    const done = this.#afterLast(providerId, wanted)
    this.#waiting.set(providerId, { days: wanted, done })
    this.#last.set(providerId, done)
    try {
      return await done
    } finally {
      if (this.#last.get(providerId) === done) this.#last.delete(providerId)
    }
  }

  async #afterLast(providerId: string, days: ReadonlySet<string>): Promise<RunResult> {
    // What became of it is told to those who asked for it.
    await this.#last.get(providerId)?.catch(() => {})
    this.#waiting.delete(providerId)
    return this.#run(providerId, [...days])
  }

  /** Whether a run would have something to look at, unless the zone has changed. */
  isDue(schedule: ScheduleDoc): boolean {
    const { made, left } = schedule
    return !made || left.length > 0 || this.#daysOf(schedule, made.timeZone, []).length > 0
  }

  /** Runs for each provider; only where something is due, or where it may be for another zone. */
  async runAll(which: 'due' | 'all', signal: AbortSignal): Promise<void> {
    const errors: unknown[] = []
    for await (const schedule of this.#o.schedules.all()) {
      if (signal.aborted) return
      if (which === 'due' && !this.isDue(schedule)) continue
      const days = schedule.left.map(({ day }) => day)
      // What fails for one provider is no reason for the others to wait.
      await this.run(schedule._id, days).catch((error) => errors.push(error))
    }
    if (errors.length > 0) throw errors[0]
  }

  /** What these hours would change; `before` says how far the hours that they take the place of reach. */
  async preview(providerId: string, hours: PreviewedHours, before: ScheduleDoc): Promise<HoursPreview> {
    const timeZone = (await this.#o.zoneOf(providerId)) ?? 'UTC'
    const { today, through } = this.#reachOf(hours, timeZone)
    const days = daysBetween(today, lastOf(through, before))
    const plans: DaysPlan[] = []
    for (const chunk of chunksOf(days))
      plans.push(await this.#plan(providerId, hours, chunk, timeZone, through))
    const opens = plans.flatMap((plan) => plan.opens)
    return {
      opens: opens.length,
      withdraws: plans.reduce((sum, plan) => sum + plan.withdraws.length, 0),
      outside: outsideIn(plans.flatMap(({ left }) => left)),
      notes: this.notes(hours, timeZone),
      through,
      fits: opens.length === 0 || (await this.#o.lists.hasRoom(providerId, opens)),
    }
  }

  /** The days up to the horizon on which clocks change during the hours. */
  notes(hours: PreviewedHours, timeZone: string): DayNote[] {
    const { today, through } = this.#reachOf(hours, timeZone)
    return daysBetween(today, through).flatMap((day) => workingDay(hours, day, timeZone).notes)
  }

  async #run(providerId: string, also: readonly string[]): Promise<RunResult> {
    const done: Done = { opened: 0, withdrawn: 0, ids: [] }
    for (let round = 0; round < ROUNDS; round++) {
      const schedule = await this.#o.schedules.findFresh(providerId)
      const timeZone = schedule && (await this.#o.zoneOf(providerId))
      if (!schedule || !timeZone) {
        // The account was deleted meanwhile, perhaps before it could see what was opened here.
        for (const { ids, ruleRev } of done.ids) await this.#o.slots.withdrawRuled(ids, ruleRev)
        return done
      }
      if (await this.#follow(schedule, timeZone, also, done)) return done
    }
    return done
  }

  /** False where the rule is another one by now. */
  async #follow(
    schedule: ScheduleDoc,
    timeZone: string,
    also: readonly string[],
    done: Done,
  ): Promise<boolean> {
    const { _id: providerId, ruleRev } = schedule
    const { through } = this.#reachOf(schedule, timeZone)
    const days = this.#daysOf(schedule, timeZone, also)
    if (days.length === 0) return true
    const runs = this.#abandoned(schedule).map(({ id }) => id)
    const left = new Map(
      this.#isCurrent(schedule, timeZone) ? schedule.left.map((one) => [one.day, one]) : [],
    )
    let last = through
    for (const chunk of chunksOf(days)) {
      for (let look = 0; look < LOOKS; look++) {
        for (const day of chunk) left.delete(day)
        const plan = await this.#plan(providerId, schedule, chunk, timeZone, through)
        for (const day of plan.left) left.set(day.day, day)
        if (plan.opens.length + plan.withdraws.length === 0) break
        if (!(await this.#o.lists.hasRoom(providerId, plan.opens))) {
          const first = chunk[0] ?? through
          last = addDays(first, -1)
          this.#o.onFull(providerId, last)
          plan.opens = []
          if (plan.withdraws.length === 0) break
        }
        const run = { id: this.#o.newId(), from: chunk[0] ?? '', to: chunk.at(-1) ?? '', at: this.#now() }
        if (!(await this.#o.schedules.begin(schedule, run))) return false
        runs.push(run.id)
        if (plan.opens.length > 0) {
          const { opened, ids } = await this.#o.slots.open(providerId, plan.opens, { by: 'rule', ruleRev })
          done.opened += opened
          done.ids.push({ ids, ruleRev })
        }
        if (plan.withdraws.length > 0)
          done.withdrawn += await this.#o.slots.withdrawRuled(plan.withdraws, ruleRev)
      }
      if (last < through) break
    }
    const made: MadeStamp = { ruleRev, timeZone, tz: this.#o.tz, through: last }
    const leftNow = [...left.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
    if (!(await this.#o.schedules.finish(schedule, { made, left: leftNow, runs }))) return false
    if (String(outsideIn(leftNow)) !== String(outsideIn(schedule.left))) await this.#o.announce(providerId)
    return true
  }

  /** The days that have to be looked at, in order. */
  #daysOf(schedule: ScheduleDoc, timeZone: string, also: readonly string[]): string[] {
    const { today, through } = this.#reachOf(schedule, timeZone)
    if (!this.#isCurrent(schedule, timeZone)) return daysBetween(today, lastOf(through, schedule))
    const made = schedule.made?.through ?? today
    const days = new Set(also)
    if (made < through) for (const day of daysBetween(addDays(made, 1), through)) days.add(day)
    for (const run of this.#abandoned(schedule)) {
      for (const day of daysBetween(run.from, run.to)) days.add(day)
    }
    return [...days].filter((day) => day >= today).sort()
  }

  /** Whether the open slots of the days that are done follow the hours as they are now. */
  #isCurrent({ made, ruleRev }: ScheduleDoc, timeZone: string): boolean {
    return made?.ruleRev === ruleRev && made.timeZone === timeZone && made.tz === this.#o.tz
  }

  #abandoned({ runs }: ScheduleDoc) {
    const before = this.#o.clock.now() - ABANDONED_MS
    return runs.filter(({ at }) => at.getTime() < before)
  }

  #reachOf({ horizonDays }: { horizonDays: number }, timeZone: string): { today: string; through: string } {
    const today = dayIn(timeZone, this.#o.clock.now())
    return { today, through: addDays(today, horizonDays) }
  }

  async #plan(
    providerId: string,
    hours: Hours,
    days: readonly string[],
    timeZone: string,
    through: string,
  ): Promise<DaysPlan> {
    const [first, last] = [days[0], days.at(-1)]
    if (first === undefined || last === undefined) return { opens: [], withdraws: [], left: [] }
    const wanted = new Map(
      days.map((day) => [day, day <= through ? workingDay(hours, day, timeZone).starts : []]),
    )
    const span = { from: endOfDay(addDays(first, -1), timeZone), to: endOfDay(last, timeZone) }
    const dayOf = (start: number) => dayIn(timeZone, start)
    const slots = (await this.#o.lists.forSchedule(providerId, span)).filter(({ start }) =>
      wanted.has(dayOf(start.getTime())),
    )
    return planOf({ hours, wanted, slots, dayOf, now: this.#o.clock.now() })
  }

  #now(): Date {
    return new Date(this.#o.clock.now())
  }
}

/** Rules that reached further have opened slots there; a day more, for another zone ends its days at other times. */
function lastOf(through: string, before: ScheduleDoc): string {
  const made = before.made?.through ?? through
  return addDays(made > through ? made : through, 1)
}

/** Days in order, some at a time. */
function* chunksOf(days: readonly string[]): Generator<string[]> {
  for (let at = 0; at < days.length; at += CHUNK_DAYS) yield days.slice(at, at + CHUNK_DAYS)
}
