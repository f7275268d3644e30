/** Weekly hours as tests set and look at them. */

import type { Static } from 'typebox'
import { dayIn } from '../../src/availability/days.js'
import { addDays } from '../../src/domain/days.js'
import type { HoursSpan } from '../../src/domain/schedule.js'
import type { CalendarSlot as CalendarSlotSchema } from '../../src/schemas/availability.js'
import type { NewException, NewSchedule, Schedule, SetSchedule } from '../../src/schemas/schedule.js'
import type { Answer, SignedIn, TestServer } from './servers.js'

type Server = Pick<TestServer, 'call'>
export type Coded = { code: string }
export type CalendarSlot = Static<typeof CalendarSlotSchema>

export const MORNING: HoursSpan = { from: '09:00', to: '12:00' }

/** The same hours from Monday to Sunday. */
export function everyDay(...spans: HoursSpan[]): NewSchedule['weekly'] {
  return [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) => spans.map((span) => ({ weekday, ...span })))
}

export function getSchedule(server: Server, { id, token }: SignedIn): Promise<Answer<Schedule & Coded>> {
  return server.call('GET', `/v1/providers/${id}/schedule`, { token })
}

/** By default as a change of the version that is there. */
export async function setSchedule(
  server: Server,
  provider: SignedIn,
  body: NewSchedule,
  ifMatch?: string | null,
): Promise<Answer<SetSchedule & Coded>> {
  const tag = ifMatch === undefined ? (await getSchedule(server, provider)).headers.get('etag') : ifMatch
  return server.call('PUT', `/v1/providers/${provider.id}/schedule`, {
    token: provider.token,
    body,
    ...(tag !== null && { headers: { 'if-match': tag } }),
  })
}

export function addException<Body>(
  server: Server,
  { id, token }: SignedIn,
  body: NewException,
  query = '',
): Promise<Answer<Body & Coded>> {
  return server.call('POST', `/v1/providers/${id}/exceptions${query}`, { token, body })
}

/** A day of the provider, counted from today. */
export function dayAhead(server: Pick<TestServer, 'app'>, days: number, timeZone = 'Europe/Berlin'): string {
  return addDays(dayIn(timeZone, server.app.clock.now()), days)
}

/** All slots of the own calendar from a day to another, both included. */
export async function calendarOf(
  server: Server,
  { id, token }: Pick<SignedIn, 'id' | 'token'>,
  from: string,
  to = from,
): Promise<CalendarSlot[]> {
  const items: CalendarSlot[] = []
  const [first, last] = [`${from}T00:00:00Z`, `${addDays(to, 1)}T00:00:00Z`]
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Answer<{ items: CalendarSlot[]; nextCursor: string | null }> = await server.call(
      'GET',
      `/v1/providers/${id}/availability?from=${first}&to=${last}&limit=200${cursor && `&cursor=${cursor}`}`,
      { token },
    )
    if (page.status !== 200) throw new Error(`the calendar answered ${page.status}`)
    items.push(...page.body.items)
    cursor = page.body.nextCursor
  }
  return items
}

export function openStarts(slots: readonly CalendarSlot[]): string[] {
  return slots.filter(({ state }) => state === 'open').map(({ start }) => start)
}
