/** The settings: one TypeBox object. `server.ts` hands the environment in, once. */
import cron from 'node-cron'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { readParty } from './http/mail-party.js'
import { trustedProxies } from './http/proxies.js'
import { isPublicUrl } from './http/public-url.js'

const whole = (fallback: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: fallback, minimum, maximum, description })

const text = (description: string, fallback?: string) =>
  fallback === undefined
    ? Type.Optional(Type.String({ description }))
    : Type.String({ default: fallback, description })

export const Config = Type.Object({
  PORT: whole(3000, 0, 65_535, 'Port to listen on; 0 takes a free port'),
  HOST: text('Address to listen on', '127.0.0.1'),
  MONGODB_URI: text(
    'Connection string of a MongoDB replica set; without it the server runs its embedded database',
  ),
  MONGOD_BINARY: text('Path of a mongod for the embedded database, instead of the one on PATH'),
  SECANTUSD_BINARY: text('Path of a SecantusDB server, instead of the one that is fetched'),
  DATA_DIR: text(
    'Folder of the embedded database, its secrets, the audit log and, without SMTP_URL, mails',
    '.data',
  ),
  HOLD_SECONDS: whole(1800, 1, 86_400, 'Seconds that a hold lasts'),
  MAX_HOLD_SECONDS: whole(
    2700,
    1,
    172_800,
    'Seconds that a hold lasts at most when its client has extended it',
  ),
  NOTICE_SECONDS: whole(
    86_400,
    0,
    31_536_000,
    'Seconds before its start at which a slot stops being bookable',
  ),
  MAX_AHEAD_DAYS: whole(0, 0, 36_500, 'Days ahead that can be booked; 0 has no limit'),
  MAX_UPCOMING_BOOKINGS: whole(
    50,
    0,
    10_000,
    'Bookings ahead that one client may have with one provider; 0 has no limit',
  ),
  SWEEP_CRON: text(
    'When overdue holds are released (cron expression of node-cron, with seconds)',
    '* * * * * *',
  ),
  ONE_PER_DAY: Type.Boolean({
    default: false,
    description: 'A second booking of a client with the same provider on the same day replaces the first',
  }),
  MAX_ACTIVE_HOLDS: whole(3, 1, 20, 'Holds that one client may have at the same time'),
  MAX_HOLDS_PER_SLOT: whole(
    20,
    1,
    20,
    'Times that one client may hold one slot without keeping it (it gave it back, let it expire, or cancelled the booking) before it has to wait an hour; at most 4 of these may have lasted half of HOLD_SECONDS or longer (an hour divided by this number, where that is more)',
  ),
  KEEP_DAYS: whole(400, 1, 36_500, 'Days after its end at which a slot is deleted'),
  MAX_SLOTS_PER_CALENDAR: whole(
    40_000,
    1,
    1_000_000,
    'Slots of one provider that have not ended, withdrawn ones included; 40,000 are more than a year around the clock',
  ),
  BOARD_MAX_SLOTS: whole(
    500_000,
    1,
    50_000_000,
    'Slots of calendars that nobody watches which are kept in memory',
  ),
  MAX_UNSENT_BYTES: whole(
    1_048_576,
    1_024,
    1_073_741_824,
    'Bytes that a viewer may leave unread before it is disconnected',
  ),
  MAX_WATCHES: whole(20, 1, 10_000, 'Providers that one socket may watch'),
  MAX_FRAMES_PER_SECOND: whole(
    20,
    1,
    100_000,
    'Frames that a socket may send in a second, up to five seconds of them at once; a socket that sends more is disconnected',
  ),
  MAX_SOCKETS_PER_ADDRESS: whole(200, 1, 1_000_000, 'Open sockets of one address'),
  SOCKET_PICTURE_BYTES_PER_MINUTE: whole(
    16_777_216,
    1_024,
    1_000_000_000_000,
    'Bytes of pictures that one socket may ask for in a minute; bytes that were already encoded count a sixteenth',
  ),
  ADDRESS_PICTURE_BYTES_PER_MINUTE: whole(
    33_554_432,
    1_024,
    1_000_000_000_000,
    'The same for all sockets of one address together',
  ),
  PICTURE_BYTES_PER_MINUTE: whole(
    268_435_456,
    1_024,
    1_000_000_000_000,
    'The same for all sockets of the instance; beyond it each socket and each address has an eighth of its own budget',
  ),
  JWT_SECRET: text(
    'Signs access tokens, 32 characters or more; required with MONGODB_URI, otherwise made and kept under DATA_DIR',
  ),
  FIELD_KEY: text(
    'Encrypts personal data, 32 characters or more; required with MONGODB_URI, otherwise made and kept under DATA_DIR',
  ),
  JWT_SECRET_PREVIOUS: text(
    'The previous JWT_SECRET; tokens that it signed and Idempotency-Keys used under it stay valid',
  ),
  FIELD_KEY_PREVIOUS: text('The previous FIELD_KEY, until npm run rotate-key has finished'),
  ALLOWED_ORIGINS: text(
    'Origins whose pages may call and connect beside those of this server, comma separated',
    '',
  ),
  PUBLIC_VIEW: Type.Boolean({
    default: true,
    description: 'Calendars can be read and watched without a token',
  }),
  RATE_LIMIT_PER_MINUTE: whole(300, 1, 10_000_000, 'Requests that one caller may send in a minute'),
  AUTH_LIMIT_PER_MINUTE: whole(
    20,
    1,
    10_000_000,
    'Sign-ins, registrations and token refreshes that one address may send in a minute',
  ),
  TRUST_PROXY: text('false, the number of proxies in front, or their addresses, comma separated', 'false'),
  PUBLIC_URL: text(
    'Where people reach this server, for the links in mails (https://booking.example.org); without it, where it listens',
  ),
  SMTP_URL: text(
    'Mail server (smtps://user:password@mail.example.org:465); without it mails are written to files under DATA_DIR and listed on a page for the developer',
  ),
  MAIL_FROM: text('Sender of mails, as in Practice <booking@example.org>', 'Slotcast <slotcast@localhost>'),
  WEBHOOK_ALLOW_PRIVATE: Type.Boolean({
    default: false,
    description: 'Webhooks may go to http and to addresses of this machine and its network, for trying them',
  }),
  DRAIN_SECONDS: whole(
    0,
    0,
    300,
    'Seconds between SIGTERM, when /readyz turns 503, and the end of serving; set it longer than a proxy takes to notice',
  ),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'The lowest level that is logged',
  }),
})
export type Config = Static<typeof Config>

/** The values of these never appear in a message. */
const SECRETS = new Set([
  'JWT_SECRET',
  'FIELD_KEY',
  'JWT_SECRET_PREVIOUS',
  'FIELD_KEY_PREVIOUS',
  'MONGODB_URI',
  'SMTP_URL',
])
export const MIN_SECRET_LENGTH = 32

export class BadSettings extends Error {
  override readonly name = 'BadSettings'
  constructor(readonly faults: string[]) {
    super(faults.join('\n'))
  }
}

/** Reads the settings or throws `BadSettings` with one line for each fault. Empty means not set. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given: Record<string, unknown> = {}
  for (const name of Object.keys(Config.properties)) {
    const value = env[name]?.trim()
    if (value !== undefined && value !== '') given[name] = value
  }
  const converted = Value.Convert(Config, Value.Default(Config, { ...given })) as Record<string, unknown>
  const faults = new Map<string, string>()
  for (const error of Value.Errors(Config, converted)) {
    const name = error.instancePath.split('/')[1] ?? ''
    if (name !== '' && !faults.has(name))
      faults.set(name, `${name}${shown(name, given[name])} ${error.message}`)
  }
  const refuse = (name: string, why: string) => faults.set(name, `${name}${shown(name, given[name])} ${why}`)

  for (const [name, schema] of Object.entries(Config.properties)) {
    // Value.Convert drops the fraction of a number.
    if ('type' in schema && schema.type === 'integer' && /^[+-]?\d*\.\d+$/.test(String(given[name])))
      refuse(name, 'must be integer')
  }
  if (!cron.validate(String(converted.SWEEP_CRON))) refuse('SWEEP_CRON', 'is not a cron expression')
  for (const name of ['JWT_SECRET', 'FIELD_KEY', 'JWT_SECRET_PREVIOUS', 'FIELD_KEY_PREVIOUS']) {
    const value = converted[name]
    if (value === undefined && converted.MONGODB_URI !== undefined && !name.endsWith('_PREVIOUS'))
      refuse(name, 'must be set when MONGODB_URI is')
    if (typeof value === 'string' && value.length < MIN_SECRET_LENGTH)
      refuse(name, `must have ${MIN_SECRET_LENGTH} characters or more`)
  }
  if (converted.MONGODB_URI !== undefined && !/^mongodb(\+srv)?:\/\//.test(String(converted.MONGODB_URI))) {
    refuse('MONGODB_URI', 'must begin with mongodb:// or mongodb+srv://')
  }
  if (converted.PUBLIC_URL !== undefined && !isPublicUrl(String(converted.PUBLIC_URL)))
    refuse('PUBLIC_URL', 'is not an address like https://booking.example.org')
  if (converted.SMTP_URL !== undefined && !isSmtpUrl(String(converted.SMTP_URL)))
    refuse('SMTP_URL', 'is not an address like smtps://user:password@mail.example.org:465')
  if (readParty(String(converted.MAIL_FROM)) === null)
    refuse('MAIL_FROM', 'is not an address like Practice <booking@example.org>')
  if (!isTrustProxy(String(converted.TRUST_PROXY))) {
    refuse('TRUST_PROXY', 'is neither false nor a number of proxies nor their addresses, comma separated')
  }
  for (const origin of originsOf(String(converted.ALLOWED_ORIGINS ?? ''))) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      refuse('ALLOWED_ORIGINS', `${origin} is not an origin like https://example.com`)
    }
  }
  if (faults.size > 0) throw new BadSettings([...faults.values()])
  return converted as Config
}

function isSmtpUrl(text: string): boolean {
  return URL.canParse(text) && /^smtps?:\/\/[^/]/.test(text)
}

function isTrustProxy(setting: string): boolean {
  try {
    trustedProxies(setting)
    return true
  } catch {
    return false
  }
}

export function originsOf(list: string): string[] {
  return list
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '')
}

function shown(name: string, value: unknown): string {
  return value === undefined || SECRETS.has(name) ? '' : `="${String(value).slice(0, 60)}"`
}
