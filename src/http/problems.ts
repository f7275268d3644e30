/**
 * The catalogue: every error a client can see. Routes, sockets, OpenAPI and the error page all read it.
 * Codes are part of the contract: one that is retired must not be used again for something else.
 */
export const catalogue = {
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    when: 'A field is missing, unknown or malformed; errors[] names each one.',
  },
  unauthenticated: {
    status: 401,
    title: 'Sign in first',
    when: 'No access token, or one that is expired or not ours; also a wrong e-mail or password.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed for this account',
    when: 'The caller is signed in, but this is for another role, or needs the password as well, or a scope that the API key has not; or a page of a foreign origin asks.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    when: 'The path or the id is unknown, or belongs to somebody else.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This method is not allowed here',
    when: 'The path exists, but not with this method; Allow names the ones that do.',
  },
  not_acceptable: {
    status: 406,
    title: 'Only JSON is available',
    when: 'Accept rules out JSON.',
  },
  slot_held: {
    status: 409,
    title: 'Somebody holds this slot',
    when: 'Another client holds the slot; slot.expiresAt says when it may come free.',
  },
  slot_confirmed: {
    status: 409,
    title: 'This slot is booked',
    when: 'A reservation on this slot is confirmed.',
  },
  slot_withdrawn: {
    status: 409,
    title: 'This slot is no longer offered',
    when: 'The provider has withdrawn the slot.',
  },
  client_busy: {
    status: 409,
    title: 'You have a reservation at that time',
    when: 'The client holds or has booked another slot with the same start; where one booking a day is allowed, also when a booking is moved to the day of another one.',
  },
  hold_limit: {
    status: 409,
    title: 'You hold as many slots as you may',
    when: 'The client has MAX_ACTIVE_HOLDS holds; confirm or give one back.',
  },
  email_taken: {
    status: 409,
    title: 'There is an account with this e-mail address',
    when: 'Registration with an address that is already in use.',
  },
  mail_unavailable: {
    status: 409,
    title: 'This server sends no mail',
    when: 'What was asked for needs a mail, such as a booking without an account, and no mail is set up.',
  },
  link_taken: {
    status: 409,
    title: 'This link is taken',
    when: 'Another provider has this link, or had it before; or it is a word that is kept free.',
  },
  booking_limit: {
    status: 409,
    title: 'You have as many bookings ahead as you may',
    when: 'The client has as many bookings ahead with this provider as its policies allow (maxUpcomingBookings).',
  },
  wait_limit: {
    status: 409,
    title: 'You wait for as many times as you may',
    when: 'A client is on at most five waiting lists at a time; leave one first.',
  },
  waiting_list_full: {
    status: 409,
    title: 'This waiting list is full',
    when: 'A calendar has at most 500 who wait.',
  },
  hold_expired: {
    status: 410,
    title: 'The hold has expired',
    when: 'Confirming a hold after its expiresAt.',
  },
  hold_released: {
    status: 410,
    title: 'The reservation was given back or cancelled',
    when: 'Confirming a reservation that its client or the provider has ended.',
  },
  precondition_failed: {
    status: 412,
    title: 'This has changed since it was read',
    when: 'If-Match has the ETag of an earlier version; read it again and decide anew.',
  },
  too_large: {
    status: 413,
    title: 'The request is too large',
    when: 'The body is larger than 16 KB, a picture larger than 512 KB, or a calendar file larger than 256 KB.',
  },
  uri_too_long: {
    status: 414,
    title: 'The address is too long',
    when: 'The URL, or the URL and the headers together, are longer than the server reads.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This media type is not read here',
    when: 'A body of another media type than the route reads, which is application/json nearly everywhere.',
  },
  min_notice: {
    status: 422,
    title: 'Too soon to book',
    when: 'The slot starts within the minimum notice, or what is waited for does; earliestStart is the first start that may be held, or offered, now.',
  },
  max_ahead: {
    status: 422,
    title: 'Too far ahead',
    when: 'The slot starts later than the provider takes bookings for; latestStart is the last start that may be held now.',
  },
  cutoff: {
    status: 422,
    title: 'Too late to change this by yourself',
    when: 'The client cancels or moves a booking inside the cut-off of its service; latest is the moment until which it could.',
  },
  extension_limit: {
    status: 422,
    title: 'This hold cannot last longer',
    when: 'The hold was extended before, or lasts as long as it may; maxExpiresAt is its last possible end.',
  },
  service_inactive: {
    status: 422,
    title: 'This service is not offered any more',
    when: 'The provider has set the service to inactive.',
  },
  not_begun: {
    status: 422,
    title: 'This appointment has not begun',
    when: 'Noting whether the client came before the start, or of a hold.',
  },
  does_not_fit: {
    status: 422,
    title: 'The appointment does not fit there',
    when: 'Its buffer meets another appointment, or the service does not begin at that time of the hour; slot stands in the way.',
  },
  too_many_exceptions: {
    status: 422,
    title: 'Too many exceptions',
    when: 'A provider has at most 200 days or spans of days that differ from its weekly hours.',
  },
  too_many_keys: {
    status: 422,
    title: 'Too many API keys',
    when: 'An account has at most 20 API keys; revoke one that is not used any more.',
  },
  too_many_feeds: {
    status: 422,
    title: 'Too many calendar feeds',
    when: 'An account has at most 10 calendar feeds; revoke one that is not used any more.',
  },
  too_many_services: {
    status: 422,
    title: 'Too many services',
    when: 'A provider has at most 50 services, inactive ones included.',
  },
  too_many_webhooks: {
    status: 422,
    title: 'Too many webhooks',
    when: 'A provider has at most 20, paused ones included.',
  },
  url_refused: {
    status: 422,
    title: 'Nothing is sent to this address',
    when: 'The url of a webhook is not https at a public address, or its name does not resolve; errors[] says why.',
  },
  invalid_picture: {
    status: 422,
    title: 'This is not a picture that can be shown',
    when: 'By its bytes it is no whole PNG, JPEG or WebP, it is animated, or it is larger than 512 x 512.',
  },
  off_grid: {
    status: 422,
    title: 'Not on the 15-minute grid',
    when: 'A block does not begin and end on the grid of slots.',
  },
  invalid_local_time: {
    status: 422,
    title: 'This wall time does not exist, or exists twice',
    when: 'Clocks change at that time in the zone; send start and end with an offset.',
  },
  in_the_past: {
    status: 422,
    title: 'This time is over',
    when: 'Publishing a block that has begun, or ending a reservation after its start.',
  },
  too_many_slots: {
    status: 422,
    title: 'Too many slots',
    when: 'The blocks of one request make more than 3,000 slots, or the calendar would have more than MAX_SLOTS_PER_CALENDAR that are not over.',
  },
  window_too_long: {
    status: 422,
    title: 'The span is too long',
    when: 'A span of more than 62 days.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'This Idempotency-Key belongs to another request',
    when: 'The same key was sent for another slot or another service.',
  },
  precondition_required: {
    status: 428,
    title: 'Say which version you change',
    when: 'If-Match is missing; send the ETag of the answer that was read.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    when: 'The caller is over a limit; Retry-After says when to come back.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    when: 'The database does not answer, or the server is closing. A write may have happened: repeat it with the same Idempotency-Key.',
  },
  internal: {
    status: 500,
    title: 'The server has failed',
    when: 'A fault of the server; the log has it under the requestId.',
  },
} as const satisfies Record<string, { status: number; title: string; when: string }>

export type ErrorCode = keyof typeof catalogue

/** Fields beside the code that a client needs to go on: `slot`, `earliestStart`, `errors`, … */
export type ErrorExtras = Record<string, unknown>

/** Retry-After of a refusal that has no better estimate. */
export const RETRY_SECONDS = '2'

/** The body of a problem+json answer. */
export function problemOf(code: ErrorCode, detail?: string, extras: ErrorExtras = {}) {
  const { status, title, when } = catalogue[code]
  return { type: `/docs/errors#${code}`, title, status, detail: detail ?? when, code, ...extras }
}

export interface FieldError {
  field: string
  message: string
  /** For programs, where it broke a rule of the schema. */
  rule?: string
}

/** A problem of the catalogue, thrown by routes and hooks and answered by plugins/errors. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    readonly extras: ErrorExtras = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(detail ?? catalogue[code].title)
  }
}

export function invalid(field: string, message: string): Refusal {
  return refusedFields('invalid_request', [{ field, message }])
}

/** A refusal that lists each faulty field in `errors`; its detail describes the first. */
export function refusedFields(code: ErrorCode, errors: FieldError[]): Refusal {
  const [first] = errors
  return new Refusal(code, first && `${first.field}: ${first.message}`, { errors })
}
