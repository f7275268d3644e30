import t from 'tap'
import { ROOT } from './helper/paths.js'
import { importRules, readSources, type SourceText, violations } from './helper/source-rules.js'

t.test('the source keeps its rules', async (t) => {
  const sources = readSources(ROOT)
  t.ok(sources.length > 50, 'the source was found')
  t.same(violations(sources), [])
})

t.test('each rule of imports stands for files that exist', async (t) => {
  const sources = readSources(ROOT)
  for (const rule of importRules) {
    t.ok(
      sources.some(({ path }) => path.startsWith(rule.in)),
      rule.in,
    )
  }
})

t.test('control: each planted violation is found', async (t) => {
  const plant = (path: string, text: string): SourceText => ({ path, text })
  const planted: [SourceText, string][] = [
    [
      plant('src/schemas/x.ts', `import '../http/problems.js'`),
      'src/schemas/x.ts: imports src/http/problems.js',
    ],
    [plant('src/schemas/x.ts', `import Ajv from 'ajv'`), 'src/schemas/x.ts: imports ajv'],
    [plant('src/slots/x.ts', `import fastify from 'fastify'`), 'src/slots/x.ts: imports fastify'],
    [plant('src/slots/x.ts', `export * from 'socket.io'`), 'src/slots/x.ts: imports socket.io'],
    [
      plant('src/slots/x.ts', `import type { A } from '../live/calendar/slot-board.js'`),
      'src/slots/x.ts: imports src/live/calendar/slot-board.js',
    ],
    [
      plant('src/live/x.ts', `const store = await import('../slots/slot-store.js')`),
      'src/live/x.ts: imports src/slots/slot-store.js',
    ],
    [
      plant('src/live/x.ts', `type Store = import('../routes/slots.js').Store`),
      'src/live/x.ts: imports src/routes/slots.js',
    ],
    [
      plant('src/routes/x.ts', `import { SlotFeed } from '../live/calendar/slot-feed.js'`),
      'src/routes/x.ts: imports src/live/calendar/slot-feed.js',
    ],
    [
      plant('src/pages/my/x.tsx', `import { SlotStore } from '../../slots/slot-store.js'`),
      'src/pages/my/x.tsx: imports src/slots/slot-store.js',
    ],
    [plant('plugins/x.ts', `import mongo from './mongo.js'`), 'plugins/x.ts: imports plugins/mongo.js'],
    [
      plant('src/http/problems.ts', `import '../live/calendar/topic.js'`),
      'src/http/problems.ts: imports src/live/calendar/topic.js',
    ],
    [plant('lib/x.ts', `import 'fastify'`), 'lib/x.ts: lies where no import rule applies'],
    [
      plant('src/routes/x.ts', 'await app.slots.collection.findOneAndUpdate({}, {})'),
      'src/routes/x.ts: writes to the database',
    ],
    [plant('plugins/x.ts', 'const secret = process.env.JWT_SECRET'), 'plugins/x.ts: uses process.env'],
    [plant('src/config.ts', 'const { env } = process.env'), 'src/config.ts: uses process.env'],
    [plant('src/live/x.ts', 'process.exit(1)'), 'src/live/x.ts: uses process.exit'],
    [plant('src/slots/x.ts', 'const now = Date.now()'), 'src/slots/x.ts: uses Date.now'],
    [plant('src/sweeper/x.ts', 'const now = new Date()'), 'src/sweeper/x.ts: uses new Date()'],
    [plant('src/live/x.ts', 'const spread = Math.random() * 5'), 'src/live/x.ts: uses Math.random'],
    [plant('src/availability/x.ts', 'let last = 0'), 'src/availability/x.ts: has a variable of the module'],
    [
      plant('src/routes/x.ts', 'export const known = new Map<string, number>()'),
      'src/routes/x.ts: has a collection of the module',
    ],
    [plant('src/clock.ts', 'const x = {} as any'), 'src/clock.ts: uses any'],
    [plant('plugins/x.ts', 'await mongoose.connect(uri)'), 'plugins/x.ts: uses mongoose.connect'],
    [plant('src/live/index.ts', ''), 'src/live/index.ts: is a barrel or a drawer of odds and ends'],
  ]
  for (const [source, found] of planted) t.same(violations([source]), [found], found)

  const emitters = [plant('src/live/a.ts', 'io.emit(1)'), plant('src/routes/b.ts', 'io.emit(2)')]
  t.same(violations(emitters), ['more than one file emits: src/live/a.ts, src/routes/b.ts'])
})

t.test('control: what is allowed passes', async (t) => {
  const text = `
    import { Type } from 'typebox'
    import { Id } from './common.js'
    const kinds = new Set(['a'])
    export function at(now: number) { let last = new Date(now); return [last, kinds, Id, Type] }
    // Date.now() and any in a comment are words
    const words = 'process.env and any'
  `
  t.same(violations([{ path: 'src/schemas/x.ts', text }]), [])
})
