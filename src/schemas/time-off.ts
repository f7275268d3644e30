import { type Static, Type } from 'typebox'
import { Day, InstantOut } from './common.js'
import { EndNote, Reservation } from './reservations.js'
import { NewException, ScheduleException } from './schedule.js'

const days = {
  from: { ...Day, description: 'The first day off' },
  to: { ...Day, description: 'The last day off' },
}

export const NewTimeOff = Type.Object(
  {
    ...days,
    reason: NewException.properties.reason,
    note: EndNote.anyOf[0].properties.note,
    bookings: Type.Optional(
      Type.Enum(['keep', 'cancel'], {
        default: 'keep',
        description: 'What becomes of bookings on these days that are not in `moves`',
      }),
    ),
    moves: Type.Optional(
      Type.Array(
        Type.Object(
          {
            reservationId: Type.String({ minLength: 1, maxLength: 80 }),
            slotId: Type.String({ minLength: 1, maxLength: 80, description: 'On another day' }),
          },
          { additionalProperties: false },
        ),
        { maxItems: 200 },
      ),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ from: '2027-08-13', to: '2027-08-13', reason: 'Conference', bookings: 'cancel' }],
  },
)
export type NewTimeOff = Static<typeof NewTimeOff>

export const TimeOff = Type.Object({
  exception: ScheduleException,
  withdrawn: Type.Integer({ description: 'Slots that were open' }),
  moved: Type.Array(Reservation),
  cancelled: Type.Array(Type.String(), { description: 'Ids of bookings' }),
  released: Type.Array(Type.String(), {
    description: 'Ids of holds, which are given back unless they are moved',
  }),
  kept: Type.Array(Reservation, {
    description: 'Booked on these days still: what is to stay, and what could not be moved',
  }),
  failed: Type.Array(
    Type.Object({ reservationId: Type.String(), code: Type.String(), title: Type.String() }),
    { description: 'Stays as it is; `code` as in a problem' },
  ),
})
export type TimeOff = Static<typeof TimeOff>

export const TimeOffPreview = Type.Object({
  ...days,
  withdraws: Type.Integer({ description: 'Open slots that would be withdrawn' }),
  holds: Type.Integer({ description: 'Holds that would be given back' }),
  affected: Type.Array(
    Type.Object({
      reservation: Reservation,
      offers: Type.Array(Type.Object({ slotId: Type.String(), start: InstantOut, end: InstantOut }), {
        description:
          'At most three starts on other days at which it fits, the nearest first. The first offers of all of them can be taken together.',
      }),
    }),
    { description: 'Bookings on these days, by start' },
  ),
})
export type TimeOffPreview = Static<typeof TimeOffPreview>
