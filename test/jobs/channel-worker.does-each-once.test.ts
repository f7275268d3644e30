import t from 'tap'
import type { JobResult } from '../../src/jobs/job.js'
import { jobWorld, newJob } from '../helper/job-world.js'
import { until } from '../helper/until.js'

const DAY_MS = 86_400_000
const done: JobResult = { end: 'done' }

t.test('two instances do each of 300 jobs once', async (t) => {
  const { clock, store, worker } = await jobWorld(t)
  const did: string[] = []
  const run = async ({ id }: { id: string }) => {
    did.push(id)
    return done
  }
  const workers = [worker(run), worker(run)]
  const jobs = Array.from({ length: 300 }, (_, at) =>
    newJob(`job ${at}`, clock.now(), { lane: `lane ${at % 7}` }),
  )
  await Promise.all([store.add(jobs), store.add(jobs)])
  await Promise.all(workers.map((one) => one.look()))
  await until(() => did.length >= 300, 'all to be done')
  await Promise.all(workers.map((one) => one.look()))
  await until(() => workers.every(({ isIdle }) => isIdle), 'nothing to be left')
  t.equal(did.length, 300)
  t.equal(new Set(did).size, 300)
  const rows = await store.list({ of: { recipient: 'somebody' }, limit: 500 })
  t.ok(rows.every(({ state, due, lease, attempts }) => state === 'done' && !due && !lease && attempts === 1))
})

t.test('a clock of the database that jumps by a day has nothing done twice', async (t) => {
  const { clock, store, worker } = await jobWorld(t)
  let elapsed = 0
  let begun = 0
  let finish = () => {}
  const slow = worker(async () => {
    begun++
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    return done
  })
  await store.add([newJob('one', clock.now())])
  await slow.look()
  await until(() => begun === 1, 'the first instance to begin')
  const other = worker(
    async () => {
      begun++
      return done
    },
    { elapsed: () => elapsed },
  )
  clock.move(DAY_MS)
  await other.look()
  await slow.look()
  t.equal(begun, 1, 'its lease is over by the clock, and yet somebody is at it')
  finish()
  await until(() => slow.isIdle, 'the first to have ended')
  elapsed += 120_000
  await other.look()
  t.equal(begun, 1)
  t.match(await store.list({ of: { recipient: 'somebody' }, limit: 5 }), [{ state: 'done', attempts: 1 }])
})

t.test('what a killed instance had begun is done by another when its lease is over', async (t) => {
  const { clock, store, worker } = await jobWorld(t)
  await store.add([newJob('one', clock.now())])
  const [taken] = await store.take(['one'], 'test', 60_000)
  t.ok(taken, 'and nobody ever settles it')
  let elapsed = 0
  const did: number[] = []
  const other = worker(
    async ({ attempts }) => {
      did.push(attempts)
      return done
    },
    { elapsed: () => elapsed },
  )
  const pass = async (ms: number) => {
    clock.move(ms)
    elapsed += ms
    await other.look()
  }
  await pass(59_000)
  t.same(did, [], 'control: the lease lasts')
  await pass(2_000)
  t.same(did, [], 'seen to be over, and not for long enough')
  await pass(61_000)
  await until(() => did.length > 0, 'it to be taken over')
  t.same(did, [2])
  if (taken) await store.settle(taken, { end: 'failed', error: 'too late' }, 0)
  await until(
    async () => (await store.list({ of: { recipient: 'somebody' }, limit: 1 }))[0]?.state === 'done',
    'the end',
  )
  t.match(
    await store.list({ of: { recipient: 'somebody' }, limit: 5 }),
    [{ state: 'done' }],
    'whoever lost it says nothing',
  )
})

t.test('attempts are repeated with growing waits until the channel gives up', async (t) => {
  const { clock, store, worker } = await jobWorld(t)
  const at: number[] = []
  const start = clock.now()
  const one = worker(async () => {
    at.push(clock.now() - start)
    if (at.length === 2) return { end: 'again', error: 'ask later', notBefore: clock.now() + 100_000 }
    throw new Error('a secret that no list shows')
  })
  await store.add([newJob('one', clock.now())])
  for (let second = 0; second < 1_500; second++) {
    if (second > 0) clock.move(1_000)
    await one.look()
    await until(() => one.isIdle, 'the attempt to end')
  }
  t.same(at.slice(0, 4), [0, 2_000, 102_000, 110_000])
  t.equal(at.length, 10)
  const [row] = await store.list({ of: { recipient: 'somebody' }, limit: 1 })
  t.match(row, { state: 'failed', attempts: 10, lastError: 'unexpected fault' })
})

t.test('a lane that does not move keeps nobody else waiting, and memory is bounded', async (t) => {
  const { clock, store, worker } = await jobWorld(t)
  const jobs = Array.from({ length: 3_000 }, (_, at) => newJob(`dead ${at}`, clock.now(), { lane: 'dead' }))
  await store.add(jobs)
  clock.move(1)
  await store.add(Array.from({ length: 50 }, (_, at) => newJob(`good ${at}`, clock.now(), { lane: 'good' })))
  const did: string[] = []
  const end = new AbortController()
  const one = worker(
    ({ id, lane }) => {
      did.push(id)
      if (lane === 'good') return Promise.resolve(done)
      return new Promise((resolve) => end.signal.addEventListener('abort', () => resolve(done)))
    },
    { mostReady: 1_000 },
  )
  await one.look()
  await until(() => did.filter((id) => id.startsWith('good')).length === 50, 'the others to be done')
  t.equal(did.filter((id) => id.startsWith('dead')).length, 2, 'two at once of one lane')
  t.ok(one.ready <= 1_000)
  end.abort()
})
