import { type Static, type TSchema, Type } from 'typebox'
import { listOf } from './common.js'

const minutes = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, multipleOf: 15, description })

/** As long as the longest look ahead. */
const seconds = (description: string) => Type.Integer({ minimum: 0, maximum: 3_153_600_000, description })

const fields = {
  name: Type.String({ format: 'name', minLength: 1, maxLength: 100, examples: ['First visit'] }),
  description: Type.String({ format: 'text', minLength: 1, maxLength: 1000 }),
  priceText: Type.String({
    format: 'name',
    minLength: 1,
    maxLength: 40,
    description: 'What it costs, shown as it is written',
    examples: ['80 €'],
  }),
  durationMinutes: minutes(15, 480, 'How long the visit takes; a multiple of 15'),
  bufferBeforeMinutes: minutes(0, 120, 'Kept free before it; a multiple of 15'),
  bufferAfterMinutes: minutes(0, 120, 'Kept free after it; a multiple of 15'),
  startsEveryMinutes: Type.Enum([15, 30, 60], {
    description: "On the provider's clock: 30 offers starts at :00 and :30",
  }),
  noticeSeconds: seconds("Instead of the provider's own notice"),
  cancelCutoffSeconds: seconds('A client may cancel until so long before the start'),
  moveCutoffSeconds: seconds('A client may move it until so long before the start'),
  reminderMinutes: Type.Array(Type.Integer({ minimum: 15, maximum: 40_320 }), {
    maxItems: 3,
    uniqueItems: true,
    description:
      'Minutes before the start at which its client gets a mail as a reminder; none where it is empty, 1440 where nothing is said',
    examples: [[1440, 120]],
  }),
  active: Type.Boolean({ description: 'False: it is not offered any more; bookings stay' }),
}

const withDefault = <T extends TSchema>(field: T, fallback: unknown) =>
  Type.Optional({ ...field, default: fallback })
const orNull = <T extends TSchema>(field: T) => Type.Optional(Type.Union([field, Type.Null()]))

export const NewService = Type.Object(
  {
    name: fields.name,
    description: Type.Optional(fields.description),
    priceText: Type.Optional(fields.priceText),
    durationMinutes: fields.durationMinutes,
    bufferBeforeMinutes: withDefault(fields.bufferBeforeMinutes, 0),
    bufferAfterMinutes: withDefault(fields.bufferAfterMinutes, 0),
    startsEveryMinutes: withDefault(fields.startsEveryMinutes, 15),
    noticeSeconds: Type.Optional(fields.noticeSeconds),
    cancelCutoffSeconds: withDefault(fields.cancelCutoffSeconds, 0),
    moveCutoffSeconds: withDefault(fields.moveCutoffSeconds, 0),
    reminderMinutes: Type.Optional(fields.reminderMinutes),
    active: withDefault(fields.active, true),
  },
  { additionalProperties: false, examples: [{ name: 'First visit', durationMinutes: 45 }] },
)
export type NewService = Static<typeof NewService>

export const ServiceChanges = Type.Object(
  {
    name: Type.Optional(fields.name),
    description: orNull(fields.description),
    priceText: orNull(fields.priceText),
    durationMinutes: Type.Optional(fields.durationMinutes),
    bufferBeforeMinutes: Type.Optional(fields.bufferBeforeMinutes),
    bufferAfterMinutes: Type.Optional(fields.bufferAfterMinutes),
    startsEveryMinutes: Type.Optional(fields.startsEveryMinutes),
    noticeSeconds: orNull(fields.noticeSeconds),
    cancelCutoffSeconds: Type.Optional(fields.cancelCutoffSeconds),
    moveCutoffSeconds: Type.Optional(fields.moveCutoffSeconds),
    reminderMinutes: orNull(fields.reminderMinutes),
    active: Type.Optional(fields.active),
  },
  {
    additionalProperties: false,
    description: 'Null removes a description, a price, a notice of its own, or reminders of its own',
  },
)
export type ServiceChanges = Static<typeof ServiceChanges>

export const Service = Type.Object({
  id: Type.String(),
  providerId: Type.String(),
  ...fields,
  description: Type.Optional(fields.description),
  priceText: Type.Optional(fields.priceText),
  noticeSeconds: Type.Optional(fields.noticeSeconds),
  reminderMinutes: Type.Optional(fields.reminderMinutes),
  rev: Type.Integer(),
})
export type Service = Static<typeof Service>

export const ServiceList = listOf(Service)
