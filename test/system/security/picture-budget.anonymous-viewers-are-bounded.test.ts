import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { register, type SignedIn, startOne, type TestServer } from '../../helper/servers.js'
import { openViewer, TRANSPORTS } from '../../helper/viewer.js'

const DAY_MS = 86_400_000
const DAYS = 31
const SLOTS = DAYS * 96
/** Below the hundred frames that a socket may send at once. */
const FRAMES = 90
/** What a slot takes in a picture, at the least. */
const SLOT_BYTES = 150

interface Scene {
  server: TestServer
  provider: SignedIn
  first: number
  slots: string[]
}

/** A calendar of 3,000 slots, the largest that one request publishes. */
async function scene(t: Test, settings: Record<string, string> = {}): Promise<Scene> {
  const server = await startOne(t, { settings })
  const provider = await register(server, 'provider')
  const first = Math.ceil(server.app.clock.now() / DAY_MS) * DAY_MS + 2 * DAY_MS
  const { body } = await server.call<{ slots: string[] }>(
    'POST',
    `/v1/providers/${provider.id}/availability`,
    {
      token: provider.token,
      body: {
        blocks: [
          { start: new Date(first).toISOString(), end: new Date(first + DAYS * DAY_MS).toISOString() },
        ],
      },
    },
  )
  if (body.slots?.length !== SLOTS) throw new Error(`published ${JSON.stringify(body).slice(0, 200)}`)
  return { server, provider, first, slots: body.slots }
}

interface Hostile {
  answered: number
  refused: number
}

/** Each socket asks, as often as it may, for the whole calendar from a millisecond that nobody asked for before. */
async function attack(
  t: Test,
  { server, provider, first }: Scene,
  sockets: number,
  frames: number,
): Promise<Hostile> {
  const seen = { answered: 0, refused: 0 }
  let asked = 0
  const attackers = await Promise.all(
    Array.from({ length: sockets }, async () => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/live`)
      t.teardown(() => socket.terminate())
      await once(socket, 'open')
      return socket
    }),
  )
  await Promise.all(
    attackers.map((socket) => {
      const done = new Promise<void>((resolve, reject) => {
        let left = frames
        socket.on('message', (data: Buffer) => {
          const head = data.subarray(0, 200).toString()
          if (!head.includes('"watching"')) return
          if (head.includes('"ok":true')) seen.answered++
          else if (head.includes('"rate_limited"')) seen.refused++
          else reject(new Error(head))
          if (--left === 0) resolve()
        })
        socket.once('close', () => reject(new Error('a socket within the frame limit was ended')))
      })
      for (let frame = 0; frame < frames; frame++) {
        const from = new Date(first + ++asked).toISOString()
        const to = new Date(first + DAYS * DAY_MS - asked).toISOString()
        socket.send(JSON.stringify({ type: 'watch', providerId: provider.id, from, to }))
      }
      return done
    }),
  )
  return seen
}

t.test('fifty sockets that ask for fresh windows have the calendar encoded once', async (t) => {
  // Less than the default, so that the test is short.
  const one = await scene(t, { ADDRESS_PICTURE_BYTES_PER_MINUTE: '4000000' })
  const { gateway } = one.server.app.live
  const { answered, refused } = await attack(t, one, 50, FRAMES)
  t.comment(`${answered} answered, ${refused} refused, ${gateway.encoded} bytes encoded`)
  t.equal(answered + refused, 50 * FRAMES, 'each frame has its answer')
  t.ok(answered > 0 && refused > 0, 'and the address has its share')
  t.ok(gateway.encoded >= SLOTS * SLOT_BYTES, 'control: what is encoded is counted')
  t.ok(gateway.encoded < 2 * SLOTS * 250, 'not more than the calendar itself')
})

t.test('a change has one day encoded again', async (t) => {
  const one = await scene(t)
  const { gateway } = one.server.app.live
  const client = await register(one.server, 'client')
  await attack(t, one, 1, 3)
  const before = gateway.encoded
  const { status } = await one.server.call('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId: one.slots[1_000] },
  })
  t.equal(status, 201)
  await attack(t, one, 1, 3)
  const again = gateway.encoded - before
  t.ok(again >= 96 * SLOT_BYTES && again < 2 * 96 * 250, `${again} bytes`)
})

t.test('holds go on while they ask', async (t) => {
  const one = await scene(t, { ADDRESS_PICTURE_BYTES_PER_MINUTE: '8000000' })
  const client = await register(one.server, 'client')
  const holdOne = async () => {
    const asked = performance.now()
    const { status, body } = await one.server.call<{ id: string }>('POST', '/v1/reservations', {
      token: client.token,
      body: { slotId: one.slots[taken++] },
    })
    if (status !== 201) throw new Error(`a hold was answered ${status}`)
    const took = performance.now() - asked
    await one.server.call('DELETE', `/v1/reservations/${body.id}`, { token: client.token })
    return took
  }
  let taken = 0
  for (let warm = 0; warm < 20; warm++) await holdOne()
  const quiet = []
  for (let count = 0; count < 20; count++) quiet.push(await holdOne())
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  let attacking = true
  const attacked = attack(t, one, 20, FRAMES).finally(() => {
    attacking = false
  })
  const meanwhile = []
  do meanwhile.push(await holdOne())
  while (attacking)
  const { answered } = await attacked
  delay.disable()
  const middle = (took: number[]) => [...took].sort((a, b) => a - b)[took.length >> 1]?.toFixed(1)
  t.comment(`a hold took ${middle(quiet)} ms, and ${middle(meanwhile)} ms beside ${answered} pictures`)
  t.comment(`the longest turn of the loop was ${(delay.max / 1e6).toFixed(0)} ms`)
  t.ok(answered > 50, 'control: there was much to do')
  // All of it in one turn would be a second on a quick machine; both ends of each socket are in this process.
  t.ok(meanwhile.length > 3, `${meanwhile.length} holds in between`)
})

t.test(
  'who comes back to one calendar gets its picture, as many as an address may have sockets',
  async (t) => {
    const one = await scene(t, { MAX_SOCKETS_PER_ADDRESS: '200' })
    const opening = Array.from({ length: 200 }, (_, at) =>
      openViewer(t, one.server.url, { transport: TRANSPORTS[at % 2] ?? 'raw' }),
    )
    const viewers = await Promise.all(opening)
    const answers = await Promise.all(
      viewers.map((viewer) => viewer.ask('watch', { providerId: one.provider.id })),
    )
    t.equal(answers.filter(({ ok }) => ok === true).length, 200)
    t.equal(one.server.app.live.budgets.refused, 0)
  },
)
