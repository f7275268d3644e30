/** The address of the booking page carries provider, day and zone, so that a link, back and reload lose nothing. */
import { effect, signal } from '@preact/signals'
import { zone } from '../shared/locale.js'
import { isZone, todaysName } from '../shared/time.js'

export const providerId = decodeURIComponent(location.pathname.split('/')[2] ?? '')

const DAY = /^\d{4}-\d\d-\d\d$/

function dayInAddress(): string | null {
  const day = new URLSearchParams(location.search).get('day') ?? ''
  return DAY.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) ? day : null
}

/** The chosen day, in the reader's zone; null until one is chosen or found. */
export const day = signal(dayInAddress())

export function addressOf(chosen: string | null, inZone: string): string {
  const query = new URLSearchParams()
  if (chosen !== null) query.set('day', chosen)
  query.set('zone', inZone)
  return `/book/${encodeURIComponent(providerId)}?${query.toString().replaceAll('%2F', '/')}`
}

/** A day chosen by hand is a step that "back" undoes; one found by the page is not. */
export function chooseDay(chosen: string, byHand: boolean): void {
  if (byHand && chosen !== day.value) history.pushState(null, '', addressOf(chosen, zone.value))
  day.value = chosen
}

effect(() => {
  const address = addressOf(day.value, zone.value)
  if (location.pathname + location.search !== address) history.replaceState(null, '', address)
})

window.addEventListener('popstate', () => {
  const asked = new URLSearchParams(location.search).get('zone')
  if (asked !== null && isZone(asked)) zone.value = todaysName(asked)
  day.value = dayInAddress() ?? day.value
})
