import { type Static, Type } from 'typebox'
import { webhookTypes } from '../domain/webhook.js'
import { InstantIn, InstantOut, listOf, pageQuery } from './common.js'
import { DeliveryState, deliveryFields } from './deliveries.js'

const WebhookUrl = Type.String({
  minLength: 1,
  maxLength: 2_000,
  description:
    'https, at a public address, with the port 443 or one from 1024 on; without a user, a password or a fragment',
  examples: ['https://hooks.example.com/slotcast'],
})
const WebhookEvents = Type.Array(Type.Enum([...webhookTypes]), {
  minItems: 1,
  maxItems: webhookTypes.length,
  uniqueItems: true,
  description: 'What is sent there',
  examples: [['reservation.confirmed', 'reservation.cancelled']],
})
const Description = Type.String({ format: 'name', minLength: 1, maxLength: 200, examples: ['Accounting'] })
const Secret = Type.String({
  description: 'Signs what is sent there, by Standard Webhooks 1.0. Shown this once.',
  examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='],
})

export const NewWebhook = Type.Object(
  { url: WebhookUrl, events: WebhookEvents, description: Type.Optional(Description) },
  { additionalProperties: false },
)
export type NewWebhook = Static<typeof NewWebhook>

export const WebhookChanges = Type.Object(
  {
    url: Type.Optional(WebhookUrl),
    events: Type.Optional(WebhookEvents),
    description: Type.Optional(Type.Union([Description, Type.Null()])),
    active: Type.Optional(
      Type.Boolean({ description: 'False pauses it; true sends again, whatever ended it' }),
    ),
  },
  { additionalProperties: false, minProperties: 1, description: 'Null removes the description' },
)
export type WebhookChanges = Static<typeof WebhookChanges>

export const Webhook = Type.Object({
  id: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  description: Type.Optional(Type.String()),
  state: Type.Enum(['active', 'paused', 'disabled'], {
    description:
      'paused by its provider; disabled because the other side answered 410, until active is set or the url changed',
  }),
  stateSince: InstantOut,
  createdAt: InstantOut,
  formerSecretUntil: Type.Optional(
    Type.String({ format: 'date-time', description: 'Until then a secret that was replaced signs as well' }),
  ),
})
export type Webhook = Static<typeof Webhook>

export const WebhookList = listOf(Webhook)

export const NewWebhookAnswer = Type.Object({ ...Webhook.properties, secret: Secret })
export type NewWebhookAnswer = Static<typeof NewWebhookAnswer>

export const NewWebhookSecret = Type.Object({ secret: Secret, formerSecretUntil: InstantOut })
export type NewWebhookSecret = Static<typeof NewWebhookSecret>

export const WebhookTest = Type.Object({
  id: Type.String({ description: 'The webhook-id that was sent' }),
  delivered: Type.Boolean(),
  status: Type.Optional(Type.Integer({ description: 'What the other side answered' })),
  error: Type.Optional(Type.String({ examples: ['connection refused'] })),
})
export type WebhookTest = Static<typeof WebhookTest>

export const WebhookDelivery = Type.Object({
  id: Type.String({ description: 'The webhook-id: the same each time that it is sent' }),
  type: Type.String(),
  at: Type.String({ format: 'date-time', description: 'When what it tells of happened' }),
  ...deliveryFields,
})
export type WebhookDelivery = Static<typeof WebhookDelivery>

export const WebhookDeliveryList = listOf(WebhookDelivery)

export const WebhookDeliveryQuery = Type.Object(
  { ...pageQuery, state: Type.Optional(DeliveryState) },
  { additionalProperties: false },
)

export const WebhookReplay = Type.Object({ from: InstantIn }, { additionalProperties: false })

export const WebhookReplayed = Type.Object({
  replayed: Type.Integer({ description: 'How many were put in line again' }),
})
