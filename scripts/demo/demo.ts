/**
 * `npm run demo`: two servers on one database, three providers in three time zones, six people who book, one of whom
 * books visits of three slots and moves them. What they do goes to the first server; what is printed comes from the second. Ends by Ctrl-C, or after `--events 20`; `--speed 10`
 * hurries everybody. Everything is thrown away at the end.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { FastifyInstance } from 'fastify'
import WebSocket from 'ws'
import { build } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { startEmbeddedMongo } from '../../src/database/embedded/embedded-mongo.js'
import { withDatabase } from '../../src/database/uri.js'
import {
  type Booker,
  liveOn,
  moveVisits,
  openCalendars,
  type Person,
  type Practice,
  registerBookers,
  registerMover,
} from './people.js'
import { deedLine, eventLine, intro, type Shown } from './view.js'

const HOLD_SECONDS = 8
const SECRET = randomBytes(32).toString('hex')
/** Hashes in a millisecond: nothing here is worth stealing. */
const CHEAP = { memoryCost: 64, timeCost: 2, parallelism: 1 }

const { values } = parseArgs({
  options: { events: { type: 'string' }, speed: { type: 'string', default: '1' } },
})
const speed = Number(values.speed)
const eventsWanted = values.events === undefined ? Number.POSITIVE_INFINITY : Number(values.events)
if (!(speed > 0) || !(eventsWanted > 0)) {
  process.stderr.write('usage: npm run demo -- [--events 20] [--speed 10]\n')
  process.exit(2)
}

const over = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => over.abort())
const say = (line: string) => void process.stdout.write(`${line}\n`)

const folder = mkdtempSync(join(tmpdir(), 'slotcast-demo-'))
try {
  await demo()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function demo() {
  say('starting a database and two servers for the demo ...')
  const database = await startEmbeddedMongo({
    dataDir: folder,
    cacheDir: resolve('.cache'),
    env: process.env,
    say,
  })
  const servers: FastifyInstance[] = []
  try {
    const urls = [await startServer(database.uri, servers), await startServer(database.uri, servers)] as const
    const practices = await openCalendars(urls[0])
    const bookers = await registerBookers(urls[0])
    const mover = await registerMover(urls[0])
    say(intro({ urls, practices, bookers, mover, holdSeconds: holdSeconds() }))
    await perform(urls, practices, bookers, mover)
  } finally {
    for (const server of servers) await server.close()
    await database.stop()
  }
  say('\nThe servers and their database are gone. npm start keeps what you book.')
}

function holdSeconds(): number {
  return Math.max(1, Math.round(HOLD_SECONDS / speed))
}

async function startServer(uri: string, servers: FastifyInstance[]): Promise<string> {
  const secrets = { JWT_SECRET: SECRET, FIELD_KEY: SECRET }
  const settings = { HOLD_SECONDS: String(holdSeconds()), RATE_LIMIT_PER_MINUTE: '100000' }
  const config = { ...readConfig({ ...secrets, ...settings }), ...secrets }
  const server = await build({ config, mongoUri: withDatabase(uri, 'demo'), argon2: CHEAP })
  servers.push(server)
  return server.listen({ host: '127.0.0.1', port: 0 })
}

/** Until it is over, everybody does what they do; the second server tells. */
async function perform(
  urls: readonly [string, string],
  practices: Practice[],
  bookers: Booker[],
  mover: Person,
) {
  const shown: Shown = { practices: new Map(practices.map((one) => [one.id, one])), seen: 0 }
  const view = new WebSocket(`${urls[1].replace('http', 'ws')}/v1/live`)
  view.on('open', () => view.send(JSON.stringify({ type: 'watch', all: true })))
  view.on('message', (data) => {
    const line = over.signal.aborted ? null : eventLine(JSON.parse(String(data)), shown, Date.now())
    if (line === null) return
    say(line)
    if (shown.seen >= eventsWanted) over.abort()
  })
  view.on('error', () => over.abort())
  await new Promise((done) => view.once('message', done))
  const tell = (deed: Parameters<typeof deedLine>[0]) => say(deedLine(deed))
  try {
    const course = { signal: over.signal, speed, tell }
    await Promise.all([
      moveVisits(urls[0], mover, practices, course),
      ...bookers.map((booker) => liveOn(urls[0], booker, practices, course)),
    ])
  } finally {
    view.close()
  }
  say(`\n${shown.seen} events seen on the second server.`)
}
