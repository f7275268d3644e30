import { type Static, type TSchema, Type } from 'typebox'

const fields = {
  noticeSeconds: Type.Integer({
    minimum: 0,
    maximum: 31_536_000,
    description: 'How long before its start a slot stops being bookable',
  }),
  maxAheadDays: Type.Integer({
    minimum: 0,
    maximum: 36_500,
    description: 'Slots further ahead than so many times 24 hours are not bookable yet; 0 has no limit',
  }),
  maxUpcomingBookings: Type.Integer({
    minimum: 0,
    maximum: 10_000,
    description: 'Bookings ahead that one client may have with the provider; 0 has no limit',
  }),
  offerMinutes: Type.Integer({
    minimum: 5,
    maximum: 120,
    description:
      'How long a time that came free is kept for somebody on the waiting list; at night it lasts until so long after eight in the morning',
  }),
}

/** As they are in force: what the provider has not set itself is as the settings of the server say. */
export const ProviderPolicies = Type.Object({ ...fields, rev: Type.Integer() })
export type ProviderPolicies = Static<typeof ProviderPolicies>

const orNull = <T extends TSchema>(field: T) => Type.Optional(Type.Union([field, Type.Null()]))

export const PolicyChanges = Type.Object(
  {
    noticeSeconds: orNull(fields.noticeSeconds),
    maxAheadDays: orNull(fields.maxAheadDays),
    maxUpcomingBookings: orNull(fields.maxUpcomingBookings),
    offerMinutes: orNull(fields.offerMinutes),
  },
  {
    additionalProperties: false,
    description: 'Null takes a field back to what the settings of the server say',
  },
)
export type PolicyChanges = Static<typeof PolicyChanges>
