import t, { type Test } from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import { testDatabase } from '../helper/database.js'
import {
  publish,
  register,
  SETTINGS,
  type SignedIn,
  signInAgain,
  startOne,
  type TestServer,
} from '../helper/servers.js'

const OLD = SETTINGS.JWT_SECRET
const NEW = 'the access token secret from today on'

/** The servers of each step of a change, on one database: what docs/operations.md says for several instances. */
async function steps(t: Test) {
  const { uri } = await testDatabase(t)
  const server = (JWT_SECRET: string, JWT_SECRET_PREVIOUS = '') =>
    startOne(t, { uri, settings: { JWT_SECRET, JWT_SECRET_PREVIOUS } })
  return {
    before: await server(OLD),
    told: await server(OLD, NEW),
    changed: await server(NEW, OLD),
    after: await server(NEW),
  }
}

async function hold(server: TestServer, client: SignedIn, slotId: string | undefined, key: string) {
  const { token } = await signInAgain(server, client)
  return server.call<Reservation>('POST', '/v1/reservations', {
    token,
    body: { slotId },
    headers: { 'idempotency-key': key },
  })
}

async function giveBack(server: TestServer, client: SignedIn, { id }: Reservation) {
  const { token } = await signInAgain(server, client)
  await server.call('DELETE', `/v1/reservations/${id}`, { token })
}

t.test('a key that was used before a step is known after it, and the other way round', async (t) => {
  const { before, told, changed, after } = await steps(t)
  const slots = await publish(before, await register(before, 'provider'), 20)
  const ada = await register(before, 'client')
  const sideBySide = [
    [before, told],
    [told, before],
    [told, changed],
    [changed, told],
    [changed, after],
    [after, changed],
    [before, changed],
  ] as const
  for (const [index, [first, second]] of sideBySide.entries()) {
    const made = await hold(first, ada, slots[index], `key-${index}`)
    t.equal(made.status, 201)
    // Ended, so that nothing but the key could lead to it.
    await giveBack(first, ada, made.body)
    const again = await hold(second, ada, slots[index], `key-${index}`)
    t.match(again.body, { id: made.body.id, status: 'released' }, `pair ${index}`)
    t.equal(again.headers.get('idempotency-replayed'), 'true')
    const other = await hold(second, ada, slots[index + 10], `key-${index}`)
    t.match([other.status, other.body], [422, { code: 'idempotency_key_reused' }])
  }

  const made = await hold(before, ada, slots[9], 'control')
  await giveBack(before, ada, made.body)
  const again = await hold(after, ada, slots[9], 'control')
  t.match(
    [again.status, again.body.status],
    [201, 'held'],
    'control: without the secret before it is a new request',
  )
})

t.test(
  'the same key sent at once to servers of the old and the new secret makes one reservation',
  async (t) => {
    const { before, changed } = await steps(t)
    const slots = await publish(before, await register(before, 'provider'), 5)
    const clients = await Promise.all(slots.map(() => register(before, 'client')))
    for (const [index, client] of clients.entries()) {
      const answers = await Promise.all(
        [before, changed, before, changed].map((server) => hold(server, client, slots[index], 'key')),
      )
      t.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
      const slot = await before.app.slots.collection.findOne({ _id: slots[index] ?? '' })
      t.equal(slot?.rev, 2, 'one transition')
    }
  },
)
