/** The one hold of a reader who books without an account: kept for this tab, with the token that reads and gives it back. */
import { signal } from '@preact/signals'
import type { GuestHold } from '../../schemas/guests.js'
import type { Reservation } from '../../schemas/reservations.js'
import { ask, askUntilKnown, type Refused, randomKey } from '../shared/api.js'
import { language } from '../shared/language.js'
import { browserZone } from '../shared/locale.js'

const KEY = 'slotcast.guest'

export interface KeptHold extends GuestHold {
  /** Where the mail went. */
  email: string
  /** By the reader, here. */
  givenBack?: boolean
}

function read(): KeptHold | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as KeptHold | null
  } catch {
    return null
  }
}

export const guestHold = signal<KeptHold | null>(read())

function keep(hold: KeptHold | null): void {
  guestHold.value = hold
  if (hold === null) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, JSON.stringify(hold))
}

/** Under one key, so that an answer that got lost is asked for again. */
export async function holdAsGuest(
  slot: { id: string },
  serviceId: string | undefined,
  person: { name: string; email: string },
): Promise<Refused | null> {
  const answer = await askUntilKnown<GuestHold>('/v1/guests', {
    method: 'POST',
    key: randomKey(),
    body: {
      ...person,
      slotId: slot.id,
      timeZone: browserZone,
      language: language.value,
      ...(serviceId !== undefined && { serviceId }),
    },
  })
  if (!answer.ok) return answer.problem
  keep({ ...answer.data, email: person.email })
  return null
}

/** What has become of it; asked when something happened to its slot, and when its time is over. */
export async function lookAgain(): Promise<void> {
  const hold = guestHold.value
  if (hold === null) return
  const { id, token } = hold
  const answer = await ask<Reservation>(`/v1/reservations/${id}`, { token })
  const present = guestHold.value
  if (present?.id !== id) return
  const { email, givenBack = false } = present
  if (answer.ok) keep({ ...answer.data, token, email, givenBack })
  // An account of its owner has taken it over, or it is long over.
  else if (answer.problem.code === 'not_found' || answer.problem.code === 'unauthenticated') keep(null)
}

export async function giveBackAsGuest(): Promise<Refused | null> {
  const hold = guestHold.value
  if (hold === null) return null
  // Its slot tells of it before the answer does.
  keep({ ...hold, givenBack: true })
  const answer = await ask(`/v1/reservations/${hold.id}`, { method: 'DELETE', token: hold.token })
  if (!answer.ok) {
    keep(hold)
    return answer.problem
  }
  keep({ ...hold, status: 'released', givenBack: true })
  return null
}

export function putGuestAway(): void {
  keep(null)
}
