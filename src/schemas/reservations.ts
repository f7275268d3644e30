import { type Static, Type } from 'typebox'
import { outcomes } from '../domain/reservation.js'
import { ClientName, Email, InstantOut, listOf, PersonName, ReservationStatus } from './common.js'

const Phone = Type.String({ format: 'name', minLength: 1, maxLength: 40, examples: ['+49 30 1234567'] })
const Note = Type.String({ format: 'text', minLength: 1, maxLength: 500 })

export const NewReservation = Type.Object(
  {
    slotId: Type.String({ minLength: 1, maxLength: 80 }),
    serviceId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 80,
        description: 'A service of the provider: the appointment takes as many slots as that needs',
      }),
    ),
    phone: Type.Optional(Type.String({ ...Phone, description: 'For the owner of the calendar' })),
    note: Type.Optional(Type.String({ ...Note, description: 'For the owner of the calendar' })),
  },
  { additionalProperties: false },
)
export type NewReservation = Static<typeof NewReservation>

/** Somebody who need not have an account; what is left beside the name is for the owner of the calendar. */
export const BookedPerson = Type.Object(
  {
    name: PersonName,
    email: Type.Optional(Email),
    phone: Type.Optional(Phone),
    note: Type.Optional(Note),
  },
  { additionalProperties: false },
)

/** What a provider books for somebody on the telephone or at the door. */
export const NewBooking = Type.Object(
  {
    slotId: NewReservation.properties.slotId,
    serviceId: NewReservation.properties.serviceId,
    person: BookedPerson,
    status: Type.Enum(['held', 'confirmed']),
    override: Type.Optional(
      Type.Array(Type.Enum(['notice']), {
        maxItems: 1,
        description: 'Rules that are set aside: `notice` books what begins too soon for a client',
      }),
    ),
  },
  { additionalProperties: false },
)
export type NewBooking = Static<typeof NewBooking>

export const NewTime = Type.Object(
  {
    slotId: Type.String({
      ...NewReservation.properties.slotId,
      description: 'The slot that the appointment is to begin with, on the same calendar',
    }),
    serviceId: Type.Optional(
      Type.String({
        ...NewReservation.properties.serviceId,
        description: 'Without it the appointment stays what it was booked as',
      }),
    ),
  },
  { additionalProperties: false },
)
export type NewTime = Static<typeof NewTime>

export const ReservationChanges = Type.Object(
  {
    outcome: Type.Enum([...outcomes], {
      description: 'Whether the client came; by the provider, from the start on',
    }),
  },
  { additionalProperties: false },
)

/** A body need not be sent at all, which reads as null. */
export const EndNote = Type.Union([
  Type.Object(
    { note: Type.Optional(Type.String({ ...Note, description: 'What the other side may read about it' })) },
    { additionalProperties: false },
  ),
  Type.Null(),
])

const Contact = Type.Object(
  {
    phone: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    note: Type.Optional(Type.String()),
    language: Type.Optional(Type.String({ description: 'Of who booked without an account' })),
    timeZone: Type.Optional(Type.String({ description: 'Of who booked without an account' })),
  },
  { description: 'For the owner of the calendar alone' },
)

const AgreedTime = Type.Object(
  {
    timeZone: Type.String(),
    start: Type.String({ examples: ['2027-01-11T09:00'] }),
  },
  {
    description:
      'The local time that was agreed, where the clock of the provider shows another one at `start` by now: it took another zone, or the rules of its zone have changed',
  },
)

export const Reservation = Type.Object({
  id: Type.String(),
  slotId: Type.String({ description: 'The slot that the appointment begins with' }),
  slotIds: Type.Array(Type.String(), { description: 'The slots of the appointment, in their order' }),
  providerId: Type.String(),
  clientId: Type.String(),
  start: InstantOut,
  end: InstantOut,
  durationMinutes: Type.Integer(),
  serviceId: Type.Optional(Type.String()),
  serviceName: Type.Optional(Type.String({ description: 'As it was when it was booked' })),
  status: ReservationStatus,
  seq: Type.Integer({ description: 'How often the appointment has changed: moved, confirmed, ended' }),
  heldAt: InstantOut,
  expiresAt: Type.Optional(InstantOut),
  expiresInSeconds: Type.Optional(Type.Integer()),
  confirmedAt: Type.Optional(InstantOut),
  cancelUntil: Type.Optional({
    ...InstantOut,
    description: 'Of a booking with a cut-off: its client may cancel it until then',
  }),
  moveUntil: Type.Optional({
    ...InstantOut,
    description: 'Of a booking with a cut-off: its client may move it until then',
  }),
  endedAt: Type.Optional(InstantOut),
  reason: Type.Optional(Type.Literal('replaced', { description: 'A newer booking took its place' })),
  cancelledBy: Type.Optional(Type.Enum(['client', 'provider'])),
  note: Type.Optional(Type.String({ description: 'What whoever ended it had to say' })),
  outcome: Type.Optional(Type.Enum([...outcomes])),
  rev: Type.Integer(),
  waitId: Type.Optional(
    Type.String({ description: 'It began as an offer to somebody on the waiting list: the id of that wait' }),
  ),
  wallTimeWas: Type.Optional(AgreedTime),
  client: Type.Optional(ClientName),
  contact: Type.Optional(Contact),
  bufferSlotIds: Type.Optional(
    Type.Array(Type.String(), { description: 'Slots before and after it that nobody else may book' }),
  ),
})
export type Reservation = Static<typeof Reservation>

export const ReservationList = listOf(Reservation)
