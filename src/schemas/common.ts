import { type Static, type TSchema, Type } from 'typebox'
import { languages } from '../domain/languages.js'
import { releaseReasons, reservationStatuses } from '../domain/reservation.js'
import { slotStates } from '../domain/slot.js'
import { waitStates } from '../domain/wait.js'

/** Coming in: RFC 3339 with an offset or `Z`. The format is checked in `validation.ts`, which knows real dates. */
export const InstantIn = Type.String({
  format: 'date-time',
  maxLength: 40,
  description: 'RFC 3339 with an offset or Z; in a query, + is sent as %2B',
  examples: ['2027-08-13T12:00:00Z'],
})

/** Going out: always UTC, always with milliseconds. */
export const InstantOut = Type.String({
  format: 'date-time',
  description: 'RFC 3339, UTC',
  examples: ['2027-08-13T12:00:00.000Z'],
})

export const Day = Type.String({
  format: 'date',
  description: 'YYYY-MM-DD',
  examples: ['2027-08-13'],
})

export const TimeZone = Type.String({
  format: 'time-zone',
  maxLength: 64,
  description: 'An IANA time zone',
  examples: ['Europe/Berlin'],
})

export const Email = Type.String({ format: 'email', maxLength: 254, examples: ['ada@example.com'] })
export const PersonName = Type.String({ format: 'name', minLength: 1, maxLength: 100, examples: ['Ada'] })

export const Id = Type.String({ minLength: 1, maxLength: 80 })

export const Role = Type.Enum(['client', 'provider'])
export type Role = Static<typeof Role>

export const Language = Type.Enum([...languages], { description: 'Of pages and mail' })

export const Limit = Type.Integer({ minimum: 1, maximum: 200, default: 50 })
export const Cursor = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'nextCursor of the page before',
})

export function listOf<T extends TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    nextCursor: Type.Union([Type.String(), Type.Null()]),
  })
}

/** `day`, or `from` and/or `to`: how every list names its span. */
export const spanQuery = {
  day: Type.Optional(Day),
  from: Type.Optional(InstantIn),
  to: Type.Optional(InstantIn),
}

export const pageQuery = {
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
}

export const SlotState = Type.Enum([...slotStates])
export const WaitStateName = Type.Enum([...waitStates])
export const ReservationStatus = Type.Enum([...reservationStatuses])
export const ReleaseReason = Type.Enum([...releaseReasons], {
  description:
    'Why a slot came free: its hold expired or was released (given back), its booking was cancelled, or its reservation was moved to another time or replaced by a newer booking of its client',
})

/** A slot as anybody may see it: states, never a person. */
export const PublicSlot = Type.Object({
  id: Type.String(),
  providerId: Type.String(),
  start: InstantOut,
  end: InstantOut,
  state: SlotState,
  rev: Type.Integer(),
  expiresAt: Type.Optional(InstantOut),
})
export type PublicSlot = Static<typeof PublicSlot>

export const ClientName = Type.Object({ id: Type.String(), name: Type.String() })

/** Which slots of a calendar belong to one appointment; one of a single slot does not say. */
export const ChainPart = {
  role: Type.Optional(
    Type.Enum(['before', 'visit', 'after'], {
      description: 'before and after are buffers, whose client has no name',
    }),
  ),
  head: Type.Optional(Type.String({ description: 'The slot that the appointment begins with' })),
  part: Type.Optional(
    Type.Integer({ description: 'Which slot of the appointment this is, from 1, buffers included' }),
  ),
  of: Type.Optional(Type.Integer({ description: 'How many slots the appointment has, buffers included' })),
}

/** A slot as its provider sees it. */
export const OwnSlot = Type.Object({
  ...PublicSlot.properties,
  reservation: Type.Optional(
    Type.Object({
      id: Type.String(),
      status: ReservationStatus,
      client: ClientName,
      ...ChainPart,
    }),
  ),
})
export type OwnSlot = Static<typeof OwnSlot>

export const Rules = Type.Object({
  noticeSeconds: Type.Integer({ description: 'How long before its start a slot stops being bookable' }),
  holdSeconds: Type.Integer({ description: 'How long a hold lasts' }),
  slotMinutes: Type.Integer(),
  maxActiveHolds: Type.Integer({ description: 'Holds one client may have at a time' }),
  maxAheadDays: Type.Optional(
    Type.Integer({ description: 'Slots further ahead are not bookable yet; only where there is a limit' }),
  ),
})
export type Rules = Static<typeof Rules>

/** The rules as a route says them; a live picture has the first four alone, because it is sent often. */
export const ServerRules = Type.Object({
  ...Rules.properties,
  tzVersion: Type.String({
    description: 'The release of the IANA time zone database that this server computes local times with',
    examples: ['2026b'],
  }),
  mail: Type.Boolean({
    description:
      'Whether this server sends mail. Without it nobody books without an account, sets a forgotten password or proves an address',
  }),
})
export type ServerRules = Static<typeof ServerRules>

export const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri-reference' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    instance: Type.String(),
    requestId: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String(),
          message: Type.String(),
          rule: Type.Optional(
            Type.String({
              description:
                'For programs: the keyword of JSON Schema that the value does not satisfy (`required`, `maxLength`), or the name of its format (`email`)',
            }),
          ),
        }),
      ),
    ),
  },
  { additionalProperties: true, description: 'RFC 9457' },
)
export type Problem = Static<typeof Problem>
