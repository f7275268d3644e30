import t from 'tap'
import { publish, register, type SignedIn, startServers, type TestServer } from '../../helper/servers.js'
import { openViewer, type Screen, screenOf, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const PROVIDERS = 2
const SLOTS = 6
const CLIENTS = 6
const MOVES = 80

interface Seen {
  what: string
  viewer: TestViewer
  providerId: string
}

t.test('two servers, hundreds of random transitions, viewers that come early and late', async (t) => {
  const servers = await startServers(t, { settings: { MAX_ACTIVE_HOLDS: '6' } })
  const [one] = servers
  if (!one) throw new Error('a server')
  const providers: SignedIn[] = []
  const slotIds: string[] = []
  for (let at = 0; at < PROVIDERS; at++) {
    const provider = await register(one, 'provider')
    providers.push(provider)
    slotIds.push(...(await publish(one, provider, SLOTS, 3 + at)))
  }
  const clients: SignedIn[] = []
  for (let at = 0; at < CLIENTS; at++) clients.push(await register(one, 'client'))

  const seen: Seen[] = []
  const alls: TestViewer[] = []
  const come = async (when: string) => {
    for (const [at, { url }] of servers.entries()) {
      for (const transport of TRANSPORTS) {
        for (const provider of providers) {
          const viewer = await openViewer(t, url, { transport })
          await viewer.ask('watch', { providerId: provider.id })
          seen.push({ what: `${when}, ${transport}, server ${at}`, viewer, providerId: provider.id })
        }
      }
    }
  }
  for (const transport of TRANSPORTS) {
    for (const { url } of servers) {
      const viewer = await openViewer(t, url, { transport })
      await viewer.ask('watch', { all: true })
      alls.push(viewer)
    }
  }
  await come('early')
  const living = clients.map((client, at) => live(servers, client, slotIds, at))
  await come('in the middle')
  await Promise.all(living)
  await come('late')

  const stored = await one.app.slots.collection.find({}).toArray()
  const truth = new Map(stored.map(({ _id, state, rev }) => [_id, { state, rev }]))
  const transitions = stored.reduce((sum, { rev }) => sum + rev - 1, 0)
  t.ok(transitions > 200, `${transitions} transitions`)

  for (const { what, viewer, providerId } of seen) {
    const mine = new Map([...truth].filter(([id]) => id.startsWith(providerId)))
    await viewer.until(`${what}: the database's picture`, () => sameSlots(screenOf(viewer, providerId), mine))
    t.same(screenOf(viewer, providerId).faults, [], `${what}: each rev once and in order`)
    t.equal(screenOf(viewer, providerId).pictures, 1, `${what}: one picture was enough`)
  }
  for (const viewer of alls) {
    await viewer.until('all', () => viewer.events().length >= transitions)
    const revs = new Map<string, number[]>()
    for (const { slotId, rev } of viewer.events()) revs.set(slotId, [...(revs.get(slotId) ?? []), rev])
    const wrong = [...truth].filter(
      ([id, { rev }]) => revs.get(id)?.join() !== Array.from({ length: rev - 1 }, (_, at) => at + 2).join(),
    )
    t.same(wrong, [], 'a viewer of all hears each rev of each slot once and in order')
    const seqs = viewer.events().map(({ seq }) => seq ?? 0)
    t.ok(
      seqs.every((seq, at) => at === 0 || seq === (seqs[at - 1] ?? 0) + 1),
      'and seq without a hole',
    )
  }

  t.test('control: with one event taken out or told twice, the screen says so', async (t) => {
    const early = seen[0]
    if (!early) throw new Error('a viewer')
    const { heard } = early.viewer
    const at = heard.findIndex(({ name }) => name.startsWith('slot-'))
    t.not(screenOf({ heard: heard.toSpliced(at, 1) }, early.providerId).faults.length, 0)
    const renumbered = heard.map((one) => structuredClone(one))
    const twice = structuredClone(renumbered[at])
    if (!twice) throw new Error('an event')
    renumbered.splice(at, 0, twice)
    let n = Number(twice.payload.n)
    for (const { name, payload } of renumbered.slice(at)) if (name.startsWith('slot-')) payload.n = n++
    t.not(screenOf({ heard: renumbered }, early.providerId).faults.length, 0)
  })
})

function sameSlots(screen: Screen, truth: Map<string, { state: string; rev: number }>): boolean {
  return [...truth].every(([id, { state, rev }]) => {
    const shown = screen.slots.get(id)
    return shown?.rev === rev && shown.state === state
  })
}

/** A client who holds, confirms and gives back at random, on whichever server. */
async function live(servers: TestServer[], client: SignedIn, slotIds: string[], seed: number): Promise<void> {
  let state = seed + 1
  const pick = <T>(from: readonly T[]): T => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return from[Math.floor((state / 2_147_483_648) * from.length)] as T
  }
  const { token } = client
  const own: string[] = []
  for (let move = 0; move < MOVES; move++) {
    const { call } = pick(servers)
    const id = own.length > 0 ? pick(own) : ''
    const what = pick(['hold', 'hold', 'confirm', 'end', 'end'])
    if (what === 'hold' || id === '') {
      const { status, body } = await call<{ id: string }>('POST', '/v1/reservations', {
        token,
        body: { slotId: pick(slotIds) },
      })
      if (status === 201) own.push(body.id)
    } else if (what === 'confirm') await call('POST', `/v1/reservations/${id}/confirm`, { token })
    else {
      await call('DELETE', `/v1/reservations/${id}`, { token })
      own.splice(own.indexOf(id), 1)
    }
  }
}
