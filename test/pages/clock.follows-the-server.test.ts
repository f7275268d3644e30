import t from 'tap'
import { serverClock } from '../../src/pages/shared/clock.js'

function world(error: number) {
  const state = { monotonic: 5000 }
  const server = () => 1_000_000_000 + state.monotonic
  return { state, server, clock: serverClock(() => state.monotonic, server() + error) }
}

t.test('a browser an hour off counts by the server’s clock after one answer', async (t) => {
  const { state, server, clock } = world(3_600_000)
  t.equal(clock.now() - server(), 3_600_000, 'control: at first it only has the browser’s')
  state.monotonic += 100
  clock.answered(server() - 50, state.monotonic - 100, state.monotonic)
  t.equal(clock.now(), server())
})

t.test('a quick answer is not spoilt by a slow one, and a message only moves it forward', async (t) => {
  const { state, server, clock } = world(0)
  clock.answered(server() - 5, state.monotonic - 10, state.monotonic)
  clock.answered(server() - 4000, state.monotonic - 4000, state.monotonic)
  t.equal(clock.now(), server())
  clock.pushed(server() - 300)
  t.equal(clock.now(), server(), 'it was only late')
})

t.test(
  'after a sleep in which the monotonic clock stood still, the next message puts it right',
  async (t) => {
    const { state, server, clock } = world(0)
    clock.answered(server(), state.monotonic, state.monotonic)
    clock.pushed(server() + 600_000)
    t.equal(clock.now(), server() + 600_000)
  },
)
