/** Builds the server without listening; `server.ts` and the tests listen. */
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify'
import accounts from '../plugins/accounts.js'
import audit from '../plugins/audit.js'
import auth from '../plugins/auth.js'
import clock from '../plugins/clock.js'
import directory from '../plugins/directory.js'
import docs from '../plugins/docs.js'
import errors, { clientError, frameworkError, requestId } from '../plugins/errors.js'
import feeds from '../plugins/feeds.js'
import grants from '../plugins/grants.js'
import guests from '../plugins/guests.js'
import jobs from '../plugins/jobs.js'
import limits from '../plugins/limits.js'
import links from '../plugins/links.js'
import live, { type LiveTimings } from '../plugins/live.js'
import mail from '../plugins/mail.js'
import metrics from '../plugins/metrics.js'
import mongo from '../plugins/mongo.js'
import pages from '../plugins/pages.js'
import profiles from '../plugins/profiles.js'
import schedules from '../plugins/schedules.js'
import edge, { edgeHeaders } from '../plugins/security-headers.js'
import services from '../plugins/services.js'
import sessionCookie from '../plugins/session-cookie.js'
import slots from '../plugins/slots.js'
import sweeper from '../plugins/sweeper.js'
import waits from '../plugins/waits.js'
import webhooks, { type WebhookNetwork } from '../plugins/webhooks.js'
import type { Argon2Cost } from './auth/passwords.js'
import type { Clock } from './clock.js'
import type { Config } from './config.js'
import { trustedProxies } from './http/proxies.js'
import { publicUrl } from './http/public-url.js'
import { serializerCompiler } from './http/serialization.js'
import { validatorCompiler } from './http/validation.js'
import type { WorkerTimings } from './jobs/channel-worker.js'
import { RequestLog } from './logging.js'
import { accountRoutes } from './routes/accounts.js'
import { availabilityRoutes } from './routes/availability.js'
import { bookingRoutes } from './routes/bookings.js'
import { calendarRoutes } from './routes/calendar.js'
import { deliveryRoutes } from './routes/deliveries.js'
import { devMailRoutes } from './routes/dev-mail.js'
import { exceptionRoutes } from './routes/exceptions.js'
import { feedRoutes } from './routes/feeds.js'
import { guestRoutes } from './routes/guests.js'
import { healthRoutes } from './routes/health.js'
import { keyRoutes } from './routes/keys.js'
import { linkRoutes } from './routes/links.js'
import { meRoutes } from './routes/me.js'
import { metricsRoutes } from './routes/metrics.js'
import { ownSessionRoutes } from './routes/own-sessions.js'
import { passwordRoutes } from './routes/passwords.js'
import { pictureRoutes } from './routes/picture.js'
import { policyRoutes } from './routes/policies.js'
import { profileRoutes } from './routes/profiles.js'
import { providerRoutes } from './routes/providers.js'
import { reservationChangeRoutes } from './routes/reservation-changes.js'
import { reservationRoutes } from './routes/reservations.js'
import { scheduleRoutes } from './routes/schedule.js'
import { serviceRoutes } from './routes/services.js'
import { sessionRoutes } from './routes/session.js'
import { slotRoutes } from './routes/slots.js'
import { timeOffRoutes } from './routes/time-off.js'
import { tokenRoutes } from './routes/tokens.js'
import { waitRoutes } from './routes/waits.js'
import { webhookRoutes } from './routes/webhooks.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** Where people reach this server, without a slash at its end. */
    publicUrl(): string
  }
}

export interface AppOptions {
  config: Config & { JWT_SECRET: string; FIELD_KEY: string }
  mongoUri: string
  /** In place of the database's clock; tests move it. */
  clock?: Clock
  logger?: FastifyServerOptions['logger']
  /** Log lines dropped so far, for the metrics. */
  droppedLogLines?: () => number
  /** Shorter waits for tests. */
  live?: LiveTimings
  /** Shorter waits of the jobs' workers, for tests. */
  jobs?: Partial<WorkerTimings>
  /** Cheaper password hashes for tests. */
  argon2?: Argon2Cost
  /** Folder of the audit log; without it nothing is audited. */
  audit?: string
  /** Folder of mails where there is no SMTP_URL; without it there is no mail. */
  mail?: string
  /** Whether open slots follow the hours by themselves; tests of the materialiser say no. */
  schedules?: boolean
  /** Whether waits are brought in line, and open slots offered, by themselves; tests that sweep say no. */
  waits?: boolean
  /** How webhooks find and trust their targets; tests have names and authorities of their own. */
  webhooks?: WebhookNetwork
  /** Whether overdue holds are swept; tests of expiry without a sweeper say no. */
  sweep?: boolean
}

const MAX_BODY = 16 * 1024
/** More than Node reads of headers: an address that is too long is answered like every other refusal. */
const MAX_PARAM = 64 * 1024

export async function build(options: AppOptions): Promise<FastifyInstance> {
  const { config } = options
  const app = Fastify({
    logger: options.logger ?? false,
    bodyLimit: MAX_BODY,
    routerOptions: { maxParamLength: MAX_PARAM },
    genReqId: requestId,
    clientErrorHandler: clientError,
    frameworkErrors: (error, request, reply) => frameworkError(error, request, reply.headers(edgeHeaders)),
    // One line for each request at debug, by plugins/errors.ts, in place of Fastify's two at info.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    return503OnClosing: true,
    requestTimeout: 30_000,
    // Without a timeout, a client that sends one byte at a time holds its connection open.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
    // Connecting to the database and building indexes may take long; both report their own errors.
    pluginTimeout: 120_000,
    // Longer than the idle timeout of common load balancers (60 s), which would otherwise reuse a closed connection.
    keepAliveTimeout: 65_000,
    trustProxy: config.TRUST_PROXY !== 'false' && trustedProxies(config.TRUST_PROXY),
  })
  app.setChildLoggerFactory((logger, bindings, options) => new RequestLog(logger, bindings, options))
  app.decorate('draining', false)
  app.decorate('publicUrl', () => publicUrl(config.PUBLIC_URL, app.server.address()))
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  // JSON is the only media type that is read.
  app.removeContentTypeParser('text/plain')
  // Many clients send the media type of JSON with every request, so an empty body counts as none.
  // The parser treats no key specially: the schemas refuse `__proto__` like any other unknown field.
  const parseJson = app.getDefaultJsonParser('ignore', 'ignore')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null)
    else parseJson(request, String(body), done)
  })
  try {
    // First, so that its headers are on every refusal.
    await app.register(edge, { config })
    await app.register(errors)
    await app.register(metrics, { droppedLogLines: options.droppedLogLines })
    await app.register(mongo, { uri: options.mongoUri })
    await app.register(clock, { clock: options.clock })
    await app.register(accounts, {
      fieldKeys: [config.FIELD_KEY, ...given(config.FIELD_KEY_PREVIOUS)],
      argon2: options.argon2,
    })
    await app.register(services)
    await app.register(profiles)
    await app.register(grants, { config })
    await app.register(auth, {
      secret: config.JWT_SECRET,
      olderSecrets: given(config.JWT_SECRET_PREVIOUS),
      publicView: config.PUBLIC_VIEW,
    })
    await app.register(links, { secret: config.JWT_SECRET })
    await app.register(sessionCookie)
    await app.register(limits, { config })
    await app.register(audit, {
      folder: options.audit,
      fieldKeys: [config.FIELD_KEY, ...given(config.FIELD_KEY_PREVIOUS)],
    })
    await app.register(slots, {
      config,
      secrets: [config.JWT_SECRET, ...given(config.JWT_SECRET_PREVIOUS)],
    })
    await app.register(guests, {
      fieldKeys: [config.FIELD_KEY, ...given(config.FIELD_KEY_PREVIOUS)],
      secrets: [config.JWT_SECRET, ...given(config.JWT_SECRET_PREVIOUS)],
    })
    await app.register(directory, {
      fieldKeys: [config.FIELD_KEY, ...given(config.FIELD_KEY_PREVIOUS)],
    })
    await app.register(live, { config, timings: options.live })
    // Before those that wait for their work when the server stops: meanwhile nothing is swept any more.
    await app.register(sweeper, { config, start: options.sweep ?? true })
    await app.register(jobs, { timings: options.jobs })
    await app.register(webhooks, {
      config,
      fieldKeys: [config.FIELD_KEY, ...given(config.FIELD_KEY_PREVIOUS)],
      ...options.webhooks,
    })
    await app.register(mail, {
      config,
      folder: options.mail,
      fieldKeys: [config.FIELD_KEY, ...given(config.FIELD_KEY_PREVIOUS)],
    })
    await app.register(schedules, { start: options.schedules ?? true })
    await app.register(waits, { start: options.waits ?? true })
    await app.register(feeds)
    await app.register(docs)
    await app.register(pages)

    for (const routes of [
      accountRoutes,
      tokenRoutes,
      sessionRoutes,
      meRoutes,
      passwordRoutes,
      ownSessionRoutes,
      keyRoutes,
      feedRoutes,
      providerRoutes,
      profileRoutes,
      pictureRoutes,
      policyRoutes,
      serviceRoutes,
      scheduleRoutes,
      exceptionRoutes,
      timeOffRoutes,
      availabilityRoutes,
      slotRoutes,
      reservationRoutes,
      reservationChangeRoutes,
      bookingRoutes,
      guestRoutes,
      calendarRoutes,
      linkRoutes,
      waitRoutes,
      webhookRoutes,
      deliveryRoutes,
      ...(config.TRUST_PROXY === 'false' ? [devMailRoutes] : []),
      healthRoutes,
      metricsRoutes,
    ]) {
      await app.register(routes)
    }
    await app.ready()
    return app
  } catch (error) {
    await app.close()
    throw error
  }
}

function given(setting: string | undefined): string[] {
  return setting === undefined ? [] : [setting]
}
