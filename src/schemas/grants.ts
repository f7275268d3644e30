/** API keys and calendar feeds, as their account sees them. */
import { type Static, Type } from 'typebox'
import { Id, InstantIn, InstantOut, listOf } from './common.js'

export const Scope = Type.Enum(['read', 'book', 'calendar', 'webhooks'], {
  description:
    '`read`: what belongs to the account, and the live channel; `book`: reservations and waits of a client; `calendar`: availability, hours, services, policies, time off, outcomes and bookings of a provider; `webhooks`: /v1/webhooks',
})

export const NewKey = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 60,
      pattern: '\\S',
      description: 'By which its owner knows it',
      examples: ['Practice software'],
    }),
    scopes: Type.Array(Scope, { minItems: 1, maxItems: 4, uniqueItems: true, examples: [['read']] }),
    expiresAt: Type.Optional(InstantIn),
  },
  { additionalProperties: false },
)
export type NewKey = Static<typeof NewKey>

/** A key without what could be used. */
export const ApiKey = Type.Object({
  id: Id,
  name: Type.String(),
  scopes: Type.Array(Scope),
  hint: Type.String({ description: 'Its last four characters' }),
  createdAt: InstantOut,
  expiresAt: Type.Optional(InstantOut),
  lastUsedAt: Type.Optional({ ...InstantOut, description: 'RFC 3339, UTC; to a minute' }),
})
export type ApiKey = Static<typeof ApiKey>

export const CreatedKey = Type.Object({
  ...ApiKey.properties,
  key: Type.String({ description: 'Sent as `Authorization: Bearer`; it is shown this once' }),
})
export type CreatedKey = Static<typeof CreatedKey>

export const ApiKeyList = listOf(ApiKey)

/** A body need not be sent at all, which reads as null. */
export const NewFeed = Type.Union([Type.Object({}, { additionalProperties: false }), Type.Null()])

/** A feed without its address. */
export const Feed = Type.Object({
  id: Id,
  hint: Type.String({ description: 'The last four characters of its secret' }),
  createdAt: InstantOut,
  lastUsedAt: ApiKey.properties.lastUsedAt,
})
export type Feed = Static<typeof Feed>

export const CreatedFeed = Type.Object({
  ...Feed.properties,
  url: Type.String({ description: 'For a calendar to subscribe to; it is shown this once' }),
})
export type CreatedFeed = Static<typeof CreatedFeed>

export const FeedList = listOf(Feed)
