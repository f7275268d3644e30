import { type Static, Type } from 'typebox'
import { Cursor, InstantOut, Limit, listOf } from './common.js'

export const JobState = Type.Enum(['waiting', 'done', 'obsolete', 'failed'], {
  description:
    'waiting: due now or later; obsolete: not true any more when it was due; failed: refused for good, or tried for as long as it is',
})

export const Delivery = Type.Object({
  id: Type.String({ description: 'Of its cause: the same one makes it once' }),
  channel: Type.String({ examples: ['mail'] }),
  kind: Type.String({ examples: ['reminder'] }),
  state: JobState,
  createdAt: InstantOut,
  attempts: Type.Integer(),
  dueAt: Type.Optional(InstantOut),
  endedAt: Type.Optional(InstantOut),
  reason: Type.Optional(
    Type.String({
      description: 'Why the last attempt failed, or why nothing was sent',
      examples: ['it has begun'],
    }),
  ),
  reservationId: Type.Optional(Type.String()),
})
export type Delivery = Static<typeof Delivery>

export const DeliveryList = listOf(Delivery)

export const DeliveryQuery = Type.Object(
  {
    channel: Type.Optional(Type.Enum(['mail', 'webhook'])),
    state: Type.Optional(JobState),
    limit: Type.Optional(Limit),
    cursor: Type.Optional(Cursor),
  },
  { additionalProperties: false },
)
