/**
 * Writes the audit log in one hook for all routes, so that no route can forget it. A route names its action; one that
 * changes something and has no name for it is written by its method and pattern.
 *
 * Not written: reads (except those that a route names, and refusals by role), previews that changed nothing, and requests
 * refused before the caller was identified (no token, a limit, an unreadable request), so that a flood of them cannot push
 * out other lines. The hook is onSend, because onResponse runs before the outcome is known when the caller hangs up.
 */
import { hostname } from 'node:os'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type AuditAbout, type AuditEntry, auditKey } from '../src/audit/audit-line.js'
import { type AuditLog, createAuditLog } from '../src/audit/audit-log.js'
import type { Caller } from '../src/http/caller.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** Null where nothing is audited. */
    audit: AuditLog | null
  }
  interface FastifyRequest {
    /** What a route knows of its action beyond what its address and answer say. */
    audited: AuditAbout | null
  }
  interface FastifyContextConfig {
    /** What the action is called in the audit log. */
    audit?: string
  }
}

export interface AuditPluginOptions {
  /** Without a folder nothing is audited. */
  folder?: string | undefined
  /** FIELD_KEY, and the one before it while keys rotate. */
  fieldKeys: [current: string, ...older: string[]]
}

const LOOKING = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Each signed-in page does this every few minutes; only what goes wrong with it is worth a line. */
const ONLY_REFUSALS = new Set(['session.refresh'])
const LIMITED = 429
const FORBIDDEN = 403
const UNREADABLE = new Set([400, 404, 405, 406, 413, 414, 415])

const SLOT_ID = /^[0-9a-f]{32}\.\d{8}T\d{4}Z$/
const RESERVATION = /^\/v1\/reservations\/([0-9a-f]{32})$/

export default fp(
  async (app: FastifyInstance, { folder, fieldKeys }: AuditPluginOptions) => {
    app.decorateRequest('audited', null)
    app.decorate('audit', null)
    if (folder === undefined) return
    const [current, ...older] = fieldKeys
    const log = createAuditLog({
      folder,
      name: hostname().replace(/[^\w.-]/g, '_') || 'host',
      keys: [auditKey(current), ...older.map(auditKey)],
      now: () => app.clock.now(),
      onFault: (error) => app.log.error({ err: error }, 'the audit log cannot be written; it is tried again'),
    })
    app.audit = log
    // Also so that the chain is signed with today's key, and a folder that cannot be written is told at the start.
    app.addHook('onReady', async () => {
      log.write({ at: new Date(app.clock.now()).toISOString(), action: 'process.start' })
    })
    app.addHook('onClose', () => log.close())

    app.addHook('onSend', (request, reply, payload, done) => {
      const action = actionOf(request, reply.statusCode)
      if (action !== null) log.write(entryOf(app, request, reply, action, payload))
      done(null, payload)
    })
  },
  { name: 'audit', dependencies: ['metrics', 'clock', 'auth'], fastify: '5.x' },
)

/** How it is called, or null where it is not written. */
function actionOf(request: FastifyRequest, status: number): string | null {
  const { method, routeOptions, caller } = request
  const { audit, access } = routeOptions.config
  const named = audit ?? (LOOKING.has(method) ? null : `${method} ${routeOptions.url ?? ''}`)
  // Text on routes that have none.
  const isPreview = (request.query as { preview?: unknown }).preview === true
  if (request.is404 || status === LIMITED || (isPreview && status < 400)) return null
  if (caller !== null && status === FORBIDDEN) return named ?? `${method} ${routeOptions.url ?? ''}`
  if (named === null || (status < 400 && ONLY_REFUSALS.has(named))) return null
  if (caller !== null) return named
  return access !== 'open' ? null : UNREADABLE.has(status) ? null : named
}

function entryOf(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  action: string,
  payload: unknown,
): AuditEntry {
  const { problem, ip, id } = request
  const caller = request.caller ?? signedInBy(app, request, reply, payload)
  const about = { ...aboutOf(request, reply), ...request.audited }
  return {
    at: new Date(app.clock.now()).toISOString(),
    action,
    status: reply.statusCode,
    ...(problem !== null && { code: problem }),
    ...(caller && { who: caller.id, role: caller.role }),
    ...(caller?.key && { apiKey: caller.key.id }),
    address: ip,
    request: id,
    ...(Object.keys(about).length > 0 && { about }),
  }
}

/** Of an answer that signs somebody in, whom: that of every route that gives out an access token. */
function signedInBy(
  app: FastifyInstance,
  { routeOptions }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Caller | null {
  const isJson = String(reply.getHeader('content-type')).includes('json')
  if (routeOptions.config.access !== 'open' || reply.statusCode >= 300 || !isJson) return null
  if (typeof payload !== 'string') return null
  const token = textIn(payload === '' ? null : JSON.parse(payload), 'accessToken')
  const caller = token === null ? null : app.tokens.verify(token)
  return caller === 'expired' ? null : caller
}

/** What address, body and answer say of it, as far as that names nobody. */
function aboutOf({ routeOptions, params, body, method }: FastifyRequest, reply: FastifyReply): AuditAbout {
  const { url = '' } = routeOptions
  const about: AuditAbout = {}
  const id = textIn(params, 'id')
  // A parameter is whatever was sent; only what is shaped like an id of ours is written.
  if (id !== null && /^[0-9a-f]{32}$/.test(id)) {
    if (url.startsWith('/v1/reservations/')) about.reservation = id
    if (url.startsWith('/v1/providers/')) about.provider = id
  }
  const slot = textIn(body, 'slotId')
  if (slot !== null && SLOT_ID.test(slot)) about.slot = slot
  const made = RESERVATION.exec(String(reply.getHeader('location') ?? ''))?.[1]
  if (made !== undefined) about.reservation = made
  // By the schema these are names of fields of ours once the answer is a success.
  if (method === 'PATCH' && reply.statusCode < 400 && typeof body === 'object' && body !== null) {
    about.fields = Object.keys(body).filter((field) => field !== 'currentPassword')
  }
  return about
}

function textIn(value: unknown, key: string): string | null {
  if (typeof value !== 'object' || value === null) return null
  const found: unknown = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
  return typeof found === 'string' ? found : null
}
