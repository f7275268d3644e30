import t, { type Test } from 'tap'
import { slotIdOf } from '../../../src/domain/grid.js'
import type { Service } from '../../../src/domain/service.js'
import type { SlotDoc } from '../../../src/slots/slot-document.js'
import { MovedClock } from '../../helper/moved-clock.js'
import {
  publish,
  register,
  type SignedIn,
  signInAgain,
  startServers,
  type TestServer,
} from '../../helper/servers.js'
import { type OfferedServices, offerServices } from '../../helper/services.js'
import { openViewer, refusalOf, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const SLOT_MS = 900_000

interface Scene {
  here: TestServer
  there: TestServer
  services: OfferedServices
  provider: SignedIn
  client: SignedIn
  ids: string[]
  clock: MovedClock
  hold(at: number): Promise<string>
}

/** Twelve slots, and a service of 45 minutes with a quarter of an hour after it. */
async function scene(t: Test, terms: Partial<Service> = {}): Promise<Scene> {
  const clock = new MovedClock()
  const [here, there] = await startServers(t, { clock, sweep: false })
  if (!here || !there) throw new Error('two servers')
  const services = offerServices(here, there)
  const provider = await register(here, 'provider', { timeZone: 'UTC' })
  const client = await register(here, 'client')
  services.put(provider.id, 'visit', terms)
  const ids = await publish(here, provider, 12)
  const hold = async (at: number) => {
    const body = { slotId: ids[at] }
    const answer = await here.call<{ id: string }>('POST', '/v1/reservations', { token: client.token, body })
    t.equal(answer.status, 201)
    return answer.body.id
  }
  return { here, there, services, provider, client, ids, clock, hold }
}

type Pictured = { slots: { id: string }[] }

function startsIn(picture: unknown, ids: string[]): number[] {
  return (picture as Pictured).slots.map(({ id }) => ids.indexOf(id))
}

async function pictures(viewer: TestViewer, count: number): Promise<unknown> {
  await viewer.until(`picture ${count}`, () => viewer.all('slots').length >= count)
  t.equal(viewer.all('slots').length, count)
  return viewer.all('slots').at(-1)
}

for (const transport of TRANSPORTS) {
  t.test(`over ${transport}, a viewer by service of the other server`, async (t) => {
    const { here, there, provider, client, ids, hold } = await scene(t)
    const by = await openViewer(t, there.url, { transport })
    const plain = await openViewer(t, there.url, { transport })
    const seen = await by.ask('watch', { providerId: provider.id, serviceId: 'visit' })
    t.match(seen, { ok: true, providerId: provider.id, n: Number, service: { id: 'visit', rev: 1 } })
    t.same(startsIn(seen, ids), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const all = await plain.ask('watch', { providerId: provider.id })
    t.equal((all as unknown as Pictured).slots.length, 12, 'control: without a service all slots')
    t.same(
      Object.keys(all),
      ['ok', 'providerId', 'serverTime', 'n', 'from', 'to', 'rules', 'slots'],
      'and nothing of services',
    )

    const reservation = await hold(5)
    const next = await pictures(by, 1)
    t.same(startsIn(next, ids), [0, 1, 6, 7, 8, 9])
    t.match(next, { n: Number(seen.n) + 1, service: { id: 'visit', rev: 1 } })
    t.match(
      by.events(),
      [{ name: 'slot-held', n: Number(seen.n) + 1, slotId: ids[5] }],
      'the event comes too',
    )
    const last = by.heard.slice(-2).map(({ name }) => name)
    t.same(last, ['slot-held', 'slots'], 'and before the picture that has it')

    await here.call('POST', `/v1/reservations/${reservation}/confirm`, { token: client.token })
    await by.hears('slot-confirmed')
    await hold(0)
    t.same(
      startsIn(await pictures(by, 2), ids),
      [1, 6, 7, 8, 9],
      'a confirmed hold alters no start: no picture',
    )
    t.same(
      by.events().map(({ n }) => n),
      [1, 2, 3].map((more) => Number(seen.n) + more),
    )
    await plain.until('the events', () => plain.events().length === 3)
    t.same(plain.all('slots'), [], 'control: who watches all slots gets no picture')
    const { body } = await there.call<{ items: { id: string }[] }>(
      'GET',
      `/v1/slots?providerId=${provider.id}&serviceId=visit`,
    )
    t.same(
      body.items.map(({ id }) => ids.indexOf(id)),
      [1, 6, 7, 8, 9],
      'the list says the same',
    )
  })

  t.test(`over ${transport}, watching again and ending`, async (t) => {
    const { here, services, provider, ids, hold } = await scene(t)
    services.put(provider.id, 'short', { durationMinutes: 15, bufferAfterMinutes: 0 })
    const viewer = await openViewer(t, here.url, { transport })
    const control = await openViewer(t, here.url, { transport })
    const { id: providerId } = provider
    await control.ask('watch', { providerId, serviceId: 'visit' })
    const long = await viewer.ask('watch', { providerId, serviceId: 'visit' })
    t.equal(startsIn(long, ids).length, 10)
    t.equal(startsIn(await viewer.ask('watch', { providerId, serviceId: 'short' }), ids).length, 12)
    await hold(11)
    t.equal(startsIn(await pictures(viewer, 1), ids).length, 11, 'the second service alone')
    const from = new Date(Date.parse('2027-08-16T01:00:00Z')).toISOString()
    const late = await viewer.ask('watch', { providerId, serviceId: 'short', from })
    t.same(startsIn(late, ids), [4, 5, 6, 7, 8, 9, 10], 'a span is of starts')
    const whole = await viewer.ask('watch', { providerId })
    t.equal(startsIn(whole, ids).length, 12, 'again without a service')
    t.notOk('service' in whole)
    await hold(3)
    await viewer.hears('slot-held', ({ slotId }) => slotId === ids[3])
    await control.until('the picture', () => control.all('slots').length === 2)
    t.equal(viewer.all('slots').length, 1, 'and gets no starts any more')
    await viewer.ask('watch', { providerId, serviceId: 'short' })
    t.match(await viewer.ask('unwatch', { providerId }), { ok: true })
    await hold(4)
    await control.until('the picture', () => control.all('slots').length === 3)
    await viewer.ask('unwatch', { providerId })
    t.equal(viewer.all('slots').length, 1, 'nor after its end')
  })

  t.test(`over ${transport}, what cannot be watched`, async (t) => {
    const { here, services, provider } = await scene(t)
    const second = await register(here, 'provider')
    services.put(provider.id, 'former', { active: false })
    const viewer = await openViewer(t, here.url, { transport })
    for (const [providerId, serviceId, code] of [
      [provider.id, 'other', 'not_found'],
      [second.id, 'visit', 'not_found'],
      ['nobody', 'visit', 'not_found'],
      [provider.id, 'former', 'service_inactive'],
      [provider.id, '', 'invalid_request'],
    ]) {
      t.match(await viewer.ask('watch', { providerId, serviceId }), { ok: false, code }, String(code))
    }
    t.equal(here.app.live.gateway.watches, 0, 'nothing is left of them')
    t.match(await viewer.ask('watch', { providerId: provider.id, serviceId: 'visit' }), { ok: true })

    const query = (serviceId: string) => ({ transport, query: { providerId: provider.id, serviceId } })
    const atOnce = await openViewer(t, here.url, query('visit'))
    t.match((await atOnce.hears('slots')).payload, { service: { id: 'visit' } }, 'from the query')
    t.match(await refusalOf(openViewer(t, here.url, query('other'))), { code: 'not_found' })
  })
}

t.test('what no slot tells reaches viewers by service as well', async (t) => {
  const { here, services, provider, ids, clock, hold } = await scene(t, { noticeSeconds: 3_600 })
  const viewer = await openViewer(t, here.url)
  await viewer.ask('watch', { providerId: provider.id, serviceId: 'visit' })
  await hold(5)
  t.equal(startsIn(await pictures(viewer, 1), ids).length, 6)
  clock.move(1_800_000)
  t.equal(startsIn(await pictures(viewer, 2), ids).length, 10, 'a hold ends by time; nobody sweeps here')
  services.put(provider.id, 'visit', { startsEveryMinutes: 60 })
  const hourly = await pictures(viewer, 3)
  t.same(startsIn(hourly, ids), [0, 4, 8], 'the service has changed')
  t.match(hourly, { service: { id: 'visit', rev: 2 } })
  const { token } = await signInAgain(here, provider)
  await here.call('PATCH', '/v1/me', { token, body: { timeZone: 'Asia/Kathmandu' } })
  t.same(startsIn(await pictures(viewer, 4), ids), [1, 5, 9], 'the wall of the provider is another one')
  services.put(provider.id, 'other')
  clock.move(Date.parse('2027-08-15T23:15:00Z') + 1 - clock.now())
  t.same(
    startsIn(await pictures(viewer, 5), ids),
    [5, 9],
    'the notice of the first start is over; nothing else came',
  )
  services.put(provider.id, 'visit', { active: false })
  t.same(startsIn(await pictures(viewer, 6), ids), [], 'it is not offered any more')
  services.put(provider.id, 'visit', { active: true })
  t.same(startsIn(await pictures(viewer, 7), ids), [5, 9], 'and again')
  services.remove(provider.id, 'visit')
  t.same(startsIn(await pictures(viewer, 8), ids), [], 'and is gone')
})

for (const count of [201, 60]) {
  t.test(`${count} changes in one turn are one picture of starts`, async (t) => {
    const { here, services, provider, clock } = await scene(t)
    services.put(provider.id, 'visit', { startsEveryMinutes: 60 })
    const first = Math.ceil(clock.now() / SLOT_MS) * SLOT_MS + 5 * 86_400_000
    const viewer = await openViewer(t, here.url)
    const seen = await viewer.ask('watch', { providerId: provider.id, serviceId: 'visit' })
    const before = (seen as unknown as Pictured).slots.length
    const made = Array.from({ length: count }, (_, at) => openedAt(provider.id, first + at * SLOT_MS))
    for (const slot of made) here.app.board.takeReply(slot)
    const whole = (await pictures(viewer, 1)) as Pictured & { n: number }
    t.equal(whole.slots.length, before + Math.floor((count + 1) / 4))
    t.equal(whole.n, Number(seen.n) + count)
    t.equal(viewer.events().length, count > 200 ? 0 : count, 'beside the events, or instead of too many')
    here.app.board.takeReply(openedAt(provider.id, first + 800 * SLOT_MS))
    await viewer.hears('slot-opened', ({ n }) => n === Number(seen.n) + count + 1)
    await viewer.ask('unwatch', { providerId: provider.id })
    t.equal(viewer.all('slots').length, 1, 'what is opened alone fits nothing: no picture')
  })
}

t.test('three hundred viewers of one service cost one search for each change', async (t) => {
  const { here, provider, ids, hold } = await scene(t)
  const { gateway } = here.app.live
  const watch = { providerId: provider.id, serviceId: 'visit', from: '2027-08-15T00:00:00Z' }
  const viewers: TestViewer[] = []
  for (let index = 0; index < 300; index++) {
    const viewer = await openViewer(t, here.url, { transport: 'raw' })
    viewers.push(viewer)
    await viewer.ask('watch', watch)
  }
  t.equal(gateway.searched, 12, 'the twelve slots were looked at once')
  const encoded = gateway.encoded
  await hold(5)
  for (const viewer of viewers) t.equal(startsIn(await pictures(viewer, 1), ids).length, 6)
  t.equal(gateway.searched, 24, 'and once more after the change')
  t.ok(gateway.encoded - encoded < 5_000, 'one day was encoded again')
  await viewers[0]?.ask('watch', { ...watch, from: '2027-08-16T00:15:00Z' })
  t.equal(gateway.searched, 35, 'control: another span is another search')
})

function openedAt(providerId: string, start: number): SlotDoc {
  const at = new Date(start)
  return {
    _id: slotIdOf(providerId, start),
    providerId,
    start: at,
    end: new Date(start + SLOT_MS),
    state: 'open',
    reservation: null,
    past: [],
    log: { r1: { rev: 1, from: 0, kind: 'opened', at, state: 'open' } },
    rev: 1,
  }
}
