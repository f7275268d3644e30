import t from 'tap'
import { publish, register, type SignedIn, type TestServer } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'

const DAY = 86_400_000
const QUARTER = 900_000
/** Requests that are sent after the answer before a test believes that none succeeds. */
const AFTERWARDS = 12
/** More than a quick machine books while a deletion is under way. */
const MANY = 960

interface Deletion {
  begin(): void
  answered: boolean
  status?: number
}

function deletionOf(account: SignedIn, server: TestServer): Deletion {
  const deletion: Deletion = {
    answered: false,
    begin() {
      void server.call('DELETE', '/v1/me?bookings=cancel', { token: account.token }).then(({ status }) => {
        deletion.answered = true
        deletion.status = status
      })
    },
  }
  return deletion
}

/** Does something again and again until well after the answer of a deletion. Says what was answered after it. */
async function meanwhile(deletion: Deletion, act: (round: number) => Promise<number>): Promise<number[]> {
  const after: number[] = []
  for (let round = 1; after.length < AFTERWARDS; round++) {
    const status = await act(round)
    if (deletion.answered) after.push(status)
  }
  return after
}

t.test('a provider that is deleted on one server publishes nothing more on the other', async (t) => {
  const [one, other] = await twoServers(t)
  const gone = await register(one, 'provider', { name: 'Grace' })
  const stays = await register(one, 'provider', { name: 'Ida' })
  const first = Math.ceil(one.app.clock.now() / DAY) * DAY + 2 * DAY
  const publishes = (provider: SignedIn) => async (round: number) => {
    const start = first + round * QUARTER
    const { status } = await other.call('POST', `/v1/providers/${provider.id}/availability`, {
      token: provider.token,
      body: {
        blocks: [{ start: new Date(start).toISOString(), end: new Date(start + QUARTER).toISOString() }],
      },
    })
    return status
  }
  t.equal(await publishes(gone)(0), 200, 'it publishes before')

  const deletion = deletionOf(gone, one)
  const publishing = Promise.all([
    meanwhile(deletion, publishes(gone)),
    meanwhile(deletion, publishes(stays)),
  ])
  deletion.begin()
  const [after, control] = await publishing
  t.equal(deletion.status, 204)
  t.same(
    after.filter((status) => status < 400),
    [],
    'nothing from the answer on',
  )
  t.ok(
    control.every((status) => status === 200),
    'control: another provider goes on',
  )
  const open = (providerId: string) =>
    one.app.slots.collection.countDocuments({ providerId, state: { $ne: 'withdrawn' } })
  t.equal(await open(gone.id), 0, 'and nothing of it is offered')
  t.ok((await open(stays.id)) > AFTERWARDS, 'control')
})

t.test('a client that is deleted on one server holds and confirms nothing more on the other', async (t) => {
  const [one, other] = await twoServers(t, { settings: { MAX_UPCOMING_BOOKINGS: '0' } })
  const provider = await register(one, 'provider')
  const gone = await register(one, 'client', { name: 'Ada' })
  const stays = await register(one, 'client', { name: 'Eve' })
  const theirs = await publish(one, provider, MANY, 3)
  const ours = await publish(one, provider, MANY, 13)
  const books = (client: SignedIn, slots: string[]) => async (round: number) => {
    const slotId = slots[round % slots.length]
    const held = await other.call<{ id: string }>('POST', '/v1/reservations', {
      token: client.token,
      body: { slotId },
    })
    if (held.status !== 201) return held.status
    return (await other.call('POST', `/v1/reservations/${held.body.id}/confirm`, { token: client.token }))
      .status
  }
  t.equal(await books(gone, theirs)(0), 200, 'it books before')

  const deletion = deletionOf(gone, one)
  const booking = Promise.all([
    meanwhile(deletion, books(gone, theirs)),
    meanwhile(deletion, books(stays, ours)),
  ])
  deletion.begin()
  const [after, control] = await booking
  t.equal(deletion.status, 204)
  t.same(
    after.filter((status) => status < 400),
    [],
    'nothing from the answer on',
  )
  t.ok(control.includes(200), 'control: another client goes on')
  const live = (clientId: string) =>
    one.app.slots.collection.countDocuments({ 'reservation.client.id': clientId })
  t.equal(await live(gone.id), 0, 'and nothing of it is left')
  t.ok((await live(stays.id)) > 0, 'control')
})
