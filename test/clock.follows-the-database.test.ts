import { test } from 'tap'
import { clockWorld } from './helper/clock-world.js'

test('the time is the database’s, whatever the host says', async (t) => {
  const { clock, truth } = clockWorld({ databaseAhead: 3_600_000 })
  await clock.start()
  t.equal(clock.now(), truth())
  t.match(clock.health, { trusted: true, aheadMs: 0 })
})

test('reading a clock that was never set is a fault, not a wrong time', (t) => {
  t.throws(() => clockWorld().clock.now())
  t.end()
})

test('a host clock that is set changes nothing', async (t) => {
  const { clock, set, pass, truth } = clockWorld()
  await clock.start()
  const before = clock.now()
  set(86_400_000, false)
  pass(500)
  t.equal(clock.now(), before + 500, 'before anything is measured')
  await clock.tick()
  t.equal(clock.now(), truth(), 'and after')
  t.ok(clock.health.trusted)
})

test('the sample with the shortest round trip counts', async (t) => {
  const sharp = clockWorld({ roundTrips: [900, 400, 2, 700, 300] })
  sharp.state.shareOfWayThere = 1
  await sharp.clock.start()
  t.equal(sharp.state.asked, 5)
  t.ok(Math.abs(sharp.clock.now() - sharp.truth()) <= 1, 'wrong by half a round trip at most')

  const blunt = clockWorld({ roundTrips: [900, 400, 700, 300] })
  blunt.state.shareOfWayThere = 1
  await blunt.clock.start()
  t.equal(Math.abs(blunt.clock.now() - blunt.truth()), 150, 'the control: a long one is wrong by that much')
})

test('a blunt measurement does not replace a sharp one that it agrees with; one that contradicts it does', async (t) => {
  const { state, clock, pass, truth } = clockWorld({ roundTrips: [2] })
  await clock.start()
  state.roundTrips = [200]
  state.databaseAhead = 40
  pass(30_000)
  await clock.tick()
  pass(5_000)
  t.equal(clock.now(), truth() - 40, 'within what a round trip of 200 ms can be wrong by')
  state.databaseAhead = 500
  pass(30_000)
  await clock.tick()
  pass(5_000)
  t.equal(clock.now(), truth())
})

test('it is measured every 30 seconds and not in between', async (t) => {
  const { state, clock, seconds } = clockWorld()
  await clock.start()
  const { asked } = state
  await seconds(29)
  t.equal(state.asked, asked)
  t.ok(clock.health.unmeasuredMs >= 29_000)
  await seconds(1)
  t.ok(state.asked > asked)
  t.ok(clock.health.unmeasuredMs < 1_000)
})

test('up to a second is caught up a tenth faster or slower, never by a step', async (t) => {
  for (const apart of [900, -900]) {
    const { state, clock, pass, truth } = clockWorld({ roundTrips: [0] })
    await clock.start()
    const before = clock.now()
    state.databaseAhead = apart
    await clock.measure()
    t.equal(clock.now(), before, 'no step')
    pass(1_000)
    t.equal(clock.now(), before + 1_000 + Math.sign(apart) * 100, 'a tenth')
    t.ok(clock.health.trusted)
    pass(8_000)
    t.equal(clock.now(), truth(), 'and no further than the database')
    pass(8_000)
    t.equal(clock.now(), truth())
  }
})

test('sleep, in which the monotonic clock stood still, is known by the uptime of the machine at the next tick', async (t) => {
  const { clock, sleep, truth, said } = clockWorld()
  await clock.start()
  sleep(3_600_000)
  t.equal(clock.now(), truth() - 3_600_000, 'the control: it cannot know yet')
  await clock.tick()
  t.equal(clock.now(), truth())
  t.ok(clock.health.trusted)
  t.match(said, ['this machine slept'])
})

test('while the database is away the last measurement goes on', async (t) => {
  const { state, clock, pass, truth } = clockWorld({ databaseAhead: 1_000 })
  await clock.start()
  state.away = true
  pass(40_000)
  await t.rejects(clock.tick())
  t.equal(clock.now(), truth())
  t.ok(clock.health.unmeasuredMs >= 40_000, 'which shows')
  state.away = false
  await t.resolves(clock.tick())
})

test('two questions at the same moment are one measurement', async (t) => {
  const { state, clock } = clockWorld()
  await Promise.all([clock.measure(), clock.measure()])
  t.equal(state.asked, 5)
})

test('a question that is never answered has an end, and the next measurement is made', async (t) => {
  const { state, clock, truth } = clockWorld()
  await clock.start()
  state.stalled = true
  const [one, other] = [clock.measure(), clock.measureAnew()]
  state.stalled = false
  await t.rejects(one, { code: 'ETIMEDOUT' })
  await t.resolves(other, 'who waited for it is not held up')
  t.equal(clock.now(), truth())
})
