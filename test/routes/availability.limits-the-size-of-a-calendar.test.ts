import t from 'tap'
import { MovedClock } from '../helper/moved-clock.js'
import { register, type SignedIn, signInAgain, startOne } from '../helper/servers.js'

const QUARTER = 900_000
const DAY = 86_400_000

t.test('a calendar takes so many slots that are not over, and says when it is full', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, sweep: false, settings: { MAX_SLOTS_PER_CALENDAR: '8' } })
  const first = clock.now() + 3 * DAY
  const publish = (who: SignedIn, from: number, count: number) => {
    const block = {
      start: new Date(from).toISOString(),
      end: new Date(from + count * QUARTER).toISOString(),
    }
    return server.call<{ opened: number; code?: string }>('POST', `/v1/providers/${who.id}/availability`, {
      token: who.token,
      body: { blocks: [block] },
    })
  }
  const provider = await register(server, 'provider')
  t.match((await publish(provider, first, 6)).body, { opened: 6 })
  t.match((await publish(provider, first, 8)).body, { opened: 2, existing: 6 }, 'what is there counts once')
  t.match(await publish(provider, first + DAY, 1), { status: 422, body: { code: 'too_many_slots' } })
  t.equal(await server.app.slots.collection.countDocuments(), 8, 'and nothing was published')
  t.match(await publish(provider, first, 8), { status: 200 }, 'publishing the same again is no harm')

  const span = new URLSearchParams({
    start: new Date(first).toISOString(),
    end: new Date(first + DAY).toISOString(),
  })
  await server.call('DELETE', `/v1/providers/${provider.id}/availability?${span}`, { token: provider.token })
  t.match(await publish(provider, first + DAY, 1), { status: 422 }, 'withdrawn ones are kept, so they count')
  t.match((await publish(provider, first, 8)).body, { opened: 8 }, 'and may be opened again')

  const other = await register(server, 'provider')
  t.match(await publish(other, first, 8), { status: 200 }, 'control: it is a size of each calendar')
  clock.move(3 * DAY + 8 * QUARTER)
  const later = await signInAgain(server, provider)
  t.match(await publish(later, first + 4 * DAY, 8), { status: 200 }, 'what is over makes room')
})
