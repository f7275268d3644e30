/**
 * What the log says and what it never says: no token, no password, no e-mail address, no query string (a search holds
 * a person's name), and no value out of a database error (a refused duplicate quotes the key).
 */
import type { FastifyRequest, FastifyServerOptions } from 'fastify'

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
      req: (request: FastifyRequest) => ({ method: request.method, path: request.url?.split('?')[0] }),
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
