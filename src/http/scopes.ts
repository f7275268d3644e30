/**
 * What an API key may do. A key is of an account and never more than it: a route asks for the role first, then for the
 * scope that stands here. A route without a row is for nobody with a key, and a test fails until it has one.
 */
import type { Static } from 'typebox'
import type { Role } from '../schemas/common.js'
import type { Scope as ScopeSchema } from '../schemas/grants.js'
import type { Caller } from './caller.js'

export type Scope = Static<typeof ScopeSchema>

/** One scope, one for each role, or null: for whoever signed in with the password alone. */
type Need = Scope | Record<Role, Scope> | null

/** A client changes its own reservations, a provider those in its calendar. */
const BOOKING = { client: 'book', provider: 'calendar' } as const

/** Every route that is not open, by method and pattern. */
export const needs: Readonly<Record<string, Need>> = {
  'GET /v1/me': 'read',
  'PATCH /v1/me': null,
  'DELETE /v1/me': null,
  'POST /v1/me/email-check': null,
  'GET /v1/me/export': null,
  'GET /v1/me/sessions': null,
  'DELETE /v1/me/sessions': null,
  'DELETE /v1/me/sessions/:id': null,
  'POST /v1/keys': null,
  'GET /v1/keys': null,
  'DELETE /v1/keys': null,
  'DELETE /v1/keys/:id': null,
  // The address of a feed would outlive the key that made it.
  'POST /v1/feeds': null,
  'GET /v1/feeds': null,
  'DELETE /v1/feeds/:id': null,
  'GET /v1/providers': 'read',
  'GET /v1/providers/:id': 'read',
  'GET /v1/providers/:id/profile': 'read',
  'PATCH /v1/providers/:id/profile': null,
  'GET /v1/providers/:id/picture': 'read',
  'PUT /v1/providers/:id/picture': null,
  'DELETE /v1/providers/:id/picture': null,
  'POST /v1/providers/:id/availability': 'calendar',
  'GET /v1/providers/:id/availability': 'read',
  'DELETE /v1/providers/:id/availability': 'calendar',
  'GET /v1/providers/:id/policies': 'read',
  'PATCH /v1/providers/:id/policies': 'calendar',
  'GET /v1/providers/:id/schedule': 'read',
  'PUT /v1/providers/:id/schedule': 'calendar',
  'GET /v1/providers/:id/exceptions': 'read',
  'POST /v1/providers/:id/exceptions': 'calendar',
  'POST /v1/providers/:id/exceptions/import': 'calendar',
  'DELETE /v1/providers/:id/exceptions/:exceptionId': 'calendar',
  'POST /v1/providers/:id/time-off': 'calendar',
  'GET /v1/providers/:id/services': 'read',
  'POST /v1/providers/:id/services': 'calendar',
  'GET /v1/providers/:id/services/:serviceId': 'read',
  'PATCH /v1/providers/:id/services/:serviceId': 'calendar',
  'DELETE /v1/providers/:id/services/:serviceId': 'calendar',
  'POST /v1/providers/:id/reservations': 'calendar',
  'GET /v1/slots': 'read',
  'POST /v1/reservations': 'book',
  'GET /v1/reservations': 'read',
  'GET /v1/reservations/:id': 'read',
  'GET /v1/reservations/:id/calendar.ics': 'read',
  'POST /v1/reservations/:id/confirm': BOOKING,
  'POST /v1/reservations/:id/move': BOOKING,
  'POST /v1/reservations/:id/extend': BOOKING,
  'PATCH /v1/reservations/:id': 'calendar',
  'DELETE /v1/reservations/:id': BOOKING,
  'DELETE /v1/reservations/:id/person': 'calendar',
  'GET /v1/deliveries': 'read',
  'POST /v1/waits': 'book',
  'GET /v1/waits': 'read',
  'GET /v1/waits/:id': 'read',
  'DELETE /v1/waits/:id': 'book',
  'GET /v1/webhooks': 'webhooks',
  'POST /v1/webhooks': 'webhooks',
  'GET /v1/webhooks/:id': 'webhooks',
  'PATCH /v1/webhooks/:id': 'webhooks',
  'DELETE /v1/webhooks/:id': 'webhooks',
  'POST /v1/webhooks/:id/secret': 'webhooks',
  'POST /v1/webhooks/:id/test': 'webhooks',
  'GET /v1/webhooks/:id/deliveries': 'webhooks',
  'POST /v1/webhooks/:id/replay': 'webhooks',
}

/** The scopes with which a key reaches a route, whatever its role; none where no key does. */
export function scopesOf(method: string, url: string): Scope[] {
  const need = needOf(method, url)
  return need === null ? [] : typeof need === 'string' ? [need] : [...new Set(Object.values(need))]
}

/** Why a key does not reach a route; null where it does, and for whoever comes without a key. */
export function missingScope(
  { key, role }: Pick<Caller, 'key' | 'role'>,
  method: string,
  url: string,
): string | null {
  if (!key) return null
  const need = needOf(method, url)
  if (need === null) return 'No API key reaches this; sign in with the password.'
  const scope = typeof need === 'string' ? need : need[role]
  return key.scopes.includes(scope) ? null : `This needs an API key with the scope \`${scope}\`.`
}

function needOf(method: string, url: string): Need {
  return needs[`${method === 'HEAD' ? 'GET' : method} ${url}`] ?? null
}
