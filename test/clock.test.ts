import { test } from 'tap'
import { DatabaseClock } from '../src/clock.js'

/** A machine and a database whose clocks the test moves. */
function world({
  databaseAhead = 0,
  roundTrips = [2],
}: {
  databaseAhead?: number
  roundTrips?: number[]
} = {}) {
  const state = {
    monotonic: 1_000,
    host: 5_000_000,
    databaseAhead,
    roundTrips,
    shareOfWayThere: 0.5,
    asked: 0,
    away: false,
  }
  const clock = new DatabaseClock({
    monotonic: () => state.monotonic,
    hostTime: () => state.host,
    databaseTime: async () => {
      if (state.away) throw new Error('away')
      const trip = state.roundTrips[state.asked++ % state.roundTrips.length] ?? 0
      pass(trip * state.shareOfWayThere)
      const time = state.host + state.databaseAhead
      pass(trip * (1 - state.shareOfWayThere))
      return time
    },
  })
  const pass = (ms: number) => {
    state.monotonic += ms
    state.host += ms
  }
  return { state, clock, pass, truth: () => state.host + state.databaseAhead }
}

test('the time is the database’s, whatever the host says', async (t) => {
  const { clock, truth } = world({ databaseAhead: 3_600_000 })
  await clock.measure()
  t.equal(clock.now(), truth())
})

test('reading a clock that was never set is a fault, not a wrong time', (t) => {
  t.throws(() => world().clock.now())
  t.end()
})

test('a host clock that is set changes nothing', async (t) => {
  const { state, clock, pass, truth } = world()
  await clock.measure()
  const before = clock.now()
  state.host += 86_400_000
  state.databaseAhead -= 86_400_000
  pass(500)
  t.equal(clock.now(), before + 500, 'before anything is measured')
  await clock.tick()
  t.equal(clock.now(), truth(), 'and after')
})

test('the sample with the shortest round trip counts', async (t) => {
  const sharp = world({ roundTrips: [900, 400, 2, 700, 300] })
  sharp.state.shareOfWayThere = 1
  await sharp.clock.measure()
  t.equal(sharp.state.asked, 5)
  t.ok(Math.abs(sharp.clock.now() - sharp.truth()) <= 1, 'wrong by half a round trip at most')

  const blunt = world({ roundTrips: [900, 400, 700, 300] })
  blunt.state.shareOfWayThere = 1
  await blunt.clock.measure()
  t.equal(Math.abs(blunt.clock.now() - blunt.truth()), 150, 'the control: a long one is wrong by that much')
})

test('a blunt measurement does not replace a sharp one that it agrees with; one that contradicts it does', async (t) => {
  const { state, clock, pass, truth } = world({ roundTrips: [2] })
  await clock.measure()
  state.roundTrips = [200]
  state.databaseAhead = 40
  pass(30_000)
  await clock.tick()
  t.equal(clock.now(), truth() - 40, 'within what a round trip of 200 ms can be wrong by')
  state.databaseAhead = 5_000
  pass(30_000)
  await clock.tick()
  t.equal(clock.now(), truth())
})

test('it is measured every 30 seconds and not in between', async (t) => {
  const { state, clock, pass } = world()
  await clock.measure()
  const asked = state.asked
  for (let second = 0; second < 29; second++) {
    pass(1_000)
    await clock.tick()
  }
  t.equal(state.asked, asked)
  pass(1_000)
  await clock.tick()
  t.ok(state.asked > asked)
})

test('after sleep, when the monotonic clock stood still, it is measured at once', async (t) => {
  const { state, clock, truth } = world()
  await clock.measure()
  state.host += 3_600_000
  t.equal(clock.now(), truth() - 3_600_000, 'the control: it cannot know yet')
  await clock.tick()
  t.equal(clock.now(), truth())
})

test('it never goes back: when the database is set back, it waits for it', async (t) => {
  const { state, clock, pass, truth } = world()
  await clock.measure()
  const before = clock.now()
  state.databaseAhead = -10_000
  await clock.measureAnew()
  t.equal(clock.now(), before)
  pass(4_000)
  t.equal(clock.now(), before, 'still waiting')
  pass(7_000)
  t.equal(clock.now(), truth())
  t.ok(clock.now() > before)
})

test('while the database is away the last measurement goes on', async (t) => {
  const { state, clock, pass, truth } = world({ databaseAhead: 1_000 })
  await clock.measure()
  state.away = true
  pass(40_000)
  await t.rejects(clock.tick())
  t.equal(clock.now(), truth())
  state.away = false
  await t.resolves(clock.tick())
})

test('two questions at the same moment are one measurement', async (t) => {
  const { state, clock } = world()
  await Promise.all([clock.measure(), clock.measure()])
  t.equal(state.asked, 5)
})
