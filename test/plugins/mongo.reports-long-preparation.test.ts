import { PassThrough } from 'node:stream'
import t from 'tap'
import { sayWhileWaiting } from '../../src/database/say-while-waiting.js'
import { testDatabase } from '../helper/database.js'
import { databaseProxy, withWords } from '../helper/database-proxy.js'
import { startOne } from '../helper/servers.js'

t.test('a start that waits for an index says which collection it prepares', async (t) => {
  const { uri } = await testDatabase(t)
  const proxy = await databaseProxy(t, uri)
  const stream = new PassThrough({ encoding: 'utf8' })
  const stalled = proxy.stallAt(withWords('createIndexes', 'slots'))
  const starting = startOne(t, { uri: proxy.uri, sweep: false, logger: { level: 'warn', stream } })

  const connection = await stalled
  let log = ''
  for await (const text of stream) {
    log += text
    if (log.includes('waiting for the database')) break
  }
  t.match(log, 'waiting for the database: preparing slots and their indexes (5 s)')
  connection.resume()
  await starting
})

t.test('it is said again until the work ends, and never for work that ends soon', async (t) => {
  const lines: string[] = []
  const soon = await sayWhileWaiting('quick work', async () => 'done', { say: (line) => lines.push(line) })
  t.equal(soon, 'done')
  t.same(lines, [])

  const thirdLine = resolvable()
  await sayWhileWaiting('slow work', () => thirdLine.promise, {
    say: (line) => {
      lines.push(line)
      if (lines.length === 3) thirdLine.resolve()
    },
    sayAfterMs: 1,
    sayEveryMs: 1,
  })
  t.same(lines, Array(3).fill('waiting for the database: slow work (0 s)'))
})

t.test('what the work throws is thrown', async (t) => {
  const work = () => Promise.reject(new Error('no such index'))
  await t.rejects(sayWhileWaiting('work', work, { say: () => {} }), { message: 'no such index' })
})

function resolvable() {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve: () => resolve() }
}
