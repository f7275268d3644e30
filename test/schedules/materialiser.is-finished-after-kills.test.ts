/** A server that is killed while open slots follow new hours: the next run of another finishes it, and nothing is doubled. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { testDatabase } from '../helper/database.js'
import { programPath } from '../helper/paths.js'
import { calendarOf, dayAhead, everyDay, getSchedule, openStarts, setSchedule } from '../helper/schedules.js'
import { caller, register, SETTINGS, startOne } from '../helper/servers.js'

const HORIZON = 62
const FEW = { weekly: everyDay({ from: '09:00', to: '10:00' }), horizonDays: HORIZON }
const MANY = { weekly: everyDay({ from: '10:00', to: '14:00' }), horizonDays: HORIZON }

/** Writes of a run after which it dies: before its first, between two, and after its last. */
const KILLS = [0, 1, 3, 8]

t.test('a run that was killed is finished by the next', async (t) => {
  const { uri } = await testDatabase(t)
  const server = await startOne(t, { uri, schedules: false, settings: { NOTICE_SECONDS: '0' } })
  let wasHalf = 0
  for (const writes of KILLS) {
    const provider = await register(server, 'provider')
    await setSchedule(server, provider, FEW)
    const { child, url } = await dyingServer(t, uri, writes)
    const closed = new Promise((resolve) => child.once('close', resolve))
    const dying = setSchedule({ call: caller(url) }, provider, MANY)
    t.equal((await dying.catch(() => null))?.status, undefined, `${writes}: no answer`)
    await closed
    const open = async () =>
      openStarts(await calendarOf(server, provider, dayAhead(server, 1), dayAhead(server, HORIZON)))
    const before = (await open()).length
    const done = HORIZON * 16
    if (before !== done && before !== HORIZON * 4) wasHalf++
    const schedule = await server.app.schedules.findFresh(provider.id)
    t.equal(schedule?.rev, 2, 'the hours were set')
    t.ok(schedule && server.app.materialiser.isDue(schedule), 'a server sees that there is something to do')

    await Promise.all([1, 2].map(() => server.app.materialiser.runAll('due', new AbortController().signal)))
    const after = await open()
    t.equal(after.length, done, `${writes}: after ${before}`)
    t.equal(new Set(after).size, done)
    t.equal((await getSchedule(server, provider)).body.madeThrough, dayAhead(server, HORIZON))
    const { opened, withdrawn } = await server.app.materialiser.run(provider.id)
    t.same({ opened, withdrawn }, { opened: 0, withdrawn: 0 })
  }
  t.ok(wasHalf >= 2, `${wasHalf} of ${KILLS.length} were killed half way`)
})

async function dyingServer(
  t: Test,
  uri: string,
  writes: number,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [programPath('test/helper/dying-run')], {
    env: { ...process.env, ...SETTINGS, NOTICE_SECONDS: '0', MONGODB_URI: uri, WRITES: `${writes}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [url] = await new Promise<string[]>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve([line]))
    child.once('close', () => reject(new Error('it has ended before it listened')))
  })
  return { child, url: url ?? '' }
}
