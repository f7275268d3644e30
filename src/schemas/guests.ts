import { type Static, Type } from 'typebox'
import { Email, Language, PersonName, TimeZone } from './common.js'
import { NewReservation, Reservation } from './reservations.js'

export const NewGuest = Type.Object(
  {
    name: PersonName,
    email: Email,
    timeZone: TimeZone,
    language: Type.Optional(Language),
    ...NewReservation.properties,
  },
  { additionalProperties: false },
)
export type NewGuest = Static<typeof NewGuest>

export const GuestHold = Type.Object({
  ...Reservation.properties,
  token: Type.String({ description: 'Bearer token of this one reservation, until it starts' }),
})
export type GuestHold = Static<typeof GuestHold>
