/** Fifty wait for one time, two servers look after it: each is asked once, in order, and nobody else sees it open. */
import t from 'tap'
import { expiryOf } from '../../src/domain/reservation.js'
import { MovedClock } from '../helper/moved-clock.js'
import { publish, register, type SignedIn, startServers } from '../helper/servers.js'
import { until } from '../helper/until.js'
import { book, end } from '../helper/waits.js'

const WAITING = 50
const OFFER_MS = 15 * 60_000

t.test('in order, one after the other, never open between', async (t) => {
  const clock = new MovedClock()
  const servers = await startServers(t, { clock, sweep: false })
  const [here, there] = servers
  if (!here || !there) throw new Error('two')
  const provider = await register(here, 'provider')
  const holder = await register(here, 'client')
  const [slotId = ''] = await publish(here, provider, 1, 5)
  const booking = await book(here, holder, slotId)
  const clients: SignedIn[] = []
  const order: string[] = []
  for (let index = 0; index < WAITING; index++) {
    clock.move(1)
    const client = await register(here, 'client')
    clients.push(client)
    const joined = await here.app.waitStore.join({
      clientId: client.id,
      providerId: provider.id,
      from: clock.now(),
      to: clock.now() + 30 * 86_400_000,
    })
    if (!joined.ok) throw new Error(joined.code)
    order.push(joined.wait._id)
  }
  for (const { app } of servers) app.waits.forget([provider.id])
  await here.app.slots.keepHolds(provider.id)
  const waits = here.app.mongo.collection<{ _id: string; state: string }>('waits')
  const slots = here.app.slots.collection

  // Whoever looks at the list, on either server and in the database, at any moment.
  let looks = 0
  let isOver = false
  const seenOpen: string[] = []
  const looking = servers.map(async (server) => {
    while (!isOver) {
      const query = `providerId=${provider.id}&from=${new Date(clock.now()).toISOString()}&limit=5`
      const { body } = await server.call<{ items: { id: string; state: string }[] }>(
        'GET',
        `/v1/slots?${query}`,
      )
      if (body.items.length > 0) seenOpen.push(JSON.stringify(body.items))
      if ((await slots.findOne({ _id: slotId }))?.state === 'open') seenOpen.push('in the database')
      looks++
    }
  })

  t.equal(await end(here, holder, booking.id), 204)
  const asked: string[] = []
  for (let round = 0; round < WAITING; round++) {
    const slot = await slots.findOne({ _id: slotId })
    const reservation = slot?.reservation
    if (reservation?.wait) asked.push(reservation.wait)
    const offered = await waits.find({ state: 'offered' }).toArray()
    t.same(
      offered.map(({ _id }) => _id),
      [order[round]],
      `only number ${round + 1} is asked`,
    )
    if (round === WAITING - 1) break
    // In the evening it lasts until the morning.
    clock.move((expiryOf(reservation ?? null)?.getTime() ?? 0) - clock.now())
    // Both at once; one of them passes it on.
    await Promise.all(servers.map(({ app }) => app.slots.expireOverdue(10)))
    await until(
      async () => (await waits.findOne({ _id: order[round + 1] ?? '' }))?.state === 'offered',
      `number ${round + 2} is asked`,
    )
    await until(
      async () => (await waits.findOne({ _id: order[round] ?? '' }))?.state === 'lapsed',
      `number ${round + 1} has lapsed`,
    )
  }
  isOver = true
  await Promise.all(looking)
  t.same(asked, order, 'each once, in order')
  t.same(seenOpen, [], `never open in ${looks} looks`)
  t.ok(looks > WAITING, 'control: it was looked at between')

  const last = (await slots.findOne({ _id: slotId }))?.reservation ?? null
  clock.move((expiryOf(last)?.getTime() ?? 0) - clock.now())
  await there.app.slots.expireOverdue(10)
  t.equal((await slots.findOne({ _id: slotId }))?.state, 'open', 'control: nobody is left, and it is open')
  const isOverForAll = async () =>
    (await waits.countDocuments({ state: { $in: ['waiting', 'offered'] } })) === 0
  await until(isOverForAll, 'the last has lapsed as well')
})

t.test('an ended wait never goes on, whoever is late', async (t) => {
  const clock = new MovedClock()
  const [here, there] = await startServers(t, { clock, sweep: false })
  if (!here || !there) throw new Error('two')
  const provider = await register(here, 'provider')
  const joined = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      here.app.waitStore.join({
        clientId: 'ada',
        providerId: provider.id,
        from: clock.now(),
        to: clock.now() + (index + 1) * 86_400_000,
      }),
    ),
  )
  const late = { is: 'held' as const, slotId: 'a slot', expiresAt: new Date(clock.now() + OFFER_MS) }
  const fates = [
    late,
    { is: 'booked' as const, slotId: 'a slot' },
    { is: 'lapsed' as const },
    { is: 'taken back' as const },
  ]
  for (const [index, outcome] of joined.entries()) {
    if (!outcome.ok) throw new Error(outcome.code)
    const id = outcome.wait._id
    const ends = [
      () => here.app.waitStore.leave(id),
      () => here.app.waitStore.lapse(id),
      () => here.app.waitStore.follow(id, 'r', { is: 'booked', slotId: 'a slot' }),
      () => here.app.waitStore.follow(id, 'r', { is: 'lapsed' }),
      () => here.app.waits.leave(id),
    ]
    await ends[index]?.()
    await until(async () => !(await here.app.waitStore.find(id))?.untold, 'it to be told')
    const ended = await here.app.waitStore.find(id)
    t.match(ended?.state, /^(booked|lapsed|left)$/)
    t.equal(ended?.ownPlace, undefined, 'it has given back its places')
    for (const { app } of [here, there]) {
      for (const reservation of ['r', 'another']) {
        for (const fate of fates) await app.waitStore.follow(id, reservation, fate)
        await app.waitStore.follow(id, reservation, { is: 'declined', slotId: 'a slot' })
      }
      await app.waitStore.leave(id)
      await app.waitStore.lapse(id)
    }
    t.same(await here.app.waitStore.find(id), ended, 'nothing of it has changed')
  }
  const again = await there.app.waitStore.join({
    clientId: 'ada',
    providerId: provider.id,
    from: clock.now(),
    to: clock.now() + 86_400_000,
  })
  t.match(again, { ok: true, isNew: true }, 'who wants to wait again begins anew')
})
