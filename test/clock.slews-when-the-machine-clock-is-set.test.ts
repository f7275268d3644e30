import { test } from 'tap'
import { clockWorld } from './helper/clock-world.js'

const HOUR_MS = 3_600_000
const TEN_MINUTES_MS = 600_000

test('a database clock that jumps and comes back moves nothing, and is doubted meanwhile', async (t) => {
  for (const jump of [TEN_MINUTES_MS, -TEN_MINUTES_MS]) {
    const { state, clock, truth, seconds, said } = clockWorld({ roundTrips: [0] })
    await clock.start()
    await seconds(29)
    state.databaseAhead = jump
    await seconds(3)
    t.equal(clock.now(), truth() - jump, 'the old time goes on')
    t.match(clock.health, { trusted: false, aheadMs: jump }, 'and what is suspected shows')
    state.databaseAhead = 0
    await seconds(1)
    t.equal(clock.now(), truth())
    t.match(clock.health, { trusted: true, aheadMs: 0 }, 'until the old offset is confirmed')
    t.match(said, [/jumped/, /again/])
    t.equal(said.length, 2, 'a line at each end')
  }
})

test('a jump of which the primary only mentioned the time is measured at once', async (t) => {
  const { state, clock, seconds, truth } = clockWorld()
  await clock.start()
  await seconds(6)
  const { asked } = state
  await clock.mentioned(truth() - 1_500)
  t.equal(state.asked, asked, 'control: what was under way for a moment is no jump')
  state.databaseAhead = TEN_MINUTES_MS
  await clock.mentioned(truth())
  t.notOk(clock.health.trusted)
})

test('a clock that stays ahead is taken after several measurements over ten seconds', async (t) => {
  const { state, clock, truth, seconds, said } = clockWorld({ roundTrips: [0] })
  await clock.start()
  state.databaseAhead = HOUR_MS
  await clock.measureAnew()
  await seconds(9)
  t.equal(clock.now(), truth() - HOUR_MS, 'control: not before')
  await seconds(1)
  t.equal(clock.now(), truth())
  t.match(clock.health, { trusted: true, aheadMs: 0 })
  t.match(said, [/jumped/, /taken/])
})

test('ten seconds alone are not enough: it takes measurements, and they must agree', async (t) => {
  const few = clockWorld({ roundTrips: [0] })
  await few.clock.start()
  few.state.databaseAhead = HOUR_MS
  await few.clock.measureAnew()
  few.pass(60_000)
  await few.seconds(1)
  t.notOk(few.clock.health.trusted, 'a minute later, but the second one')

  const wild = clockWorld({ roundTrips: [0] })
  await wild.clock.start()
  for (let second = 0; second < 30; second++) {
    wild.state.databaseAhead = HOUR_MS + second * 5_000
    await wild.seconds(1)
    if (second === 0) await wild.clock.measure()
  }
  t.notOk(wild.clock.health.trusted, 'each says something else')
  t.equal(wild.said.length, 1, 'one line for all of it')
})

test('measurements of two primaries do not add up', async (t) => {
  const { state, clock, seconds } = clockWorld({ roundTrips: [0] })
  await clock.start()
  state.databaseAhead = HOUR_MS
  await clock.measureAnew()
  await seconds(8)
  state.primary = 'b'
  await clock.measureAnew()
  await seconds(8)
  t.notOk(clock.health.trusted)
  await seconds(2)
  t.ok(clock.health.trusted, 'control: of one they do')
})

test('a new primary that is a little off is followed slowly, one that is minutes off is doubted', async (t) => {
  const { state, clock, truth, pass } = clockWorld({ roundTrips: [0] })
  await clock.start()
  state.primary = 'b'
  state.databaseAhead = -400
  await clock.measureAnew()
  t.ok(clock.health.trusted)
  pass(4_000)
  t.equal(clock.now(), truth())
  state.primary = 'c'
  state.databaseAhead = -300_000
  await clock.measureAnew()
  t.notOk(clock.health.trusted)
})

test('a host clock set back under database and server: time goes on, doubted at first, then slower until they meet', async (t) => {
  const { clock, set, seconds, truth, said } = clockWorld({ roundTrips: [0] })
  await clock.start()
  const begun = clock.now()
  set(-HOUR_MS, true)
  await seconds(5)
  t.equal(clock.now(), begun + 5_000, 'at first as before')
  t.notOk(clock.health.trusted)
  await seconds(10)
  t.ok(clock.health.trusted, 'it is known which is right')
  t.ok(clock.health.aheadMs < -HOUR_MS / 2, 'and that they have not met')
  let before = clock.now()
  let stood = 0
  for (let minute = 0; minute < 600; minute++) {
    await seconds(60)
    const gone = clock.now() - before
    if (gone < 53_000) stood++
    before = clock.now()
  }
  t.equal(stood, 0, 'it never stands still')
  t.ok(clock.health.trusted, 'ten hours later')
  t.ok(Math.abs(clock.now() - truth()) <= 1_000)
  t.match(said, [/jumped/, /stays behind.*restart/, /has met/])
})

test('a host clock that is corrected while the server comes to meet it is met at once', async (t) => {
  const { clock, set, seconds, truth } = clockWorld({ roundTrips: [0] })
  await clock.start()
  set(-HOUR_MS, true)
  await seconds(600)
  t.ok(clock.health.aheadMs < -HOUR_MS / 2)
  set(HOUR_MS, true)
  await seconds(12)
  t.ok(clock.health.trusted)
  t.equal(clock.now(), truth())
})

test('a host clock set ahead under database and server is not sleep: it is doubted first', async (t) => {
  const { clock, set, seconds, truth } = clockWorld({ roundTrips: [0] })
  await clock.start()
  set(HOUR_MS, true)
  await seconds(1)
  t.equal(clock.now(), truth() - HOUR_MS)
  t.notOk(clock.health.trusted)
  await seconds(10)
  t.equal(clock.now(), truth())
})

test('sleep while a jump is doubted begins the doubt anew', async (t) => {
  const { state, clock, sleep, seconds, truth } = clockWorld({ roundTrips: [0] })
  await clock.start()
  state.databaseAhead = HOUR_MS
  await clock.measureAnew()
  await seconds(9)
  sleep(60_000)
  await seconds(2)
  t.equal(clock.now(), truth() - HOUR_MS, 'the sleep is known, the jump still doubted')
  await seconds(10)
  t.equal(clock.now(), truth())
})

test('a first measurement whose samples go on disagreeing starts the clock, doubted until one agrees', async (t) => {
  const { state, clock, seconds, truth } = clockWorld()
  state.wild = TEN_MINUTES_MS
  await clock.start()
  t.equal(state.asked, 6 * 5, 'it tried')
  t.notOk(clock.health.trusted)
  t.ok(Math.abs(clock.now() - truth()) <= 2, 'and takes the earlier one')
  state.wild = 0
  await seconds(1)
  t.ok(clock.health.trusted)

  const shortly = clockWorld({ roundTrips: [0] })
  shortly.state.wild = TEN_MINUTES_MS
  const starting = shortly.clock.start()
  await shortly.clock.measure()
  t.notOk(shortly.clock.health.trusted)
  shortly.state.wild = 0
  shortly.state.databaseAhead = 5_000
  await starting
  t.ok(shortly.clock.health.trusted)
  t.equal(shortly.clock.now(), shortly.truth(), 'control: one that agrees is enough before anybody read it')
})
