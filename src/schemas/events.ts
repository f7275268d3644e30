import { type Static, Type } from 'typebox'
import type { SlotEventName } from '../domain/event-names.js'
import {
  ChainPart,
  ClientName,
  Id,
  InstantIn,
  InstantOut,
  OwnSlot,
  ReleaseReason,
  ReservationStatus,
  Rules,
  SlotState,
  WaitStateName,
} from './common.js'

/** What a viewer may send. The same payloads on both transports; the raw socket adds `type` and `ref`. */
export const WatchProvider = Type.Object(
  {
    providerId: Id,
    serviceId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 80,
        description: 'The picture has only the starts at which this service of the provider fits whole',
      }),
    ),
    from: Type.Optional(InstantIn),
    to: Type.Optional(InstantIn),
  },
  { additionalProperties: false },
)
export const WatchAll = Type.Object({ all: Type.Literal(true) }, { additionalProperties: false })
export const Watch = Type.Union([WatchProvider, WatchAll])
export type Watch = Static<typeof Watch>

export const Unwatch = Type.Union([
  Type.Object({ providerId: Id }, { additionalProperties: false }),
  WatchAll,
])
export type Unwatch = Static<typeof Unwatch>

export const Auth = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 4096 }) },
  { additionalProperties: false },
)
export type Auth = Static<typeof Auth>

export const SlotEvent = Type.Object({
  n: Type.Integer({
    description: 'Consecutive for each provider on this instance; a hole means: watch again',
  }),
  slotId: Type.String(),
  providerId: Type.String(),
  start: InstantOut,
  end: InstantOut,
  state: SlotState,
  rev: Type.Integer(),
  at: { ...InstantOut, description: 'When it was decided; the same for all slots of an appointment' },
  expiresAt: Type.Optional(InstantOut),
  reason: Type.Optional(ReleaseReason),
  seq: Type.Optional(Type.Integer({ description: 'As n, over all providers, for viewers of all' })),
  reservation: Type.Optional(
    Type.Object(
      {
        id: Type.String(),
        client: ClientName,
        waitId: Type.Optional(
          Type.String({ description: 'It is, or began as, an offer to somebody on the waiting list' }),
        ),
        ...ChainPart,
      },
      { description: 'Only to the own sockets of the provider' },
    ),
  ),
})
export type SlotEvent = Static<typeof SlotEvent>

/** The time, and how much of what is said beside it may have changed. */
const moment = {
  serverTime: InstantOut,
  ageSeconds: Type.Optional(
    Type.Integer({
      description: 'Only while the database is not heard: for how long, so how old the picture may be',
    }),
  ),
}

export const Picture = Type.Object({
  providerId: Type.String(),
  ...moment,
  n: Type.Integer(),
  from: InstantOut,
  to: InstantOut,
  rules: Rules,
  service: Type.Optional(
    Type.Object(
      { id: Type.String(), rev: Type.Integer() },
      { description: 'Of a watch by service: slots are only the starts at which it fits' },
    ),
  ),
  slots: Type.Array(OwnSlot, { description: 'reservation only to the own sockets of the provider' }),
})
export type Picture = Static<typeof Picture>

export const ReservationEvent = Type.Object({
  id: Type.String(),
  slotId: Type.String({ description: 'The slot that the appointment begins with; another one after a move' }),
  status: ReservationStatus,
  expiresAt: Type.Optional(InstantOut),
  reason: Type.Optional(ReleaseReason),
})
export type ReservationEvent = Static<typeof ReservationEvent>

export const ScheduleEvent = Type.Object({
  providerId: Type.String(),
  rev: Type.Integer({ description: 'Of the weekly hours' }),
  outside: Type.Array(Type.String(), {
    description: 'Ids of the holds and bookings that lie outside of the hours',
  }),
})
export type ScheduleEvent = Static<typeof ScheduleEvent>

export const WaitEvent = Type.Object({
  id: Type.String(),
  providerId: Type.String(),
  state: WaitStateName,
  slotId: Type.Optional(Type.String({ description: 'Of what is offered, or was booked: where it begins' })),
  reservationId: Type.Optional(
    Type.String({ description: 'Confirming it accepts the offer, giving it back declines' }),
  ),
  expiresAt: Type.Optional({ ...InstantOut, description: 'Of an offer' }),
  position: Type.Optional(Type.Integer({ description: 'In line, from 1; nobody else learns of it' })),
})
export type WaitEvent = Static<typeof WaitEvent>

export const Heartbeat = Type.Union([
  Type.Object({ providerId: Type.String(), n: Type.Integer(), ...moment }),
  Type.Object({ seq: Type.Integer(), ...moment }),
])
export type Heartbeat = Static<typeof Heartbeat>

export const Complaint = Type.Object({ code: Type.String(), title: Type.String() })
export type Complaint = Static<typeof Complaint>

export interface Failure {
  ok: false
  code: string
  title: string
}
export type WatchAck =
  | ({ ok: true } & Picture)
  | { ok: true; serverTime: string; ageSeconds?: number; seq: number }
  | Failure
export type UnwatchAck = { ok: true } | Failure
/** An API key may have no end. */
export type AuthAck = { ok: true; expiresAt?: string } | Failure

export interface ServerToClient extends Record<SlotEventName, (event: SlotEvent) => void> {
  slots: (picture: Picture) => void
  reservation: (event: ReservationEvent) => void
  schedule: (event: ScheduleEvent) => void
  wait: (event: WaitEvent) => void
  heartbeat: (beat: Heartbeat) => void
  'auth-expired': (nothing: Record<string, never>) => void
  error: (complaint: Complaint) => void
}

export interface ClientToServer {
  watch: (what: Watch, ack?: (answer: WatchAck) => void) => void
  unwatch: (what: Unwatch, ack?: (answer: UnwatchAck) => void) => void
  auth: (token: Auth, ack?: (answer: AuthAck) => void) => void
}
