import { type Static, Type } from 'typebox'
import { ClientName, InstantOut, listOf, ReservationStatus } from './common.js'

export const NewReservation = Type.Object(
  { slotId: Type.String({ minLength: 1, maxLength: 80 }) },
  { additionalProperties: false },
)
export type NewReservation = Static<typeof NewReservation>

export const Reservation = Type.Object({
  id: Type.String(),
  slotId: Type.String(),
  providerId: Type.String(),
  clientId: Type.String(),
  start: InstantOut,
  end: InstantOut,
  status: ReservationStatus,
  heldAt: InstantOut,
  expiresAt: Type.Optional(InstantOut),
  expiresInSeconds: Type.Optional(Type.Integer()),
  confirmedAt: Type.Optional(InstantOut),
  endedAt: Type.Optional(InstantOut),
  rev: Type.Integer(),
  client: Type.Optional(ClientName),
})
export type Reservation = Static<typeof Reservation>

export const ReservationList = listOf(Reservation)
