import { type Static, Type } from 'typebox'
import { ClientName, Id, InstantIn, InstantOut, listOf, WaitStateName } from './common.js'

const Time = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', examples: ['08:00'] })

const suiting = {
  weekdays: Type.Optional(
    Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      description: '1 is Monday; without it every day. On the clock of the provider',
      examples: [[1, 3]],
    }),
  ),
  between: Type.Optional(
    Type.Object(
      { from: Time, to: Type.Union([Time, Type.Literal('24:00')]) },
      {
        additionalProperties: false,
        description:
          'Appointments that begin at `from` or later, and before `to`, on the clock of the provider',
      },
    ),
  ),
}

export const NewWait = Type.Object(
  {
    providerId: Id,
    serviceId: Type.Optional(Type.String({ ...Id, description: 'Without it a single slot is waited for' })),
    from: { ...InstantIn, description: 'The first start that suits' },
    to: { ...InstantIn, description: 'From here on none does; at most 366 days after `from`' },
    ...suiting,
  },
  { additionalProperties: false },
)
export type NewWait = Static<typeof NewWait>

export const Wait = Type.Object({
  id: Type.String(),
  providerId: Type.String(),
  serviceId: Type.Optional(Type.String()),
  from: InstantOut,
  to: InstantOut,
  ...suiting,
  state: {
    ...WaitStateName,
    description:
      'waiting, offered a time that is held for it, booked by accepting one, lapsed with an offer that nobody answered or with its own time, or left; the last three are its end',
  },
  joinedAt: InstantOut,
  position: Type.Optional(
    Type.Integer({
      description:
        'In line, from 1, behind those of others that could be offered the same; only whoever waits sees it',
      minimum: 1,
    }),
  ),
  slotId: Type.Optional(Type.String({ description: 'Of what is offered or booked: where it begins' })),
  reservationId: Type.Optional(
    Type.String({
      description:
        'The hold that an offer is: confirming it accepts, giving it back declines and goes on waiting at the end of the line',
    }),
  ),
  expiresAt: Type.Optional({ ...InstantOut, description: 'Of an offer' }),
  endedAt: Type.Optional(InstantOut),
  client: Type.Optional(ClientName),
})
export type Wait = Static<typeof Wait>

export const WaitList = Type.Object({
  ...listOf(Wait).properties,
  count: Type.Integer({ description: 'Of the whole list' }),
})
