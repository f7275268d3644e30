import t, { type Test } from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import { commandOf } from '../helper/database-proxy.js'
import { publish, register } from '../helper/servers.js'
import { nearAndFar } from '../helper/two-servers.js'

/** Two servers, the link of one of which to the database can be held up. */
async function scene(t: Test) {
  // Without a sweeper, whose reading of slots would be the one that is held up.
  const {
    near: quick,
    far: slow,
    proxy,
  } = await nearAndFar(t, {
    sweep: false,
    // One that looks for other bookings first would be read at another time.
    settings: { MAX_UPCOMING_BOOKINGS: '0' },
  })
  const provider = await register(quick, 'provider')
  const [slotId] = await publish(quick, provider, 1)
  const ada = await register(quick, 'client')
  const grace = await register(quick, 'client')
  const hold = (server: typeof slow, { token }: typeof ada) =>
    server.call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })
  // What the slow server knows of accounts is known before its link is held up.
  for (const { token } of [ada, grace])
    await slow.call('POST', '/v1/reservations', { token, body: { slotId: `${provider.id}.20000101T0000Z` } })
  return { proxy, slow, quick, ada, grace, hold }
}

t.test('a hold given back elsewhere is not answered as still held to who asks afterwards', async (t) => {
  const { proxy, slow, quick, ada, grace, hold } = await scene(t)
  const first = await hold(quick, ada)
  t.equal(first.status, 201)
  // An attempt of somebody else, whose reading of the slot is on its way back to the slow server.
  const read = proxy.stallAt(commandOf('find', 'slots'), 'answers')
  const others = hold(slow, grace)
  await read
  const given = await quick.call('DELETE', `/v1/reservations/${first.body.id}`, { token: ada.token })
  t.equal(given.status, 204, 'given back, and acknowledged')
  const asked = hold(slow, ada)
  await slow.call('GET', '/livez')
  proxy.resume()
  t.equal((await others).status, 409, 'control: the attempt that others wait for read the slot as held')
  const answer = await asked
  t.equal(answer.status, 201, 'a hold of its own')
  t.not(answer.body.id, first.body.id)
})

t.test(
  'a confirm that took place is a yes, also when it is given back before it is read again',
  async (t) => {
    const { proxy, slow, quick, ada, hold } = await scene(t)
    const held = await hold(quick, ada)
    // The first reading finds the reservation; the second, after the update, is held up.
    const found = proxy.stallAt(commandOf('find', 'slots'), 'answers')
    const confirm = slow.call<Reservation>('POST', `/v1/reservations/${held.body.id}/confirm`, {
      token: ada.token,
    })
    await found
    const readAgain = proxy.stallAt(commandOf('find', 'slots'), 'requests')
    proxy.resume()
    await readAgain
    const cancelled = await quick.call('DELETE', `/v1/reservations/${held.body.id}`, { token: ada.token })
    t.equal(cancelled.status, 204)
    proxy.resume()
    const answer = await confirm
    t.equal(answer.status, 200)
    t.equal(answer.body.status, 'confirmed')
    const now = await quick.call<Reservation>('GET', `/v1/reservations/${held.body.id}`, { token: ada.token })
    t.equal(now.body.status, 'cancelled', 'control: it was cancelled before it was read again')
    t.equal(answer.body.rev + 1, now.body.rev)
    const again = await slow.call<{ code: string }>('POST', `/v1/reservations/${held.body.id}/confirm`, {
      token: ada.token,
    })
    t.equal(again.body.code, 'hold_released', 'who confirms after that hears of it')
  },
)
