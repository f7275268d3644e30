/** The settings: one TypeBox object, read from the environment once. Nothing else reads `process.env`. */
import cron from 'node-cron'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { trustedProxies } from './http/proxies.js'

const whole = (fallback: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: fallback, minimum, maximum, description })

const text = (description: string, fallback?: string) =>
  fallback === undefined
    ? Type.Optional(Type.String({ description }))
    : Type.String({ default: fallback, description })

export const Config = Type.Object({
  PORT: whole(3000, 0, 65_535, 'Port to listen on; 0 takes a free one'),
  HOST: text('Address to listen on', '127.0.0.1'),
  MONGODB_URI: text('A MongoDB replica set; without it the embedded database runs'),
  MONGOD_BINARY: text('A mongod for the embedded database, in place of the one on PATH'),
  SECANTUSD_BINARY: text('Another build of the embedded SecantusDB server'),
  DATA_DIR: text('Where the embedded database, its settings and secrets live', '.data'),
  HOLD_SECONDS: whole(1800, 1, 86_400, 'How long a hold lasts'),
  NOTICE_SECONDS: whole(86_400, 0, 31_536_000, 'How long before its start a slot stops being bookable'),
  SWEEP_CRON: text('When overdue holds are swept (node-cron, with seconds)', '* * * * * *'),
  MAX_ACTIVE_HOLDS: whole(3, 1, 20, 'Holds one client may have at a time'),
  MAX_HOLDS_PER_SLOT: whole(
    20,
    1,
    20,
    'Times one client may hold one slot in vain (given back, expired, or booked and cancelled by the client) before it waits an hour; of those kept for half the time of a hold or more, and three minutes, 4 at the most',
  ),
  KEEP_DAYS: whole(400, 1, 36_500, 'Days after which ended slots are purged'),
  MAX_SLOTS_PER_CALENDAR: whole(
    40_000,
    1,
    1_000_000,
    'Slots of one provider that are not over, withdrawn ones too; as it is, more than a year around the clock',
  ),
  BOARD_MAX_SLOTS: whole(500_000, 1, 50_000_000, 'Slots kept in memory, beyond those somebody watches'),
  MAX_UNSENT_BYTES: whole(
    1_048_576,
    1_024,
    1_073_741_824,
    'Bytes a viewer may leave unread before it is cut off',
  ),
  MAX_WATCHES: whole(20, 1, 10_000, 'Providers one socket may watch'),
  MAX_FRAMES_PER_SECOND: whole(
    20,
    1,
    100_000,
    'Frames a socket may send, five seconds of them at once; beyond that it is cut off',
  ),
  MAX_SOCKETS_PER_ADDRESS: whole(200, 1, 1_000_000, 'Sockets from one address'),
  SOCKET_PICTURE_BYTES_PER_MINUTE: whole(
    16_777_216,
    1_024,
    1_000_000_000_000,
    'Bytes of calendars encoded for one socket in a minute; bytes kept from before count a sixteenth',
  ),
  ADDRESS_PICTURE_BYTES_PER_MINUTE: whole(
    33_554_432,
    1_024,
    1_000_000_000_000,
    'The same for all sockets of one address',
  ),
  PICTURE_BYTES_PER_MINUTE: whole(
    268_435_456,
    1_024,
    1_000_000_000_000,
    'The same for all sockets together; beyond it an eighth of what is allowed for a socket and an address is served',
  ),
  JWT_SECRET: text(
    'Signs access tokens, 32 characters or more; kept under DATA_DIR for the embedded database, needed with MONGODB_URI',
  ),
  FIELD_KEY: text(
    'Encrypts personal data, 32 characters or more; kept under DATA_DIR for the embedded database, needed with MONGODB_URI',
  ),
  JWT_SECRET_PREVIOUS: text(
    'The JWT_SECRET before this one; its tokens and what Idempotency-Keys made with it are still known',
  ),
  FIELD_KEY_PREVIOUS: text('The FIELD_KEY before this one, while npm run rotate-key has not finished'),
  ALLOWED_ORIGINS: text('Further origins that may call and connect, comma separated', ''),
  PUBLIC_VIEW: Type.Boolean({ default: true, description: 'Looking at calendars needs no token' }),
  RATE_LIMIT_PER_MINUTE: whole(300, 1, 10_000_000, 'Requests of one caller in a minute'),
  AUTH_LIMIT_PER_MINUTE: whole(
    20,
    1,
    10_000_000,
    'Sign-ins, registrations and refreshes of one address in a minute',
  ),
  TRUST_PROXY: text('false, or the number of proxies in front, or their addresses, comma separated', 'false'),
  DRAIN_SECONDS: whole(
    0,
    0,
    300,
    'How long /readyz says no before a server that is to end stops serving: longer than a proxy takes to see it',
  ),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'How much is logged',
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
    // Converting cuts off what is behind the point.
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
