/** When a provider works: weekly hours, and days that differ from them. Times are those on the provider's clock. */

export interface HoursSpan {
  /** HH:MM */
  from: string
  /** HH:MM; 24:00 is the end of the day. */
  to: string
}

export interface WeeklySpan extends HoursSpan {
  /** 1 is Monday, 7 is Sunday. */
  weekday: number
}

/** From one day to another, both included. */
export interface ScheduleException {
  id: string
  from: string
  to: string
  /** Nothing is offered on these days. */
  closed?: true
  /** The hours of these days, instead of the weekly ones. */
  blocks?: HoursSpan[]
  reason?: string
}

export interface Hours {
  weekly: readonly WeeklySpan[]
  /** The first and the last day with the weekly hours. */
  validFrom?: string
  validTo?: string
  exceptions: readonly Omit<ScheduleException, 'id'>[]
}

/** `HH:MM` in minutes since midnight. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** `HH:MM` of minutes since midnight. */
export function timeOfDay(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

export function isCovered({ from, to }: { from: string; to: string }, day: string): boolean {
  return from <= day && day <= to
}

/** Whether an exception says that nothing is offered on that day. */
export function isClosed({ exceptions }: Pick<Hours, 'exceptions'>, day: string): boolean {
  return exceptions.some((exception) => exception.closed === true && isCovered(exception, day))
}

/** The hours of a day in minutes since midnight, in order; what overlaps or touches is one. */
export function spansOn(hours: Hours, day: string, weekday: number): { from: number; to: number }[] {
  const covering = hours.exceptions.filter((exception) => isCovered(exception, day))
  if (covering.some(({ closed }) => closed === true)) return []
  if (covering.length > 0) return joined(covering.flatMap(({ blocks = [] }) => blocks))
  const { validFrom = day, validTo = day } = hours
  if (!isCovered({ from: validFrom, to: validTo }, day)) return []
  return joined(hours.weekly.filter((span) => span.weekday === weekday))
}

function joined(spans: readonly HoursSpan[]): { from: number; to: number }[] {
  const sorted = spans
    .map(({ from, to }) => ({ from: minutesOf(from), to: minutesOf(to) }))
    .sort((a, b) => a.from - b.from)
  const result: { from: number; to: number }[] = []
  for (const span of sorted) {
    const last = result.at(-1)
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else result.push(span)
  }
  return result
}
