import { type Static, Type } from 'typebox'
import { InstantOut, listOf, pageQuery } from './common.js'

export const DeliveryState = Type.Enum(['waiting', 'delivered', 'failed', 'obsolete'], {
  description:
    'waiting: due now or later; failed: refused for good, or tried for as long as it is; obsolete: not true or not wanted any more when it was due, or its webhook was not active, which a replay makes good',
})
export type DeliveryState = Static<typeof DeliveryState>

/** What is told of each, whatever it is sent by. */
export const deliveryFields = {
  state: DeliveryState,
  attempts: Type.Integer({ description: 'Since it was last put in line; one that is under way counts' }),
  error: Type.Optional(
    Type.String({ description: 'Why the last attempt failed, or none was made', examples: ['answered 503'] }),
  ),
  nextAttemptAt: Type.Optional(InstantOut),
  endedAt: Type.Optional(InstantOut),
}

export const Delivery = Type.Object({
  id: Type.String({ description: 'Of its cause: the same one makes it once' }),
  channel: Type.String({ examples: ['mail'] }),
  kind: Type.String({ examples: ['reminder'] }),
  createdAt: InstantOut,
  reservationId: Type.Optional(Type.String()),
  ...deliveryFields,
})
export type Delivery = Static<typeof Delivery>

export const DeliveryList = listOf(Delivery)

export const DeliveryQuery = Type.Object(
  {
    channel: Type.Optional(Type.Enum(['mail', 'webhook'])),
    state: Type.Optional(DeliveryState),
    ...pageQuery,
  },
  { additionalProperties: false },
)
