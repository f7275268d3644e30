/** Viewers hear of all slots of an appointment in one moment, on every server and over either transport. */
import t, { type Test } from 'tap'
import { type Clinic, clinic, confirm, end, extend, held, hold, later, move } from '../../helper/clinic.js'
import { register } from '../../helper/servers.js'
import { openViewer, screenOf, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const MINUTE = 60_000

interface Watcher {
  viewer: TestViewer
  /** What its screen showed of the slots, after each turn of the event loop in which that changed. */
  seen: string[]
}

/** H for held, C for confirmed, - for what is open, w for withdrawn. */
const signs: Record<string, string> = { held: 'H', confirmed: 'C', open: '-', withdrawn: 'w' }

/** Viewers of either transport at each server. */
async function watchers(t: Test, world: Clinic): Promise<Watcher[]> {
  const { server, other, provider } = world
  const all: Watcher[] = []
  for (const { url } of [server, other]) {
    for (const transport of TRANSPORTS) {
      const viewer = await openViewer(t, url, { transport })
      await viewer.ask('watch', { providerId: provider.id })
      all.push({ viewer, seen: [] })
    }
  }
  let isOver = false
  t.teardown(() => {
    isOver = true
  })
  const look = () => {
    for (const watcher of all) {
      const now = pictureOf(watcher, world)
      if (watcher.seen.at(-1) !== now) watcher.seen.push(now)
    }
    if (!isOver) setImmediate(look)
  }
  look()
  return all
}

/** Its screen as it is now. */
function pictureOf({ viewer }: Watcher, { provider, slots }: Clinic): string {
  const screen = screenOf(viewer, provider.id).slots
  return slots.map((id) => signs[screen.get(id)?.state ?? ''] ?? '?').join('')
}

t.test('held, moved, confirmed and cancelled, nobody sees half of it', async (t) => {
  const world = await clinic(t, { count: 2, slots: 8 })
  const { server, client, slots } = world
  const service = await world.offer()
  const all = await watchers(t, world)
  const shows = async (picture: string) => {
    for (const watcher of all) {
      await watcher.viewer.until(picture, () => pictureOf(watcher, world) === picture)
    }
    // So that what is seen is noted before more is done.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  }
  const { id } = await held(server, client, slots[1], service.id)
  await shows('-HHH----')
  await move(server, client, id, slots[3])
  await shows('---HHH--')
  await move(server, client, id, slots[2])
  await shows('--HHH---')
  await confirm(server, client, id)
  await shows('--CCC---')
  await end(server, client, id)
  await shows('--------')
  for (const { viewer, seen } of all) {
    const steps = ['--------', '-HHH----', '---HHH--', '--HHH---', '--CCC---', '--------']
    t.same(seen, steps, viewer.transport)
    t.same(screenOf(viewer, world.provider.id).faults, [])
  }
  for (const at of [1, 2, 3]) await held(server, await register(server, 'client'), slots[at])
  await shows('-HHH----')
  t.ok(
    all.some(({ seen }) => seen.includes('-H------')),
    'control: what is not held together is seen one after the other',
  )
})

t.test(
  'each slot has its event, public ones say nothing of a person, the provider’s what belongs together',
  async (t) => {
    const world = await clinic(t, { count: 2, slots: 8 })
    const { server, other, client, provider, slots } = world
    const service = await world.offer({ bufferBeforeMinutes: 15, bufferAfterMinutes: 30 })
    for (const transport of TRANSPORTS) {
      const anybody = await openViewer(t, other.url, { transport })
      const owner = await openViewer(t, other.url, { transport, token: provider.token })
      const own = await openViewer(t, other.url, { transport, token: client.token })
      await anybody.ask('watch', { providerId: provider.id })
      await owner.ask('watch', { providerId: provider.id })
      const note = { phone: '0171 5550003', note: 'Secret' }
      const { id, expiresAt } = await held(server, client, slots[1], service.id, note)
      const ids = slots.slice(0, 6)
      const [first, ...others] = await Promise.all(
        [anybody, owner].map((viewer) =>
          viewer.until('six events', () => (viewer.events().length === 6 ? viewer.events() : undefined)),
        ),
      )
      t.same(first?.map(({ slotId }) => slotId).sort(), ids)
      t.match(
        first,
        ids.map(() => ({ name: 'slot-held', state: 'held', expiresAt })),
      )
      t.notMatch(
        JSON.stringify(anybody.heard),
        new RegExp(`${client.id}|${id}|guest|buffer|Ada|Secret|5550003`),
      )
      const of = ids.length
      const theirs = others[0]?.toSorted((a, b) => a.start.localeCompare(b.start))
      t.match(
        theirs?.map(({ reservation }) => reservation),
        ['before', 'visit', 'visit', 'visit', 'after', 'after'].map((role, part) => ({
          id,
          role,
          head: slots[1],
          part: part + 1,
          of,
        })),
      )
      t.equal(theirs?.[1]?.reservation?.client.name, 'Ada Client')
      t.notMatch(JSON.stringify(owner.heard), /Secret|5550003/, 'the contact is read by REST')
      await own.hears('reservation')
      await confirm(server, client, id)
      await own.hears('reservation', ({ status }) => status === 'confirmed')
      await move(server, client, id, slots[2])
      await own.hears('reservation', ({ slotId }) => slotId === slots[2])
      await end(server, provider, id)
      await own.hears('reservation', ({ status }) => status === 'cancelled')
      t.match(own.all('reservation'), [
        { id, slotId: slots[1], status: 'held', expiresAt },
        { id, slotId: slots[1], status: 'confirmed' },
        { id, slotId: slots[2], status: 'confirmed' },
        { id, slotId: slots[2], status: 'cancelled', reason: 'cancelled' },
      ])
      t.equal(own.all('reservation').length, 4, 'one for each change of the appointment')
      const events = await anybody.until('all events', () =>
        anybody.events().length === 6 + 6 + 7 + 6 ? anybody.events() : undefined,
      )
      const moved = events.slice(12, 19)
      t.same(
        moved.filter(({ reason }) => reason === 'moved').map(({ slotId, name }) => [slotId, name]),
        [[slots[0], 'slot-released']],
      )
      t.equal(
        moved.findIndex(({ reason }) => reason === 'moved'),
        0,
        'first what comes free',
      )
      const picture = await owner.ask('watch', { providerId: provider.id })
      t.notMatch(JSON.stringify(picture), /"role"/, 'control: at the end nothing belongs together')
      for (const viewer of [anybody, owner, own]) await viewer.leave()
    }
    await hold(server, client, slots[1], service.id)
    const owner = await openViewer(t, server.url, { token: provider.token })
    const picture = await owner.ask('watch', { providerId: provider.id })
    t.match(JSON.stringify(picture), /"role":"before".*"role":"visit".*"role":"after"/, 'so does the picture')
  },
)

t.test('an extension is told with the new end', async (t) => {
  const world = await clinic(t, { count: 2, slots: 8 })
  const { server, other, slots, provider } = world
  const service = await world.offer()
  const { id } = await held(server, world.client, slots[0], service.id)
  await later(world, 10 * MINUTE)
  const own = await openViewer(t, other.url, { token: world.client.token })
  const anybody = await openViewer(t, other.url, { transport: 'raw' })
  const before = await anybody.ask('watch', { providerId: provider.id })
  const { expiresAt } = (await extend(server, world.client, id)).body
  t.notMatch(JSON.stringify(before), expiresAt ?? 'none', 'control')
  const events = await anybody.until('three events', () =>
    anybody.events().length === 3 ? anybody.events() : undefined,
  )
  t.match(
    events,
    [1, 2, 3].map(() => ({ name: 'slot-held', state: 'held', expiresAt })),
  )
  t.match((await own.hears('reservation')).payload, { id, status: 'held', expiresAt })
  t.match(await hold(server, await register(server, 'client'), slots[1]), {
    status: 409,
    body: { slot: { expiresAt } },
  })
})
