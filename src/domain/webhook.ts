/** What a webhook can be told of. */

export const webhookTypes = [
  'reservation.held',
  'reservation.confirmed',
  'reservation.moved',
  'reservation.cancelled',
  'reservation.expired',
  'reservation.released',
  'slot.opened',
  'slot.withdrawn',
  'wait.waiting',
  'wait.offered',
  'wait.booked',
  'wait.lapsed',
  'wait.left',
] as const
export type WebhookType = (typeof webhookTypes)[number]

/** Sent when somebody presses "test"; nobody subscribes to it. */
export const TEST_TYPE = 'webhook.test'
