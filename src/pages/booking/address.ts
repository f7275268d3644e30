/**
 * The address of the booking page carries provider, service, day and zone, and what is being moved, so that a link,
 * back and reload lose nothing. The provider stands there by id or by its readable link.
 */
import { effect, signal } from '@preact/signals'
import { zone } from '../shared/locale.js'
import { isZone, todaysName } from '../shared/time.js'

/** As it stood in the address that was opened. */
export const addressed = decodeURIComponent(location.pathname.split('/')[2] ?? '')

const ID = /^[\da-f]{32}$/
/** Of a readable link the id is known when the provider is; until then it is empty. */
export const providerId = signal(ID.test(addressed) ? addressed : '')

/** As it stands there now: a former link gives way to the one that took its place. */
const shown = signal(addressed)

/** Where the page was opened by an id, that stays. */
export function showLink(link: string | undefined): void {
  if (link !== undefined && !ID.test(addressed)) shown.value = link
}

const DAY = /^\d{4}-\d\d-\d\d$/

function inAddress() {
  const query = new URLSearchParams(location.search)
  const day = query.get('day') ?? ''
  const asked = query.get('zone') ?? ''
  return {
    day: DAY.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) ? day : null,
    serviceId: query.get('service'),
    movingId: query.get('move'),
    zone: isZone(asked) ? todaysName(asked) : null,
  }
}

const first = inAddress()
/** The chosen day, in the reader's zone; null until one is chosen or found. */
export const day = signal(first.day)
/** The chosen service; null until one is. */
export const serviceId = signal(first.serviceId)
/** The reservation that a new time is being chosen for. */
export const movingId = signal(first.movingId)

interface Place {
  day: string | null
  serviceId: string | null
  movingId?: string | null
}

export function addressOf(place: Place, inZone: string): string {
  const query = new URLSearchParams()
  if (place.serviceId !== null) query.set('service', place.serviceId)
  if (place.movingId) query.set('move', place.movingId)
  if (place.day !== null) query.set('day', place.day)
  query.set('zone', inZone)
  return `/book/${encodeURIComponent(shown.value)}?${query.toString().replaceAll('%2F', '/')}`
}

const here = (): Place => ({ day: day.value, serviceId: serviceId.value, movingId: movingId.value })

/** A step that "back" undoes. */
function step(to: Partial<Place>): void {
  history.pushState(null, '', addressOf({ ...here(), ...to }, zone.value))
}

/** A day chosen by hand is a step; one found by the page is not. */
export function chooseDay(chosen: string, byHand: boolean): void {
  if (byHand && chosen !== day.value) step({ day: chosen })
  day.value = chosen
}

export function chooseService(chosen: string | null): void {
  if (chosen !== serviceId.value) step({ serviceId: chosen })
  serviceId.value = chosen
}

export function endMoving(): void {
  movingId.value = null
}

effect(() => {
  const address = addressOf(here(), zone.value)
  if (location.pathname + location.search !== address) history.replaceState(null, '', address)
})

window.addEventListener('popstate', () => {
  const asked = inAddress()
  if (asked.zone !== null) zone.value = asked.zone
  serviceId.value = asked.serviceId
  movingId.value = asked.movingId
  day.value = asked.day ?? day.value
})
