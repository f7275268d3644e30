import { once } from 'node:events'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { publish, register, type SignedIn, startOne, type TestServer } from '../../helper/servers.js'
import { openViewer, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const FRAMES = 1_000

/** What the connections below speak: frames as they go over the wire, and how a good question and its answer look. */
interface Wire {
  /** Frames for one socket: few enough for some to be left standing, so that frames are really read. */
  each: number
  path: string
  greeting: string[]
  greeted: RegExp
  question: string
  answered: RegExp
}

const wires: Record<(typeof TRANSPORTS)[number], Wire> = {
  raw: {
    each: 12,
    path: '/v1/live',
    greeting: [],
    greeted: /^$/,
    question: '{"type":"watch","all":true,"ref":"good"}',
    answered: /"ref":"good".*"ok":true/,
  },
  'socket.io': {
    each: 3,
    path: '/socket.io/?EIO=4&transport=websocket',
    greeting: ['40/live,'],
    greeted: /^40\/live/,
    question: '42/live,7["watch",{"all":true}]',
    answered: /^43\/live,7\[\{"ok":true/,
  },
}

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const names = [
  '__proto__',
  'constructor',
  'toString',
  'hold',
  'error',
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'slot-held',
  'slots',
  'auth-expired',
  '$where',
  '',
  'watch',
  'unwatch',
  'auth',
]
const payloads = [
  '{"__proto__":{"caller":{"role":"provider"}},"all":true}',
  '{"constructor":{"prototype":{"ok":1}},"all":true}',
  '{"providerId":"__proto__"}',
  '{"providerId":{"$ne":""}}',
  '{"providerId":["a","b"]}',
  '{"providerId":"\\u0000"}',
  '{"providerId":"\\ud800"}',
  '{"token":"eyJhbGciOiJub25lIn0.e30."}',
  '{"token":{"$gt":""}}',
  `{"token":"${'x'.repeat(4_000)}"}`,
  '{"providerId":"x","from":"9999-12-31T23:59:59Z","to":"0001-01-01T00:00:00Z"}',
  '{"providerId":"x","from":1e400}',
  '{"all":"true"}',
  '{"type":"watch","ref":{}}',
  deep(5_000),
  `{"a":${deep(4_000)}}`,
  'null',
  '-0',
  '1e999',
  '"text"',
  '[]',
  '{}',
]

const jsonText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...payloads) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 5 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }) },
)
const named = fc.constantFrom(...names)
const binary = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
const hostile: Record<(typeof TRANSPORTS)[number], fc.Arbitrary<string | Buffer>> = {
  raw: fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(named, jsonText)
        .map(([type, json]) => `{"type":${JSON.stringify(type)},"x":${json}}`),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(named, jsonText)
        .map(([type, json]) => json.replace(/^\{/, `{"type":${JSON.stringify(type)},`)),
    },
    { weight: 2, arbitrary: jsonText },
    { weight: 1, arbitrary: binary },
    { weight: 1, arbitrary: fc.constant('x'.repeat(17 * 1024)) },
  ),
  'socket.io': fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(named, jsonText).map(([name, json]) => `42/live,[${JSON.stringify(name)},${json}]`),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(named, jsonText, fc.nat())
        .map(([name, json, id]) => `42/live,${id}[${JSON.stringify(name)},${json},${json}]`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(named, jsonText).map(([name, json]) => `42[${JSON.stringify(name)},${json}]`),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '451-/live,["watch",{"_placeholder":true,"num":0}]',
        '451-/live,["watch",{"_placeholder":true,"num":"0"}]',
        '4599999999999-/live,["watch"]',
        '461-/live,1[{"_placeholder":true,"num":7}]',
        '43/live,1[]',
        '44/live,"no"',
        '40/other,',
        '40/live,{"token":7}',
        '40__proto__,',
        '42/live,99999999999999999999["watch"]',
        '42/live,[]',
        '42/live,[{}]',
        '42/live,[7,7]',
        '4',
        '47',
        '2probe',
        '5',
        '3',
        '6',
        '1',
        '',
        '9',
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('4', '42', '42/live,', ''), jsonText)
        .map(([start, json]) => start + json),
    },
    { weight: 1, arbitrary: binary },
    { weight: 1, arbitrary: fc.constant(`42/live,["${'x'.repeat(17 * 1024)}"]`) },
  ),
}

/** Sends them one socket after another; says how each socket ended that did not answer a good question afterwards. */
async function attack(
  server: TestServer,
  wire: Wire,
  frames: (string | Buffer)[],
  heard: string[],
): Promise<number> {
  let ended = 0
  for (let first = 0; first < frames.length; first += wire.each) {
    const socket = new WebSocket(server.url.replace('http', 'ws') + wire.path)
    const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')))
    const says = (pattern: RegExp) =>
      new Promise<'said'>((resolve) =>
        socket.on('message', (data) => pattern.test(String(data)) && resolve('said')),
      )
    socket.on('message', (data) => heard.push(String(data)))
    socket.on('error', () => {})
    const greeted = wire.greeting.length === 0 ? null : says(wire.greeted)
    await once(socket, 'open')
    for (const line of wire.greeting) socket.send(line)
    await greeted
    for (const frame of frames.slice(first, first + wire.each)) socket.send(frame)
    const answered = says(wire.answered)
    socket.send(wire.question)
    if ((await Promise.race([answered, closed])) === 'closed') ended++
    socket.terminate()
    await closed
  }
  return ended
}

interface Scene {
  server: TestServer
  provider: SignedIn
  honest: TestViewer[]
  faults: string[]
}

async function scene(t: Test, settings = {}): Promise<Scene> {
  const faults: string[] = []
  const logger = {
    level: 'warn',
    stream: { write: (line: string) => void (/"level":(50|60)/.test(line) && faults.push(line)) },
  }
  const server = await startOne(t, { settings, logger })
  const provider = await register(server, 'provider')
  const honest = []
  for (const transport of TRANSPORTS) {
    const viewer = await openViewer(t, server.url, { transport, token: provider.token })
    await viewer.ask('watch', { providerId: provider.id })
    honest.push(viewer)
  }
  return { server, provider, honest, faults }
}

/** Each honest viewer has heard every change of this calendar, once and in order, and nothing was a fault of ours. */
async function othersNoticeNothing(t: Test, { server, provider, honest, faults }: Scene): Promise<void> {
  await publish(server, provider, 1)
  for (const viewer of honest) {
    await viewer.hears('slot-opened')
    t.same(
      viewer.events().map(({ n }) => n),
      [1],
    )
    t.same(viewer.all('slots'), [])
    t.same(viewer.all('auth-expired'), [])
  }
  t.same(faults, [], 'no line of an error in the log')
  t.equal((await server.call('GET', '/readyz')).status, 200)
}

for (const transport of TRANSPORTS) {
  t.test(`a thousand hostile frames: ${transport}`, async (t) => {
    const one = await scene(t, { MAX_FRAMES_PER_SECOND: '100000' })
    const seed = Date.now()
    t.comment(`seed ${seed}`)
    const frames = fc.sample(hostile[transport], { numRuns: FRAMES, seed })
    const heard: string[] = []
    const ended = await attack(one.server, wires[transport], frames, heard)
    const sockets = Math.ceil(FRAMES / wires[transport].each)
    t.comment(`${ended} of ${sockets} sockets were ended`)
    t.ok(ended < sockets, 'control: some went on and were answered')
    t.notOk(
      heard.some((text) => /"internal"|TypeError|at .*\.js/.test(text)),
      'nothing of ours shows',
    )
    t.notOk(
      heard.some((text) => text.includes(one.provider.email) || text.includes('Grace')),
      'nor of anybody',
    )
    await othersNoticeNothing(t, one)
    t.equal(
      one.server.app.live.raw + one.server.app.live.socketIo,
      TRANSPORTS.length,
      'nobody is left behind',
    )
    t.equal(({} as { caller?: unknown }).caller, undefined, 'no prototype was touched')
  })
}

t.test('a flood is cut with a reason, whatever it is of', async (t) => {
  const one = await scene(t)
  const { server } = one
  const flood = async (send: (socket: WebSocket) => void) => {
    const { ws } = await openViewer(t, server.url, { transport: 'raw' })
    if (!ws) throw new Error('raw')
    const closed = once(ws, 'close')
    for (let sent = 0; sent < 500; sent++) send(ws)
    const [code, reason] = await closed
    return `${code} ${reason}`
  }
  for (const type of ['unwatch', 'watch'])
    t.equal(await flood((ws) => ws.send(`{"type":"${type}","all":true}`)), '4429 too many frames')
  t.match(await flood((ws) => ws.ping()), /^(4429|1006)/, 'ws itself may be sooner with pings')

  for (const engine of ['websocket', 'polling'] as const) {
    for (const name of ['unwatch', 'watch', 'hold']) {
      const viewer = await openViewer(t, server.url, { engine: [engine] })
      const { io } = viewer
      if (!io) throw new Error('Socket.IO')
      const gone = new Promise<string>((resolve) => io.once('disconnect', resolve))
      for (let sent = 0; sent < 500; sent++) io.emit(name, { all: true })
      const reason = await gone
      t.match(reason, /io server disconnect|transport/, `${engine} ${name}: ${reason}`)
      const said = viewer.all('error').map(({ code }) => code)
      // Twenty unknown events are enough as well, if they are read before the hundredth frame is counted.
      t.ok(said.includes('rate_limited') || (name === 'hold' && said.includes('invalid_request')))
    }
  }
  await othersNoticeNothing(t, one)
})

t.test('who comes back and asks for all it watched at once is not cut', async (t) => {
  const one = await scene(t)
  const { server, provider } = one
  for (const transport of TRANSPORTS) {
    const viewer = await openViewer(t, server.url, { transport })
    const asked = Array.from({ length: 60 }, () => viewer.ask('watch', { providerId: provider.id }))
    for (const answer of await Promise.all(asked)) t.equal(answer.ok, true)
    t.match(await viewer.ask('auth', { token: provider.token }), { ok: true })
  }
  await othersNoticeNothing(t, one)
})
