/**
 * What the log says and what it never says: no token, no password, no e-mail address, no query string (a search holds
 * a person's name), and no value out of a database error (a refused duplicate quotes the key).
 */
import type { FastifyBaseLogger, FastifyRequest, FastifyServerOptions } from 'fastify'
import { shownPath } from './http/shown-path.js'

type LoggerOptions = Exclude<FastifyServerOptions['logger'], boolean | undefined>

const NEVER = ['authorization', 'cookie', 'password', 'email', 'token', 'accessToken', 'refreshToken', 'name']

export function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    redact: {
      paths: NEVER.flatMap((key) => [`*.${key}`, `*.*.${key}`]).concat(
        NEVER.filter((key) => key !== 'name'),
        'req.headers["set-cookie"]',
        'res.headers["set-cookie"]',
      ),
      censor: '[redacted]',
    },
    serializers: {
      req: (request: FastifyRequest) => ({
        method: request.method,
        path: request.url && shownPath(request.url),
      }),
      err: describeError,
    },
  }
}

/** Pino's own shows every field of an error, and the driver's carry documents and connection strings. */
function describeError(error: unknown) {
  if (!(error instanceof Error)) return { type: typeof error, message: '', stack: '' }
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
      ? error.code
      : undefined
  const quotes = error.name.startsWith('Mongo')
  return {
    type: error.name,
    message: quotes ? `code ${code ?? 'none'}` : error.message,
    stack: quotes ? frames(error.stack) : (error.stack ?? ''),
    ...(code === undefined ? {} : { code }),
  }
}

/** The stack begins with the message. */
function frames(stack: string | undefined): string {
  return (stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}

/**
 * The logger of a request, made when the request has something to say. Most have not, and making one costs as much as
 * finding the route, because what it says of the request goes through all of the above.
 */
export class RequestLog implements FastifyBaseLogger {
  readonly #make: () => FastifyBaseLogger
  #made: FastifyBaseLogger | undefined

  constructor(
    ...[parent, bindings, options]: [FastifyBaseLogger, ...Parameters<FastifyBaseLogger['child']>]
  ) {
    this.#make = () => parent.child(bindings, options)
  }

  get level() {
    return this.#log().level
  }
  child(...args: Parameters<FastifyBaseLogger['child']>) {
    return this.#log().child(...args)
  }
  fatal(...args: unknown[]) {
    this.#say('fatal', args)
  }
  error(...args: unknown[]) {
    this.#say('error', args)
  }
  warn(...args: unknown[]) {
    this.#say('warn', args)
  }
  info(...args: unknown[]) {
    this.#say('info', args)
  }
  debug(...args: unknown[]) {
    this.#say('debug', args)
  }
  trace(...args: unknown[]) {
    this.#say('trace', args)
  }
  silent() {}

  #log(): FastifyBaseLogger {
    this.#made ??= this.#make()
    return this.#made
  }

  #say(level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace', args: unknown[]): void {
    const log = this.#log()
    Reflect.apply(log[level], log, args)
  }
}
