/**
 * The schemas that OpenAPI lists by name, so that a client generator makes one type of each. Names are those of the
 * exports. A schema is a component when it is an object, a union or an enumeration; a plain string or number stays where
 * it is used, because there its example and description are shown.
 */
import type { TSchema } from 'typebox'
import * as accounts from './accounts.js'
import * as availability from './availability.js'
import * as common from './common.js'
import * as deliveries from './deliveries.js'
import * as grants from './grants.js'
import * as operations from './operations.js'
import * as policies from './policies.js'
import * as profiles from './profiles.js'
import * as reservations from './reservations.js'
import * as services from './services.js'
import * as slots from './slots.js'
import * as waits from './waits.js'
import * as webhooks from './webhooks.js'

const exported: Record<string, unknown> = {
  ...accounts,
  ...availability,
  ...common,
  ...deliveries,
  ...grants,
  ...operations,
  ...policies,
  ...profiles,
  ...reservations,
  ...services,
  ...slots,
  ...waits,
  ...webhooks,
}

export const components: ReadonlyMap<string, TSchema> = new Map(
  Object.entries(exported).flatMap(([name, value]) => (isComponent(value) ? [[name, value] as const] : [])),
)

function isComponent(value: unknown): value is TSchema {
  if (typeof value !== 'object' || value === null) return false
  return ('type' in value && value.type === 'object') || 'anyOf' in value || 'enum' in value
}
