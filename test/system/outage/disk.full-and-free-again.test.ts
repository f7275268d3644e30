import { execFileSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { temporaryFolder } from '../../helper/database.js'
import { startEmbedded } from '../../helper/engines.js'
import { publish, register, startOne } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

const DISK_MB = 192
/** More than fits into what is left. */
const PAGES = 1_000
const PAGE = 'x'.repeat(60_000)
const WITHIN_MS = 60_000
const SAFE = { writeConcern: { w: 'majority' as const, journal: true } }

/** A disk of its own, so that it can be full. */
function smallDisk(t: Test): string {
  const folder = temporaryFolder(t)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', folder])
  t.teardown(() => execFileSync('umount', ['-l', folder]))
  return folder
}

function bytesFree(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

t.test('a full disk is answered with 503, told, and over as soon as there is room', async (t) => {
  const disk = smallDisk(t)
  const dataDir = join(disk, 'data')
  const ballast = join(disk, 'ballast')
  const embedded = await startEmbedded(t, { dataDir })
  const server = await startOne(t, { uri: embedded.uri })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const slots = await publish(server, provider, 12)
  const hold = async (slotId: string | undefined) =>
    server.call<{ code: string }>('POST', '/v1/reservations', { token: client.token, body: { slotId } })
  t.equal((await hold(slots[0])).status, 201, 'control: there is room')

  const filler = await connectDatabase({ uri: embedded.uri })
  t.teardown(() => filler.close())
  const pages = filler.collection<{ _id: number; page: string }>('pages')
  writeFileSync(ballast, Buffer.alloc(bytesFree(disk) - 1_048_576))
  const acknowledged: number[] = []
  let codes: unknown = null
  for (let _id = 0; _id < PAGES && codes === null; _id++) {
    await pages.insertOne({ _id, page: PAGE }, SAFE).then(
      () => acknowledged.push(_id),
      (error: { name: string; code?: unknown; codeName?: unknown }) => {
        codes = [error.name, error.code, error.codeName]
      },
    )
  }
  t.comment(`${acknowledged.length} pages acknowledged, then ${JSON.stringify(codes)}`)
  t.ok(codes !== null, 'control: the disk is full, and the engine cannot write')
  t.match(await hold(slots[1]), { status: 503, body: { code: 'unavailable' } })

  // Together they need connections that are not open yet, and a broken engine refuses their password too.
  const together = await Promise.all(slots.slice(4).map(hold))
  const statuses = new Set<number>(together.map(({ status }) => status))
  const broken = () => embedded.said.find((line) => /is broken/.test(line))
  for (const end = performance.now() + WITHIN_MS; !broken() && performance.now() < end; )
    statuses.add((await hold(slots[2])).status)
  t.match(
    broken(),
    /the database is broken \(it refuses a write: \w+\); \d+ bytes are free in \S*data\/db, make room there; starting it again/,
  )
  t.same([...statuses], [503], 'nobody hears of a fault of the server')

  rmSync(ballast)
  let status = 0
  for (const end = performance.now() + WITHIN_MS; status !== 201 && performance.now() < end; ) {
    ;({ status } = await hold(slots[3]))
    statuses.add(status)
  }
  t.equal(status, 201, 'held again without a hand')
  t.same([...statuses].sort(), [201, 503])
  await until(() => embedded.said.includes('the database is back'), 'the database is back')

  const stored = new Set(await pages.distinct('_id'))
  t.same(
    acknowledged.filter((_id) => !stored.has(_id)),
    [],
    'nothing that was acknowledged is lost',
  )
  const first = await server.app.slots.collection.findOne({ _id: slots[0] ?? '' })
  t.equal(first?.state, 'held')
})
