/** What kind of server it is, whether what it acknowledges stays, what time it has, and how fast it is. */
import { readHello } from '../../../plugins/clock.js'
import { measureOffset } from '../../../src/clock-offset.js'
import { DURABLE, READ_ACKNOWLEDGED } from '../../../src/database/call-options.js'
import { OLDEST_MONGODB } from '../../../src/database/connect.js'
import { collectionOf } from '../../../src/database/database-calls.js'
import { type Check, type Finding, found, type Subject } from './check.js'

interface Counter {
  _id: string
  n: number
}

const CALLS = 50
const SLOW_MS = 50
const WRITTEN = 20

const adminOf = ({ connection }: Subject) => connection.getClient().db('admin')

export const serverChecks: Check[] = [
  {
    name: 'version',
    otherwise: 'The server does not start, or meets commands that the database does not know.',
    async run(subject) {
      const { version, secantusVersion } = await adminOf(subject).command({ buildInfo: 1 })
      const name = secantusVersion === undefined ? `MongoDB ${version}` : `SecantusDB ${secantusVersion}`
      return found(`${name}; MongoDB works from ${OLDEST_MONGODB} on`, [
        isOlder(String(version), OLDEST_MONGODB) && `${name}, and ${OLDEST_MONGODB} is the oldest that works`,
      ])
    },
  },
  {
    name: 'primary of a replica set',
    otherwise: 'There are no change streams, so that viewers see no changes, or no transactions.',
    async run(subject) {
      const { setName, msg, isWritablePrimary } = await adminOf(subject).command({ hello: 1 })
      if (msg === 'isdbgrid') return found('mongos of a sharded cluster')
      return found(`primary of "${setName}"`, [
        setName === undefined && 'a standalone server',
        isWritablePrimary !== true && `a member of "${setName}" that is not its primary`,
      ])
    },
  },
  {
    name: 'majority and journal',
    otherwise: 'What a client was told is booked can be gone after a crash.',
    async run({ connection }) {
      const counters = collectionOf<Counter>(connection, 'counters')
      const missed: number[] = []
      for (let n = 1; n <= WRITTEN; n++) {
        await counters.updateOne({ _id: 'majority' }, { $set: { n } }, { ...DURABLE, upsert: true })
        const read = await counters.findOne({ _id: 'majority' }, READ_ACKNOWLEDGED)
        if (read?.n !== n) missed.push(n)
      }
      return found(`${WRITTEN} writes acknowledged, each in the majority read after it`, [
        missed.length > 0 &&
          `${missed.length} of ${WRITTEN} acknowledged writes not in the majority read after`,
      ])
    },
  },
  {
    name: 'clock',
    otherwise: 'The time by which holds end is in doubt, and servers are not ready.',
    async run(subject) {
      const times: number[] = []
      const { steady, offset } = await measureOffset({
        databaseTime: async () => {
          const answer = readHello(await adminOf(subject).command({ hello: 1 }))
          times.push(answer.time)
          return answer
        },
        monotonic: () => performance.now(),
      })
      const ahead = Math.round(offset + performance.now() - Date.now())
      return found(`${times.length} samples agree; ${aheadWords(ahead)} this machine's`, [
        times.some((time, index) => time < (times[index - 1] ?? 0)) &&
          'its time went back between two samples',
        !steady && 'its samples contradict each other by more than a second',
      ])
    },
  },
  {
    name: 'speed of a durable write',
    otherwise: 'Each hold and each confirmation waits for a slow disk or a slow network.',
    run: ({ connection }) => {
      const counters = collectionOf<Counter>(connection, 'counters')
      return medianOf('durable writes', (n) =>
        counters.updateOne({ _id: 'speed' }, { $set: { n } }, { ...DURABLE, upsert: true }),
      )
    },
  },
  {
    name: 'speed of a read',
    otherwise: 'Whatever is not in memory waits for a database that is far away or busy.',
    run: ({ connection }) => {
      const counters = collectionOf<Counter>(connection, 'counters')
      return medianOf('majority reads', () => counters.findOne({ _id: 'speed' }, READ_ACKNOWLEDGED))
    },
  },
]

async function medianOf(what: string, call: (n: number) => Promise<unknown>): Promise<Finding> {
  const taken: number[] = []
  for (let n = 0; n < CALLS; n++) {
    const begun = performance.now()
    await call(n)
    taken.push(performance.now() - begun)
  }
  const median = taken.sort((a, b) => a - b)[CALLS / 2] ?? 0
  const seen = `median of ${CALLS} ${what}: ${median.toFixed(1)} ms`
  return median > SLOW_MS
    ? { verdict: 'slow', seen: `${seen}, more than ${SLOW_MS}` }
    : { verdict: 'ok', seen }
}

function aheadWords(ms: number): string {
  return `${Math.abs(ms)} ms ${ms < 0 ? 'behind' : 'ahead of'}`
}

/** The number of a version alone: a release candidate counts as its release. */
function isOlder(version: string, than: string): boolean {
  const [have, want] = [version, than].map((text) => text.split(/[.-]/).map(Number))
  for (const [index, part] of (want ?? []).entries()) {
    const difference = (have?.[index] ?? 0) - part
    if (difference !== 0) return difference < 0
  }
  return false
}
