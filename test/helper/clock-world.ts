/** A machine and a database whose clocks a test moves, and the clock of a server between them. */
import { DatabaseClock } from '../../src/clock.js'

export interface ClockWorld {
  state: {
    monotonic: number
    host: number
    uptime: number
    /** Of the database's clock, to the host's. */
    databaseAhead: number
    roundTrips: number[]
    shareOfWayThere: number
    asked: number
    away: boolean
    primary: string
    /** Every other answer is off by this much. */
    wild: number
    /** Questions find no answer, not even a refusal. */
    stalled: boolean
  }
  clock: DatabaseClock
  /** What the clock had to say, in order. */
  said: string[]
  pass(ms: number): void
  /** So many seconds, with the tick of each. */
  seconds(count: number): Promise<void>
  /** All clocks but the monotonic one go on. */
  sleep(ms: number): void
  /** The host's clock is set; the database's with it where it runs on the same host. */
  set(ms: number, databaseToo: boolean): void
  truth(): number
}

export function clockWorld({ databaseAhead = 0, roundTrips = [2] } = {}): ClockWorld {
  const said: string[] = []
  const say = (_facts: object, message: string) => void said.push(message)
  const state = {
    monotonic: 1_000,
    host: 5_000_000,
    uptime: 400_000,
    databaseAhead,
    roundTrips,
    shareOfWayThere: 0.5,
    asked: 0,
    away: false,
    primary: 'a',
    wild: 0,
    stalled: false,
  }
  const pass = (ms: number) => {
    state.monotonic += ms
    state.uptime += ms
    state.host += ms
  }
  const clock = new DatabaseClock({
    monotonic: () => state.monotonic,
    hostTime: () => state.host,
    uptime: () => state.uptime,
    databaseTime: async () => {
      if (state.away) throw new Error('away')
      if (state.stalled) return new Promise<never>(() => {})
      const trip = state.roundTrips[state.asked++ % state.roundTrips.length] ?? 0
      pass(trip * state.shareOfWayThere)
      const time = state.host + state.databaseAhead
      pass(trip * (1 - state.shareOfWayThere))
      return { time: time + (state.asked % 2) * state.wild, primary: state.primary }
    },
    log: { info: say, warn: say },
  })
  return {
    state,
    clock,
    said,
    pass,
    async seconds(count) {
      for (let second = 0; second < count; second++) {
        pass(1_000)
        await clock.tick()
      }
    },
    sleep(ms) {
      state.uptime += ms
      state.host += ms
    },
    set(ms, databaseToo) {
      state.host += ms
      if (!databaseToo) state.databaseAhead -= ms
    },
    truth: () => state.host + state.databaseAhead,
  }
}
