import t from 'tap'
import type { Reservation } from '../../../src/schemas/reservations.js'
import { testDatabase } from '../../helper/database.js'
import { MovedClock } from '../../helper/moved-clock.js'
import {
  publish,
  register,
  type SignedIn,
  signInAgain,
  startOne,
  type TestServer,
} from '../../helper/servers.js'

const hold = (server: TestServer, who: SignedIn, slotId: string | undefined) =>
  server.call<Reservation>('POST', '/v1/reservations', { token: who.token, body: { slotId } })
const confirm = (server: TestServer, who: SignedIn, id: string) =>
  server.call<{ code: string; status: string }>('POST', `/v1/reservations/${id}/confirm`, {
    token: who.token,
  })

t.test('hold, restart, expire: a late confirm is 410, and another client takes the slot over', async (t) => {
  const { uri } = await testDatabase(t)
  const clock = new MovedClock()
  const before = await startOne(t, { uri, clock })
  const provider = await register(before, 'provider')
  const [slotId] = await publish(before, provider, 1)
  const client = await register(before, 'client')
  const held = await hold(before, client, slotId)
  await before.app.close()

  clock.move(1_799_999)
  const after = await startOne(t, { uri, clock, sweep: false })
  const holder = await signInAgain(after, client)
  const rival = await register(after, 'client')
  t.match(
    await hold(after, rival, slotId),
    { status: 409, body: { code: 'slot_held' } },
    'control: it is still held after the restart',
  )
  clock.move(1)
  t.match(await confirm(after, holder, held.body.id), { status: 410, body: { code: 'hold_expired' } })
  t.match(await hold(after, rival, slotId), { status: 201 })
  t.match(
    await confirm(after, holder, held.body.id),
    { status: 410, body: { code: 'hold_expired' } },
    'nor does it come back',
  )
})

t.test('confirm, restart: still confirmed, also long after the hold would have ended', async (t) => {
  const { uri } = await testDatabase(t)
  const clock = new MovedClock()
  const before = await startOne(t, { uri, clock })
  const provider = await register(before, 'provider')
  const [slotId] = await publish(before, provider, 1)
  const client = await register(before, 'client')
  const held = await hold(before, client, slotId)
  await confirm(before, client, held.body.id)
  await before.app.close()

  clock.move(3_600_000)
  const after = await startOne(t, { uri, clock })
  t.equal(await after.app.sweeper.sweep(), 0, 'the sweeper leaves it alone')
  t.match(await confirm(after, await signInAgain(after, client), held.body.id), {
    status: 200,
    body: { status: 'confirmed' },
  })
  t.match(await hold(after, await register(after, 'client'), slotId), {
    status: 409,
    body: { code: 'slot_confirmed' },
  })
})
