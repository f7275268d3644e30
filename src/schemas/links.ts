import { type Static, Type } from 'typebox'
import { linkPurposes } from '../domain/link-purposes.js'
import { Reservation } from './reservations.js'
import { Wait } from './waits.js'

export const LinkParams = Type.Object({
  token: Type.String({ minLength: 1, maxLength: 200, description: 'Out of a mail' }),
})

export const LinkQuery = Type.Object({
  day: Type.Optional(
    Type.String({ maxLength: 10, description: 'Whose free times the page lists, where it moves' }),
  ),
  ask: Type.Optional(
    Type.Enum(['cancel'], { description: 'What the page asks about, where it moves or cancels' }),
  ),
})

/** A body need not be sent at all, which reads as null. */
export const LinkUse = Type.Union([
  Type.Object(
    {
      slotId: Type.Optional(Type.String({ maxLength: 80, description: 'Where a booking moves to' })),
      password: Type.Optional(
        Type.String({ maxLength: 2_000, description: 'The new one, of 8 to 200 characters' }),
      ),
      do: Type.Optional(Type.Enum(['cancel'], { description: 'Where a link moves or cancels' })),
    },
    { additionalProperties: false },
  ),
  Type.Null(),
])
export type LinkUse = Static<typeof LinkUse>

export const LinkState = Type.Object({
  purpose: Type.Enum([...linkPurposes]),
  used: Type.Boolean(),
  reservation: Type.Optional(Reservation),
  wait: Type.Optional(Wait),
})
export type LinkState = Static<typeof LinkState>
