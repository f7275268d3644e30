import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { asyncapiDocument } from '../../../src/live/asyncapi.js'
import { ROOT } from '../../helper/paths.js'
import { startOne } from '../../helper/servers.js'

const page = readFileSync(new URL('docs/security.md', ROOT), 'utf8')

/** The rows of the table under a heading, as their cells. */
function table(text: string, heading: string): string[][] {
  const part = text.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? ''
  return part
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
}

const named = (text: string) => [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path)

t.test('every test that is named is there, and every test of this kind is named', (t) => {
  const paths = named(page)
  t.ok(paths.length > 40, `${paths.length} are named`)
  for (const path of paths) t.ok(existsSync(new URL(path, ROOT)), path)
  for (const folder of ['system/security', 'system/rotation', 'audit', 'limits'])
    for (const name of readdirSync(new URL(`test/${folder}/`, ROOT)))
      if (name.endsWith('.test.ts'))
        t.ok(paths.includes(`test/${folder}/${name}`), `named: test/${folder}/${name}`)
  t.end()
})

t.test('every threat has something against it, and a test', (t) => {
  const threats = page.split(/^## /m).find((part) => part.startsWith('Threats\n')) ?? ''
  const rows = threats.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| threat'))
  t.ok(rows.length > 35)
  for (const row of rows) {
    const [, threat = '', what = '', shown = ''] = row.split('|')
    t.ok(what.trim().length > 10 && named(shown).length > 0, threat.trim())
  }
  t.end()
})

t.test('who may do what is what the server enforces', async (t) => {
  const server = await startOne(t)
  const enforced = server.app
    .accessTable()
    .filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/docs/'))
    .map(({ method, url, access }) => [`${method} ${url}`, url.startsWith('/v1/session') ? 'page' : access])
  const told = table(page, 'Who may do what').filter(([route]) => route !== 'GET /docs/*')
  t.same(new Map(told.sort() as [string, string][]), new Map(enforced.sort() as [string, string][]))
  t.ok(
    server.app.accessTable().every(({ url, access }) => !url.startsWith('/docs/') || access === 'open'),
    'and the documentation is for everybody',
  )
})

t.test('who hears what names every event there is', (t) => {
  const { operations } = asyncapiDocument('0') as {
    operations: Record<string, { messages: { $ref: string }[] }>
  }
  const sent = operations['socketio-receive']?.messages.map(({ $ref }) => $ref.split('/').at(-1) ?? '') ?? []
  const told = table(page, 'Who hears what').map(([event = '']) => event)
  t.same(told.sort(), sent.sort())
  t.end()
})

t.test('control: a row more or less, and a test that is not there, would be seen', (t) => {
  t.same(table('## A\n| `GET /x` | open |\n## B\n| `GET /y` | any |\n', 'B'), [['GET /y', 'any']])
  t.same(named('`test/none/at-all.test.ts`'), ['test/none/at-all.test.ts'])
  t.notOk(existsSync(new URL('test/none/at-all.test.ts', ROOT)))
  t.end()
})
