/**
 * The metrics of this server. Counters are incremented as things happen; gauges (the size of the board, the sockets) are
 * read at each scrape. Served by routes/metrics.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { ErrorCode } from '../src/http/problems.js'
import { type Counter, type Histogram, Metrics } from '../src/metrics.js'

declare module 'fastify' {
  interface FastifyInstance {
    metrics: ServerMetrics
  }
}

export interface ServerMetrics {
  text(): string
  /** Overdue holds that this instance released, and how long after their end it looked. */
  swept: Counter
  sweepLateness: Histogram
  /** Changes of slots as they went out from this instance, whoever made them. */
  changes: Counter
  publishing: Histogram
  /** Attempts of jobs (mail, webhooks) on this instance. */
  jobs: { ended: Counter; seconds: Histogram }
  /** Attempts to deliver a webhook, tests among them. */
  webhooks: Counter
}

export interface MetricsPluginOptions {
  droppedLogLines?: (() => number) | undefined
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const LATENESS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30]
const LOOP_RESOLUTION_MS = 20
/** Counters that alarms go by are there from the start: Prometheus takes a first value of 1 for no increase. */
const ALARMING = ['unavailable', 'internal'] as const satisfies ErrorCode[]
const NANOSECONDS = 1e9

export default fp(
  async (app: FastifyInstance, { droppedLogLines }: MetricsPluginOptions) => {
    const metrics = new Metrics()
    countRequests(app, metrics)
    readLive(app, metrics)
    readDatabase(app, metrics)
    readClock(app, metrics)
    readSweeper(app, metrics)
    readJobs(app, metrics)
    readAudit(app, metrics)
    metrics.gauge(
      'slotcast_log_dropped_total',
      'Lines of the log that found no reader',
      droppedLogLines ?? (() => 0),
      'counter',
    )
    readProcess(app, metrics)
    app.decorate('metrics', {
      text: () => metrics.text(),
      swept: metrics.counter('slotcast_swept_holds_total', 'Overdue holds released by the sweeper here'),
      sweepLateness: metrics.histogram(
        'slotcast_sweep_lateness_seconds',
        'From the end of a hold to the sweep that releases it',
        LATENESS,
      ),
      changes: metrics.counter(
        'slotcast_slot_changes_total',
        'Changes of slots seen here, by kind, and by reason where a reservation ended',
      ),
      publishing: metrics.histogram(
        'slotcast_publish_seconds',
        'From the moment of a change to its being handed to the sockets here',
        SECONDS,
      ),
      jobs: {
        ended: metrics.counter('slotcast_job_attempts_total', 'Attempts of jobs here, by channel and end'),
        seconds: metrics.histogram('slotcast_job_seconds', 'How long attempts of jobs took here', LATENESS),
      },
      webhooks: metrics.counter(
        'slotcast_webhook_deliveries_total',
        'Attempts to deliver a webhook, by what came of them',
      ),
    })
  },
  { name: 'metrics', dependencies: ['errors'] },
)

function countRequests(app: FastifyInstance, metrics: Metrics) {
  const requests = metrics.counter('slotcast_http_requests_total', 'Requests by route and class of status')
  const seconds = metrics.histogram('slotcast_http_request_seconds', 'Time to the end of the answer', SECONDS)
  const problems = metrics.counter('slotcast_problems_total', 'Answers that are not a success, by code')
  for (const code of ALARMING) problems.add({ code }, 0)
  app.addHook('onResponse', (request, reply, done) => {
    // The pattern, never the path: that has ids in it.
    const route = request.routeOptions.url ?? 'none'
    const { method } = request
    requests.add({ method, route, status: `${Math.floor(reply.statusCode / 100)}xx` })
    seconds.observe(reply.elapsedTime / 1000, { method, route })
    if (request.problem !== null) problems.add({ code: request.problem })
    done()
  })
}

function readLive(app: FastifyInstance, metrics: Metrics) {
  metrics.gauge('slotcast_stream_lag_seconds', 'From the writing of the last change to its arrival', () =>
    seconds(app.feed.lagMs),
  )
  metrics.gauge(
    'slotcast_picture_age_seconds',
    'How long nothing was heard of the database; 0 when all is well',
    () => seconds(app.feed.ageMs()),
  )
  metrics.gauge(
    'slotcast_session_poll_age_seconds',
    'How old the knowledge of sessions that other instances ended is',
    () => seconds(app.tokens.pollAgeMs()),
  )
  metrics.gauge('slotcast_board_slots', 'Room taken in memory, in slots', () => app.board.size)
  metrics.gauge('slotcast_board_topics', 'Providers in memory', () => app.board.topics)
  metrics.gauge('slotcast_sockets', 'Open sockets by transport', () => [
    [{ transport: 'socket.io' }, app.live.socketIo],
    [{ transport: 'raw' }, app.live.raw],
  ])
  metrics.gauge('slotcast_watches', 'Watches of all viewers together', () => app.live.gateway.watches)
  metrics.gauge(
    'slotcast_pictures_total',
    'Pictures given to viewers',
    () => app.live.gateway.pictures,
    'counter',
  )
  metrics.gauge(
    'slotcast_picture_bytes_encoded_total',
    'Bytes of pictures encoded; what was kept from before is not counted',
    () => app.live.gateway.encoded,
    'counter',
  )
  metrics.gauge(
    'slotcast_pictures_refused_total',
    'Watches refused because a budget of pictures was spent',
    () => app.live.budgets.refused,
    'counter',
  )
  metrics.gauge(
    'slotcast_viewers_cut_off_total',
    'Viewers cut off because they did not read',
    () => app.live.cut,
    'counter',
  )
}

function readDatabase(app: FastifyInstance, metrics: Metrics) {
  metrics.gauge(
    'slotcast_database_calls_waiting',
    'Calls to the database without an answer yet',
    () => app.databaseCalls.waiting,
  )
  metrics.gauge('slotcast_database_oldest_call_seconds', 'How long the oldest of them has waited', () =>
    seconds(app.databaseCalls.oldestMs),
  )
  metrics.gauge(
    'slotcast_database_calls_ran_out_total',
    'Calls that got no answer in time',
    () => app.databaseCalls.ranOut,
    'counter',
  )
}

function readClock(app: FastifyInstance, metrics: Metrics) {
  metrics.gauge(
    'slotcast_clock_database_ahead_seconds',
    'How far the time of the database is ahead of the one in use',
    () => seconds(app.clockHealth().aheadMs),
  )
  metrics.gauge('slotcast_clock_trusted', '0 while the time of the database contradicts the one in use', () =>
    Number(app.clockHealth().trusted),
  )
  metrics.gauge('slotcast_clock_unmeasured_seconds', 'Since the time of the database was last read', () =>
    seconds(app.clockHealth().unmeasuredMs),
  )
}

function readSweeper(app: FastifyInstance, metrics: Metrics) {
  metrics.gauge(
    'slotcast_sweep_age_seconds',
    'Since a sweep of overdue holds last ended without a fault',
    () => seconds(app.sweeper.ageMs()),
  )
}

function readJobs(app: FastifyInstance, metrics: Metrics) {
  metrics.gauge('slotcast_jobs_due', 'Jobs that are due and not begun, as far as this instance knows', () =>
    app.jobs.channels().map(({ name, due }) => [{ channel: name }, due]),
  )
  metrics.gauge('slotcast_jobs_running', 'Jobs under way on this instance', () =>
    app.jobs.channels().map(({ name, running }) => [{ channel: name }, running]),
  )
  metrics.gauge(
    'slotcast_jobs_unwritten',
    'Jobs that this instance has planned and that are not in the database yet',
    () => app.jobs.unwritten(),
  )
  metrics.gauge(
    'slotcast_jobs_derived_total',
    'Jobs derived from slots because the history of changes was lost',
    () => app.jobs.derived(),
    'counter',
  )
}

/** A log that cannot be written costs nobody a request, so this is where it shows. */
function readAudit(app: FastifyInstance, metrics: Metrics) {
  const none = { written: 0, waiting: 0, lost: 0, failing: false }
  const counts = () => app.audit?.counts ?? none
  metrics.gauge('slotcast_audit_lines_total', 'Lines written', () => counts().written, 'counter')
  metrics.gauge('slotcast_audit_waiting', 'Lines that wait to be written', () => counts().waiting)
  metrics.gauge(
    'slotcast_audit_lost_total',
    'Lines that found no room to wait',
    () => counts().lost,
    'counter',
  )
  metrics.gauge('slotcast_audit_failing', '1 while the audit log cannot be written', () =>
    Number(counts().failing),
  )
}

function readProcess(app: FastifyInstance, metrics: Metrics) {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  delay.enable()
  app.addHook('onClose', async () => {
    delay.disable()
  })
  metrics.gauge('slotcast_event_loop_delay_p99_seconds', 'Since it was last asked for', () => {
    const p99 = delay.percentile(99) / NANOSECONDS - LOOP_RESOLUTION_MS / 1000
    delay.reset()
    return Math.max(0, p99)
  })
  metrics.gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())
  metrics.gauge(
    'process_cpu_seconds_total',
    'Time on the processor',
    () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    },
    'counter',
  )
}

function seconds(ms: number): number {
  return ms / 1000
}
