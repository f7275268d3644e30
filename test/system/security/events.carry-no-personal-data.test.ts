import { createHmac } from 'node:crypto'
import t from 'tap'
import { signingKey } from '../../../src/auth/access-tokens.js'
import { slotEventNames } from '../../../src/domain/event-names.js'
import { MovedClock } from '../../helper/moved-clock.js'
import {
  PASSWORD,
  publish,
  register,
  SETTINGS,
  type SignedIn,
  signInAgain,
  startServers,
  type TestServer,
} from '../../helper/servers.js'
import { openViewer, refusalOf, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const personas = ['nobody', 'expired', 'client', 'otherClient', 'provider', 'otherProvider'] as const
type Persona = (typeof personas)[number]

interface World {
  servers: TestServer[]
  clock: MovedClock
  client: SignedIn
  otherClient: SignedIn
  provider: SignedIn
  otherProvider: SignedIn
  tokens: Record<Persona, string | undefined>
}

/** What each event may carry, and to whom its private part goes. A new event without a row fails below. */
const rows: Record<string, { keys: string[]; privately: { to: Persona; key: string } | null }> = {
  ...Object.fromEntries(
    slotEventNames.map((name) => [
      name,
      {
        keys: [
          'n',
          'slotId',
          'providerId',
          'start',
          'end',
          'state',
          'rev',
          'at',
          'expiresAt',
          'reason',
          'seq',
        ],
        privately: { to: 'provider' as const, key: 'reservation' },
      },
    ]),
  ),
  watching: {
    keys: ['ok', 'providerId', 'serverTime', 'n', 'from', 'to', 'rules', 'slots', 'seq', 'ageSeconds'],
    privately: null,
  },
  slots: {
    keys: ['providerId', 'serverTime', 'n', 'from', 'to', 'rules', 'slots', 'ageSeconds'],
    privately: null,
  },
  reservation: {
    keys: ['id', 'slotId', 'status', 'expiresAt', 'reason'],
    privately: { to: 'client', key: '*' },
  },
  heartbeat: { keys: ['providerId', 'n', 'seq', 'serverTime', 'ageSeconds'], privately: null },
  'auth-expired': { keys: [], privately: { to: 'expired', key: '*' } },
}
const inPicture = ['id', 'providerId', 'start', 'end', 'state', 'rev', 'expiresAt']

async function makeWorld(servers: TestServer[], clock: MovedClock): Promise<World> {
  const [here] = servers
  if (!here) throw new Error('two servers')
  const late = await register(here, 'provider', { name: 'Lise Late' })
  const people = {
    client: await register(here, 'client', { name: 'Hedy Lamarr-Client' }),
    otherClient: await register(here, 'client', { name: 'Emmy Noether-Client' }),
    provider: await register(here, 'provider', { name: 'Grace Hopper-Provider' }),
    otherProvider: await register(here, 'provider', { name: 'Mary Jackson-Provider' }),
  }
  clock.move(301_000)
  for (const role of ['client', 'otherClient', 'provider', 'otherProvider'] as const)
    people[role] = await signInAgain(here, people[role])
  const { client, otherClient, provider, otherProvider } = people
  const tokens = {
    nobody: undefined,
    expired: late.token,
    client: client.token,
    otherClient: otherClient.token,
    provider: provider.token,
    otherProvider: otherProvider.token,
  }
  return { servers, clock, ...people, tokens }
}

/** Everything that can happen to slots, so that each event is seen at least once. */
async function live(world: World): Promise<{ first: string; secrets: string[] }> {
  const { servers, clock, client, otherClient, provider } = world
  const [here, there] = servers
  if (!here || !there) throw new Error('two servers')
  const [first = '', second = '', third = '', fourth = ''] = await publish(here, provider, 4)
  const hold = async (server: TestServer, who: SignedIn, slotId: string) =>
    (await server.call<{ id: string }>('POST', '/v1/reservations', { token: who.token, body: { slotId } }))
      .body.id
  const confirmed = await hold(here, client, first)
  await there.call('POST', `/v1/reservations/${confirmed}/confirm`, { token: client.token })
  const released = await hold(there, client, second)
  await here.call('DELETE', `/v1/reservations/${released}`, { token: client.token })
  const expired = await hold(here, client, third)
  clock.move(61_000)
  const other = await hold(there, otherClient, fourth)
  await here.call('DELETE', `/v1/reservations/${confirmed}?withdraw=true`, { token: provider.token })
  return { first, secrets: [confirmed, released, expired, other] }
}

t.test('every event, as everybody, over both transports of both servers', async (t) => {
  const clock = new MovedClock()
  const servers = await startServers(t, {
    clock,
    settings: { HOLD_SECONDS: '60' },
    live: { gateway: { heartbeatMs: 300 } },
  })
  const world = await makeWorld(servers, clock)
  const { client, otherClient, provider, tokens } = world

  const viewers: { who: Persona; where: string; viewer: TestViewer }[] = []
  for (const who of personas) {
    for (const [index, { url }] of servers.entries()) {
      for (const transport of TRANSPORTS) {
        for (const watch of [{ providerId: provider.id }, { all: true }]) {
          const viewer = await openViewer(t, url, { transport, token: tokens[who] })
          const where = `${who} on ${index} by ${transport}, ${'all' in watch ? 'all' : 'one'}`
          t.match(await viewer.ask('watch', watch), { ok: true }, `everybody may look: ${where}`)
          viewers.push({ who, where, viewer })
        }
      }
    }
  }
  const { first, secrets } = await live(world)
  const people = [client, otherClient].flatMap(({ id, email, account }) => [id, email, account.name])
  const seen = new Set<string>()

  for (const { who, where, viewer } of viewers) {
    await viewer.hears('slot-withdrawn', ({ slotId }) => slotId === first)
    await viewer.hears('slot-released', ({ reason }) => reason === 'expired')
    await viewer.hears('heartbeat')
    for (const { name, payload } of viewer.heard) {
      seen.add(name)
      const row = rows[name]
      if (!row) {
        t.fail(`an event without a row: ${name}`)
        continue
      }
      const allowed = [...row.keys]
      if (row.privately?.to === who && row.privately.key !== '*') allowed.push(row.privately.key)
      const extra = Object.keys(payload).filter((key) => !allowed.includes(key))
      if (extra.length > 0) t.fail(`${where}: ${name} carries ${extra}`)
      if (
        row.privately?.key === '*' &&
        row.privately.to !== who &&
        !(name === 'reservation' && who === 'otherClient')
      )
        t.fail(`${where}: heard ${name}`)
      for (const slot of (payload.slots ?? []) as object[]) {
        const more = Object.keys(slot).filter((key) => !inPicture.includes(key) && who !== 'provider')
        if (more.length > 0) t.fail(`${where}: the picture carries ${more}`)
      }
    }
    const frames = JSON.stringify(viewer.heard)
    const mine: string[] =
      who === 'provider'
        ? [...people, ...secrets]
        : who === 'client'
          ? secrets.slice(0, 3)
          : who === 'otherClient'
            ? secrets.slice(3)
            : []
    for (const secret of [...people, ...secrets])
      if (!mine.includes(secret) && frames.includes(secret)) t.fail(`${where}: heard of ${secret}`)
    t.notMatch(frames, /@example\.com|eyJ[\w-]+\.|password/i, `no address, no token, no password: ${where}`)
  }
  t.same(
    [...seen].sort(),
    Object.keys(rows)
      .filter((name) => name !== 'slots')
      .sort(),
    'each event was seen',
  )

  const said = (who: Persona, name: string) =>
    viewers.filter((one) => one.who === who).map(({ viewer }) => viewer.all(name))
  for (const events of said('provider', 'slot-held'))
    t.match(
      events,
      [{ reservation: { client: { id: client.id, name: 'Hedy Lamarr-Client' } } }],
      'control: the provider sees who',
    )
  for (const own of said('client', 'reservation'))
    t.same([...new Set(own.map(({ id }) => id))].sort(), secrets.slice(0, 3).sort(), 'the client its own')
  for (const own of said('otherClient', 'reservation'))
    t.same([...new Set(own.map(({ id }) => id))], secrets.slice(3), 'the other client its own')
  for (const ends of said('expired', 'auth-expired')) t.equal(ends.length, 1)
})

t.test('a forged token is refused at the door and inside, and changes nothing', async (t) => {
  const servers = await startServers(t)
  const [here] = servers
  if (!here) throw new Error('two servers')
  const provider = await register(here, 'provider')
  const client = await register(here, 'client')
  const [header = '', claims64 = '', signature = ''] = client.token.split('.')
  const claims = JSON.parse(Buffer.from(claims64, 'base64url').toString()) as object
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const altered = encode({ ...claims, sub: provider.id, role: 'provider' })
  const signed = (secret: string) => {
    const input = `${encode({ alg: 'HS256', typ: 'JWT', kid: signingKey(secret).kid })}.${altered}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const forged = {
    'no algorithm': `${encode({ alg: 'none', typ: 'JWT' })}.${altered}.`,
    'another key': signed('some other secret of 32 characters'),
    'an altered role': `${header}.${altered}.${signature}`,
  }
  const [slotId] = await publish(here, provider, 1)
  for (const { url } of servers) {
    for (const transport of TRANSPORTS) {
      for (const [what, token] of Object.entries(forged)) {
        const refusal = await refusalOf(openViewer(t, url, { transport, token }))
        t.equal(refusal.code, 'unauthenticated', `${what} by ${transport}`)
      }
      const viewer = await openViewer(t, url, { transport, token: client.token })
      await viewer.ask('watch', { providerId: provider.id })
      for (const token of Object.values(forged))
        t.match(await viewer.ask('auth', { token }), { code: 'unauthenticated' })
      t.match(
        await viewer.ask('auth', { token: signed(SETTINGS.JWT_SECRET) }),
        { ok: true },
        'control: signed with our key it is good',
      )
      t.match(await viewer.ask('auth', { token: client.token }), { ok: true }, 'and the client again')
    }
  }
  const watching = await openViewer(t, here.url, { token: client.token })
  await watching.ask('watch', { providerId: provider.id })
  await watching.ask('auth', { token: forged['an altered role'] })
  await here.call('POST', '/v1/reservations', { token: client.token, body: { slotId } })
  const { payload } = await watching.hears('slot-held')
  t.notOk('reservation' in payload, 'who tried sees no more than before')
  t.equal(
    (await here.call('POST', '/v1/token', { body: { email: provider.email, password: PASSWORD } })).status,
    200,
  )
})

t.test('where looking needs a token, nobody and the expired hear nothing', async (t) => {
  const clock = new MovedClock()
  const servers = await startServers(t, { clock, settings: { PUBLIC_VIEW: 'false' } })
  const world = await makeWorld(servers, clock)
  const witness = await openViewer(t, servers[1]?.url ?? '', { token: world.tokens.otherClient })
  await witness.ask('watch', { all: true })
  const deaf: TestViewer[] = []
  for (const { url } of servers) {
    for (const transport of TRANSPORTS) {
      for (const who of ['nobody', 'expired'] as const) {
        const viewer = await openViewer(t, url, { transport, token: world.tokens[who] })
        for (const watch of [{ providerId: world.provider.id }, { all: true }])
          t.match(await viewer.ask('watch', watch), { ok: false, code: 'unauthenticated' })
        deaf.push(viewer)
      }
    }
  }
  const [first] = [...(await publish(servers[0] as TestServer, world.provider, 1))]
  await witness.hears('slot-opened', ({ slotId }) => slotId === first)
  for (const viewer of deaf) {
    await viewer.ask('unwatch', { all: true })
    t.same(viewer.events(), [])
  }
})
