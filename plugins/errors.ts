/**
 * Answers errors as problem+json with a code of the catalogue, and gives each request its id. Clients see texts of the
 * catalogue and of our own refusals: no driver text, no stack, no value that was sent.
 */
import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isDatabaseAway } from '../src/database/unavailable.js'
import {
  type ErrorCode,
  type ErrorExtras,
  invalid,
  problemOf,
  RETRY_SECONDS,
  Refusal,
} from '../src/http/problems.js'
import { shownPath } from '../src/http/shown-path.js'
import { fieldErrors } from '../src/http/validation.js'

const MAX_URL = 2_048
/** Callers get an answer within 5 s. Each of several calls to a slow database may be in time, and their sum not. */
const ANSWER_MS = 4_800
/** Password hashes queue up, and failed sign-ins are delayed. */
const SIGN_IN_MS = 15_000
/** Log levels at which each request gets a line. */
const TELLING = new Set(['debug', 'trace'])
const SANE_ID = /^[\w.:-]{1,64}$/

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers a browser at an address that no route has, where there are pages. */
    missingPage: ((request: FastifyRequest, reply: FastifyReply) => FastifyReply) | null
  }
  interface FastifyRequest {
    /** The code it was refused with, for metrics and the audit log. */
    problem: ErrorCode | null
  }
  interface FastifyContextConfig {
    /** What the route answers with, where it is not JSON; `image/*` where it depends. */
    produces?: string
    /** The route needs no timer for each answer: it answers mostly from memory and bounds the rest itself. */
    boundsItself?: boolean
  }
}

/** Fastify's own refusals, by their code. */
const known: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_HANDLER_TIMEOUT: 'unavailable',
}

/** The id of a request: the caller's where it is well-formed, so that it can be followed through several services. */
export function requestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID()
}

export default fp(
  async (app: FastifyInstance) => {
    app.decorateRequest('problem', null)
    app.decorate('missingPage', null)
    const routes: { method: string; pattern: RegExp }[] = []
    app.addHook('onRoute', (route) => {
      const { url, method } = route
      // Routes that do a lot in one request set their own.
      if (url.startsWith('/v1/') && !route.config?.boundsItself)
        route.handlerTimeout ??= route.config?.limit === undefined ? ANSWER_MS : SIGN_IN_MS
      const pattern = new RegExp(
        `^${url
          .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
          .replace(/:\w+/g, '[^/]+')
          .replace(/\*/g, '.*')}/?$`,
      )
      for (const one of [method].flat()) routes.push({ method: one, pattern })
    })

    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      if (request.url.length > MAX_URL) return done(new Refusal('uri_too_long'))
      const produces = request.routeOptions.config.produces ?? 'application/json'
      const isFit = !request.url.startsWith('/v1/') || accepts(request.headers.accept, produces)
      done(isFit ? undefined : new Refusal('not_acceptable'))
    })

    if (TELLING.has(app.log.level)) {
      app.addHook('onResponse', (request, reply, done) => {
        const { method, routeOptions } = request
        const ms = Math.round(reply.elapsedTime)
        // The route's pattern, not its address: that may name an account.
        request.log.debug({ method, route: routeOptions.url, status: reply.statusCode, ms }, 'answered')
        done()
      })
    }

    app.setErrorHandler((error: FastifyError, request, reply) => {
      const { code, detail, extras, headers } = refusalOf(error)
      if (code === 'internal') request.log.error({ err: error }, 'a request failed')
      else if (code === 'unavailable') request.log.warn({ reason: error.name }, 'unavailable')
      return problem(request, reply.headers(headers), code, detail, extras)
    })

    app.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0] ?? ''
      const methods = [
        ...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)),
      ]
      if (methods.length === 0 && app.missingPage !== null && wantsPage(request, path)) {
        request.problem = 'not_found'
        return app.missingPage(request, reply.header('vary', 'accept'))
      }
      if (methods.length === 0 || methods.includes(request.method))
        return problem(request, reply, 'not_found')
      return problem(request, reply.header('allow', methods.join(', ')), 'method_not_allowed')
    })
  },
  { name: 'errors' },
)

interface Answer {
  code: ErrorCode
  detail?: string | undefined
  extras?: ErrorExtras
  headers: Record<string, string>
}

function refusalOf(error: FastifyError): Answer {
  if (error instanceof Refusal) {
    return { code: error.code, detail: error.detail, extras: error.extras, headers: error.headers }
  }
  if (error.validation) {
    const errors = fieldErrors(error.validation, error.validationContext)
    const [first] = errors
    return {
      code: 'invalid_request',
      detail: first && `${first.field}: ${first.message}`,
      extras: { errors },
      headers: {},
    }
  }
  const own = known[error.code]
  if (own) return { code: own, headers: {} }
  if (isDatabaseAway(error)) return { code: 'unavailable', headers: {} }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    const message =
      error instanceof SyntaxError || error.code?.startsWith('FST_ERR_CTP')
        ? 'is not JSON that can be read'
        : 'is not valid'
    return {
      code: 'invalid_request',
      detail: `body: ${message}`,
      extras: { errors: [{ field: 'body', message }] },
      headers: {},
    }
  }
  return { code: 'internal', headers: {} }
}

function problem(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ErrorCode,
  detail?: string,
  extras: ErrorExtras = {},
) {
  const instance = shownPath(request.url)
  const body = problemOf(code, detail, { instance, requestId: request.id, ...extras })
  const { status } = body
  request.problem = code
  if ((status === 503 || status === 429) && !reply.hasHeader('retry-after'))
    reply.header('retry-after', RETRY_SECONDS)
  return reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(body)
}

/** Whether a person looks there with a browser; programs, and who asks the API, get the problem. */
function wantsPage({ method, headers }: FastifyRequest, path: string): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  return isRead && !path.startsWith('/v1/') && /\btext\/html\b/i.test(headers.accept ?? '')
}

function accepts(accept: string | undefined, produces: string): boolean {
  if (accept === undefined || accept.trim() === '') return true
  const [type = ''] = produces.split('/')
  const fit = new Set(['*/*', `${type}/*`, produces, 'application/problem+json'])
  const isFit = (media: string) =>
    fit.has(media) || (produces === `${type}/*` && media.startsWith(`${type}/`))
  return accept.split(',').some((part) => {
    const [media = '', ...params] = part.split(';').map((piece) => piece.trim().toLowerCase())
    return isFit(media) && !params.some((param) => /^q=0(\.0*)?$/.test(param))
  })
}

/** Answers a request whose URL cannot be parsed; no route and no hook sees it. */
export function frameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const refusal =
    error.code === 'FST_ERR_BAD_URL' ? invalid('url', 'has a % that does not begin a character') : error
  const { code, detail, extras } = refusalOf(refusal)
  problem(request, reply.header('x-request-id', request.id), code, detail, extras)
}

/** Answers a connection on which no valid HTTP request begins. */
export function clientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code: ErrorCode = error.code === 'HPE_HEADER_OVERFLOW' ? 'uri_too_long' : 'invalid_request'
  const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const detail = isLate ? 'The request took too long to arrive.' : undefined
  const id = randomUUID()
  const errors = [{ field: 'request', message: isLate ? 'came too slowly' : 'is not HTTP that can be read' }]
  const problem = problemOf(code, detail, { requestId: id, ...(code === 'invalid_request' && { errors }) })
  const { status } = problem
  const body = JSON.stringify(problem)
  const headers = [
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...headers, '', body].join('\r\n'))
}
