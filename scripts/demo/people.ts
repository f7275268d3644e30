/** The people of the demo: practices that publish a week, and those who browse, hold, confirm, move, give back and forget. */
import { setTimeout as pause } from 'node:timers/promises'
import { Temporal } from 'temporal-polyfill'
import type { PublicSlot } from '../../src/schemas/common.js'
import type { Profile } from '../../src/schemas/profiles.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import type { Service } from '../../src/schemas/services.js'

export interface Person {
  id: string
  name: string
  email: string
  token: string
}

export interface Practice extends Person {
  timeZone: string
  /** Of its page. */
  link: string
  /** Of three slots. */
  visit: Pick<Service, 'id' | 'name'>
}

export interface Booker extends Person {
  /** How likely it is, after a hold, to confirm it, to give it back; else it is forgotten. */
  habits: { confirms: number; givesBack: number }
}

export interface Deed {
  who: string
  did: string
  slot: PublicSlot
  practice: Practice
  answer: string
}

export const PASSWORD = 'a password for the demo'
const PRACTICES = [
  {
    name: 'Harbour Dental',
    timeZone: 'Europe/Lisbon',
    face: {
      title: 'Dentists',
      place: 'Lisbon, Alcântara',
      address: 'Rua do Porto 1\n1300-001 Lisboa',
      phone: '+351 21 000 00 00',
      text: 'Português, English.\n\nThe entrance is at the back, beside the tram stop.',
    },
  },
  {
    name: 'Elm Street Physio',
    timeZone: 'America/New_York',
    face: {
      title: 'Physiotherapy',
      place: 'Albany, NY',
      text: 'Bring something to move in. There is a ramp at the side door.',
    },
  },
  {
    name: 'Garden Eye Clinic',
    timeZone: 'Asia/Tokyo',
    face: {
      title: 'Eye doctors',
      place: 'Tokyo, Setagaya',
      text: 'You may not be able to drive for two hours after a visit.',
    },
  },
]
const BOOKERS = [
  { name: 'Ana', habits: { confirms: 0.8, givesBack: 0.1 } },
  { name: 'Ben', habits: { confirms: 0.5, givesBack: 0.3 } },
  { name: 'Chi', habits: { confirms: 0.6, givesBack: 0.2 } },
  { name: 'Dev', habits: { confirms: 0.3, givesBack: 0.2 } },
  { name: 'Eli', habits: { confirms: 0, givesBack: 0.1 } },
]
/** Books visits, and moves each. */
const MOVER = 'Fay'

const VISIT = { name: 'First visit', durationMinutes: 45, startsEveryMinutes: 30 }
const DAYS = 7
/** Beyond the notice of a day, in every zone. */
const FIRST_DAY = 2
/** All look at the first free slots of the same three calendars, so they do meet. */
const LOOKED_AT = 5

export async function openCalendars(url: string): Promise<Practice[]> {
  const practices: Practice[] = []
  for (const { name, timeZone, face } of PRACTICES) {
    const person = await register(url, 'provider', name, timeZone)
    const today = Temporal.Now.plainDateISO(timeZone)
    const blocks = Array.from({ length: DAYS }, (_, index) => today.add({ days: FIRST_DAY + index })).flatMap(
      (day) => [
        { day: day.toString(), from: '09:00', to: '12:00' },
        { day: day.toString(), from: '13:00', to: '16:00' },
      ],
    )
    const path = `/v1/providers/${person.id}/availability`
    const { status } = await call(url, person, 'POST', path, { blocks })
    if (status !== 200) throw new Error(`publishing answered ${status}`)
    const offered = await call<Service>(url, person, 'POST', `/v1/providers/${person.id}/services`, VISIT)
    if (offered.status !== 201) throw new Error(`offering a service answered ${offered.status}`)
    practices.push({ ...person, timeZone, visit: offered.body, link: await showFace(url, person, face) })
  }
  return practices
}

/** Says what a practice says of itself; a new account has its link, and that is its first version. */
async function showFace(url: string, person: Person, face: object): Promise<string> {
  const path = `/v1/providers/${person.id}/profile`
  const { status, body } = await call<Profile>(url, person, 'PATCH', path, face, { 'if-match': '"1"' })
  if (status !== 200) throw new Error(`changing a profile answered ${status}`)
  return body.link ?? person.id
}

export async function registerBookers(url: string): Promise<Booker[]> {
  const bookers: Booker[] = []
  for (const { name, habits } of BOOKERS)
    bookers.push({ ...(await register(url, 'client', name, 'Europe/Berlin')), habits })
  return bookers
}

export function registerMover(url: string): Promise<Person> {
  return register(url, 'client', MOVER, 'Europe/Berlin')
}

async function register(url: string, role: string, name: string, timeZone: string): Promise<Person> {
  const email = `${name.toLowerCase().replaceAll(' ', '-')}@example.com`
  const body = { role, email, password: PASSWORD, name, timeZone }
  const answer = await call<{ account: { id: string }; accessToken: string }>(
    url,
    null,
    'POST',
    '/v1/accounts',
    body,
  )
  if (answer.status !== 201) throw new Error(`registering answered ${answer.status}`)
  return { id: answer.body.account.id, name, email, token: answer.body.accessToken }
}

interface Course {
  signal: AbortSignal
  speed: number
  tell: (deed: Deed) => void
}

/** Browses, holds, and then does what this person is like, until it is over. */
export async function liveOn(
  url: string,
  booker: Booker,
  practices: Practice[],
  course: Course,
): Promise<void> {
  const { signal, speed, tell } = course
  const think = (seconds: number) =>
    pause((seconds * 1000 * (0.5 + Math.random())) / speed, undefined, { signal })
  try {
    while (!signal.aborted) {
      await think(2)
      const practice = pick(practices)
      const path = `/v1/slots?providerId=${practice.id}&limit=${LOOKED_AT}`
      const list = await call<{ items: PublicSlot[] }>(url, booker, 'GET', path)
      if (list.status !== 200 || list.body.items.length === 0) continue
      const slot = pick(list.body.items)
      await think(0.5)
      const held = await call<{ id: string; code: string; expiresInSeconds: number }>(
        url,
        booker,
        'POST',
        '/v1/reservations',
        { slotId: slot.id },
      )
      const says = (did: string, answer: string) => tell({ who: booker.name, did, slot, practice, answer })
      if (held.status !== 201) {
        says('wants', `${held.status} ${held.body.code}`)
        continue
      }
      says('holds', `${held.status}, for ${Math.round(held.body.expiresInSeconds)} s`)
      await think(2)
      const mood = Math.random()
      const { confirms, givesBack } = booker.habits
      const reservation = `/v1/reservations/${held.body.id}`
      if (mood < confirms) {
        const confirmed = await call<{ code?: string }>(url, booker, 'POST', `${reservation}/confirm`)
        says('confirms', `${confirmed.status} ${confirmed.body.code ?? ''}`.trim())
      } else if (mood < confirms + givesBack) {
        const { status } = await call(url, booker, 'DELETE', reservation)
        says('gives back', `${status}`)
      } else {
        says('forgets', 'nothing is sent')
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Books a visit, moves it half an hour, which keeps one of its slots, and cancels it; and again, until it is over. */
export async function moveVisits(
  url: string,
  mover: Person,
  practices: Practice[],
  course: Course,
): Promise<void> {
  const { signal, speed, tell } = course
  const think = () => pause(1500 / speed, undefined, { signal })
  try {
    while (!signal.aborted) {
      const practice = pick(practices)
      const path = `/v1/slots?providerId=${practice.id}&serviceId=${practice.visit.id}&limit=${LOOKED_AT}`
      const list = await call<{ items: PublicSlot[] }>(url, mover, 'GET', path)
      const [slot, later] = list.body.items ?? []
      if (!slot || !later) {
        await think()
        continue
      }
      const says = (did: string, at: PublicSlot, { status, body }: Answer) =>
        tell({ who: mover.name, did, slot: at, practice, answer: `${status} ${summaryOf(body)}`.trim() })
      const request = { slotId: slot.id, serviceId: practice.visit.id }
      const held = await call<Said>(url, mover, 'POST', '/v1/reservations', request)
      says('holds 45 min', slot, held)
      await think()
      if (held.status !== 201) continue
      const reservation = `/v1/reservations/${held.body.id}`
      says('confirms', slot, await call<Said>(url, mover, 'POST', `${reservation}/confirm`))
      await think()
      const moved = await call<Said>(url, mover, 'POST', `${reservation}/move`, { slotId: later.id })
      says('moves to', later, moved)
      await think()
      const at = moved.status === 200 ? later : slot
      says('cancels', at, await call<Said>(url, mover, 'DELETE', reservation))
      await think()
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

type Said = Partial<Reservation> & { code?: string }
type Answer = { status: number; body: Said }

function summaryOf({ code, slotIds }: Said): string {
  return code ?? (slotIds ? `${slotIds.length} slots` : '')
}

async function call<Body = unknown>(
  url: string,
  person: Person | null,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Body }> {
  const send = () =>
    fetch(url + path, {
      method,
      headers: {
        ...headers,
        ...(person && { authorization: `Bearer ${person.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  let response = await send()
  if (response.status === 401 && person) {
    // Access tokens live five minutes, and a demo may be left running.
    const signIn = { email: person.email, password: PASSWORD }
    const again = await call<{ accessToken: string }>(url, null, 'POST', '/v1/token', signIn)
    person.token = again.body.accessToken
    response = await send()
  }
  const text = await response.text()
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body }
}

function pick<T>(list: T[]): T {
  const one = list[Math.floor(Math.random() * list.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}
