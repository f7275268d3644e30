import t from 'tap'
import type { OwnSlot } from '../../src/schemas/common.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'
import { openViewer, type TestViewer } from '../helper/viewer.js'

const hold = async (server: TestServer, { token }: SignedIn, slotId: string | undefined) =>
  (await server.call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })).body

/** Who is named in a picture, by slot. */
const namesIn = (picture: Record<string, unknown>) =>
  new Map((picture.slots as OwnSlot[]).map(({ id, reservation }) => [id, reservation?.client.name]))

t.test(
  'a new name of a client is on every desk and list of what lies ahead, and on what follows',
  async (t) => {
    const [one, other] = await twoServers(t)
    const provider = await register(one, 'provider')
    const ada = await register(one, 'client', { name: 'Ada Before' })
    const eve = await register(one, 'client', { name: 'Eve Always' })
    const slots = await publish(one, provider, 5)
    const [held = '', booked = '', past = '', theirs = '', next = ''] = slots
    // Each on both servers, so that both remember the old name.
    const ended = await hold(one, ada, past)
    await one.call('DELETE', `/v1/reservations/${ended.id}`, { token: ada.token })
    const confirmed = await hold(other, ada, booked)
    await other.call('POST', `/v1/reservations/${confirmed.id}/confirm`, { token: ada.token })
    await hold(one, ada, held)
    await hold(one, eve, theirs)

    const desks: TestViewer[] = []
    for (const { url } of [one, other]) {
      const desk = await openViewer(t, url, { transport: 'socket.io', token: provider.token })
      await desk.ask('watch', { providerId: provider.id })
      desks.push(desk)
    }
    const anybody = await openViewer(t, other.url, { transport: 'raw' })
    await anybody.ask('watch', { providerId: provider.id })

    const renamed = await one.call('PATCH', '/v1/me', { token: ada.token, body: { name: 'Ada Afterwards' } })
    t.equal(renamed.status, 200)
    for (const desk of desks) {
      const picture = await desk.until('a picture with the new name', (heard) =>
        heard.find(
          ({ name, payload }) => name === 'slots' && namesIn(payload).get(booked) === 'Ada Afterwards',
        ),
      )
      t.same(
        [held, booked, theirs].map((id) => namesIn(picture.payload).get(id)),
        ['Ada Afterwards', 'Ada Afterwards', 'Eve Always'],
      )
    }

    const later = await hold(other, ada, next)
    t.equal(later.status, 'held')
    for (const server of [one, other]) {
      const { token } = provider
      const calendar = await server.call<{ items: OwnSlot[] }>(
        'GET',
        `/v1/providers/${provider.id}/availability`,
        { token },
      )
      t.same(
        calendar.body.items.map(({ reservation }) => reservation?.client.name),
        ['Ada Afterwards', 'Ada Afterwards', undefined, 'Eve Always', 'Ada Afterwards'],
      )
      const list = await server.call<{ items: Reservation[] }>('GET', '/v1/reservations', { token })
      t.same(
        list.body.items.map(({ slotId, client }) => [slotId, client?.name]),
        [
          [held, 'Ada Afterwards'],
          [booked, 'Ada Afterwards'],
          [past, 'Ada Before'],
          [theirs, 'Eve Always'],
          [next, 'Ada Afterwards'],
        ],
        'what is past keeps the name that it had',
      )
    }
    t.notMatch(JSON.stringify(anybody.heard), 'Ada', 'and nobody else hears a name')
  },
)

t.test('names that are only sealed anew make no desk load again', async (t) => {
  const one = await startOne(t)
  const provider = await register(one, 'provider')
  const ada = await register(one, 'client', { name: 'Ada Before' })
  const [held = '', next = ''] = await publish(one, provider, 2)
  await hold(one, ada, held)
  const desk = await openViewer(t, one.url, { transport: 'socket.io', token: provider.token })
  await desk.ask('watch', { providerId: provider.id })
  const { names } = one.app.accounts
  let sealed = 0
  await one.app.slots.resealNames((name, id) => {
    sealed++
    return names.seal(names.open(name, id), id)
  }, '')
  t.ok(sealed > 0, 'control: there was a name to seal')
  await hold(one, ada, next)
  await desk.hears('slot-held', ({ slotId }) => slotId === next)
  t.same(desk.all('slots'), [])
})

t.test("a provider's new name and zone are known on every server when its change is answered", async (t) => {
  const [one, other] = await twoServers(t)
  const provider = await register(one, 'provider', { name: 'Grace Before' })
  const shown = async () =>
    (await other.call<{ name: string; timeZone: string }>('GET', `/v1/providers/${provider.id}`)).body
  t.match(await shown(), { name: 'Grace Before' }, 'so that the other server remembers it')
  await one.call('PATCH', '/v1/me', {
    token: provider.token,
    body: { name: 'Grace Afterwards', timeZone: 'Asia/Tokyo' },
  })
  t.match(await shown(), { name: 'Grace Afterwards', timeZone: 'Asia/Tokyo' })
  const found = await other.call<{ items: unknown[] }>('GET', '/v1/providers?name=afterwards')
  t.equal(found.body.items.length, 1)
})
