/** Validation of input: a strict Ajv for bodies and frames, and one that converts query strings and paths to numbers. */
import { domainToASCII } from 'node:url'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Temporal } from 'temporal-polyfill'
import type { Static, TSchema } from 'typebox'
import { isLink } from '../domain/links.js'
import { MISLEADING } from '../domain/texts.js'
import type { FieldError } from './problems.js'

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i
const PLUS_LOST = /^\d{4}-\d\d-\d\dT[\d:.]+ \d\d:\d\d$/
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/
/**
 * A letter, digit, sign or picture that leaves a mark: what Unicode calls ignorable, and the blank of Braille, does not,
 * though some of it is a letter (the fillers of Hangul). Beside one, joiners are fine: Persian, Indic scripts and many
 * pictures need them.
 */
const VISIBLE = /(?!\p{Default_Ignorable_Code_Point}|\u2800)[\p{L}\p{N}\p{P}\p{S}]/u
/** As people write telephone numbers, with a digit at least. */
const PHONE = /^(?=.*\d)[\d +()/.-]+$/
/**
 * Of a host name: letters of any script, digits and hyphens inside. What leaves no mark is left out, for with it one
 * mailbox has many addresses.
 */
const LETTER = String.raw`(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{Nd}]`
const LABEL = `${LETTER}(?:(?:${LETTER}|-){0,61}${LETTER})?`
/** The last label begins with a letter, for an IP address has many spellings. */
const EMAIL = new RegExp(
  String.raw`^(?:(?!\p{Default_Ignorable_Code_Point})[^\s\p{C}@"<>(),:;\\[\]])+@((?:${LABEL}\.)+(?=\p{L})${LABEL})$`,
  'u',
)
/** Errors of one value that are looked at; a body may have thousands. */
const MAX_ERRORS = 200
const YEARS = { first: 1970, last: 9998 }

const formats = {
  'date-time': (text: string) =>
    INSTANT.test(text) && realDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)),
  date: realDay,
  'time-zone': isTimeZone,
  email: isEmail,
  name: (text: string) => VISIBLE.test(text) && !MISLEADING.test(text),
  text: (text: string) => VISIBLE.test(text) && !MISLEADING.test(text.replace(/[\t\r\n]/g, '')),
  phone: (text: string) => PHONE.test(text),
  link: isLink,
  'uri-reference': true as const,
}

function realDay(text: string): boolean {
  const match = DAY.exec(text)
  if (!match) return false
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  if (year < YEARS.first || year > YEARS.last) return false
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function isEmail(text: string): boolean {
  const domain = EMAIL.exec(text)?.[1]
  return domain !== undefined && domainToASCII(domain) !== ''
}

function isTimeZone(text: string): boolean {
  // Intl accepts offsets such as "+02:00" as zones; they have no rules for daylight saving time.
  if (!/^[A-Za-z]/.test(text)) return false
  try {
    // Intl also takes abbreviations that mean several zones (IST, PST); Temporal refuses them.
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text)
    return true
  } catch {
    return false
  }
}

function ajvWith(coerceTypes: boolean): Ajv {
  return new Ajv({
    coerceTypes,
    removeAdditional: false,
    useDefaults: false,
    allErrors: true,
    strict: false,
    verbose: true,
    formats,
  })
}

const strict = ajvWith(false)
const reading = ajvWith(true)

/** Fastify's validator: strings of queries and paths are coerced to numbers, bodies are not coerced. */
export function validatorCompiler({ schema, httpPart }: { schema: object; httpPart?: string }) {
  const compiled = whenAsked(httpPart === 'querystring' || httpPart === 'params' ? reading : strict, schema)
  return (value: unknown) => {
    const validate = compiled()
    return validate(value) ? true : { error: validate.errors ?? [] }
  }
}

/** Compiling the schemas of all routes would be a third of a start, and most servers use a few. */
function whenAsked(ajv: Ajv, schema: object): () => ValidateFunction {
  let validate: ValidateFunction | undefined
  return () => {
    validate ??= ajv.compile(schema)
    return validate
  }
}

export type Checked<T> = { ok: true; value: T } | { ok: false; errors: FieldError[] }

/** For input that does not come through a route: frames of sockets, claims of tokens. */
export function checker<T extends TSchema>(schema: T): (value: unknown) => Checked<Static<T>> {
  const compiled = whenAsked(strict, schema)
  return (value) => {
    const validate = compiled()
    return validate(value)
      ? { ok: true, value: value as Static<T> }
      : { ok: false, errors: fieldErrors(validate.errors ?? []) }
  }
}

/** Names each faulty field and what is wrong with it, without repeating the value that was sent. */
export function fieldErrors(errors: Partial<ErrorObject>[], part = ''): FieldError[] {
  const seen = new Map<string, FieldError>()
  for (const error of ofNearestBranches(errors.slice(0, MAX_ERRORS))) {
    const params = (error.params ?? {}) as Record<string, unknown>
    const extra = params.missingProperty ?? params.additionalProperty
    const path = [
      ...(error.instancePath ?? '').split('/').slice(1),
      ...(extra === undefined ? [] : [String(extra)]),
    ]
    const field = path.join('.').slice(0, 100) || part || 'body'
    if (!seen.has(field)) seen.set(field, { field, message: messageOf(error), rule: ruleOf(error) })
  }
  return [...seen.values()].slice(0, 20)
}

/** For a value that matches no member of a union: keeps the errors of the member with the fewest missing and unknown fields. */
function ofNearestBranches(errors: Partial<ErrorObject>[]): Partial<ErrorObject>[] {
  const union = errors.find(({ keyword }) => keyword === 'anyOf')
  if (!union) return errors
  const { schemaPath = '', instancePath = '' } = union
  const branchOf = (error: Partial<ErrorObject>) => {
    const inside = `${error.instancePath}/`.startsWith(`${instancePath}/`)
    if (!inside || !error.schemaPath?.startsWith(`${schemaPath}/`)) return undefined
    return error.schemaPath.slice(schemaPath.length + 1).split('/', 1)[0]
  }
  const farOff = new Map<string, number>()
  for (const error of errors) {
    const branch = branchOf(error)
    if (branch === undefined) continue
    const shape = error.instancePath === instancePath
    farOff.set(branch, (farOff.get(branch) ?? 0) + (shape ? 1 : 0))
  }
  const [nearest] = [...farOff].sort(([, a], [, b]) => a - b)[0] ?? []
  return ofNearestBranches(
    errors.filter((error) => {
      const branch = branchOf(error)
      return error === union ? nearest === undefined : branch === undefined || branch === nearest
    }),
  )
}

/** For programs: the keyword of JSON Schema that is not satisfied; of a format, its name. */
function ruleOf({ keyword = 'other', params }: Partial<ErrorObject>): string {
  return keyword === 'format' ? String((params as { format?: string }).format) : keyword
}

function messageOf(error: Partial<ErrorObject>): string {
  switch (error.keyword) {
    case 'required':
      return 'is missing'
    case 'additionalProperties':
      return 'is not known here'
    case 'enum':
      return `must be one of ${((error.params as { allowedValues?: unknown[] }).allowedValues ?? []).join(', ')}`
    case 'format':
      return formatMessage(String((error.params as { format?: string }).format), error.data)
    default:
      return error.message ?? 'is not valid'
  }
}

function formatMessage(format: string, data: unknown): string {
  switch (format) {
    case 'date-time':
      return typeof data === 'string' && PLUS_LOST.test(data)
        ? 'has a space where a + belongs: in a query, send + as %2B'
        : 'must be an RFC 3339 instant with an offset or Z'
    case 'date':
      return 'must be a day that exists, as YYYY-MM-DD'
    case 'time-zone':
      return 'must be an IANA time zone such as Europe/Berlin'
    case 'email':
      return 'must be an e-mail address'
    case 'phone':
      return 'must be a telephone number: digits, spaces and + - ( ) / .'
    case 'link':
      return 'must have letters a to z, digits and hyphens, and begin and end with a letter or digit'
    case 'text':
      return 'must have visible characters, and none that control directions'
    case 'name':
      return 'must have visible characters, and none that control lines or directions'
    default:
      return `must match format ${format}`
  }
}
