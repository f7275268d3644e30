import { existsSync, readdirSync } from 'node:fs'
import { test } from 'tap'
import { secantusFromWheel } from '../../../src/database/embedded/secantus-wheel.js'
import { temporaryFolder } from '../../helper/database.js'
import { emptyPath, startEmbedded } from '../../helper/engines.js'

test('two starts at once on an empty cache both get the server, say so, and leave nothing half done', async (t) => {
  const cacheDir = temporaryFolder(t)
  const said: string[] = []
  const both = await Promise.all(
    [1, 2].map(() => secantusFromWheel(cacheDir, process.env, (line) => said.push(line))),
  )
  for (const fetched of both) {
    if ('missing' in fetched) t.fail(fetched.missing)
    else t.ok(existsSync(fetched.binary))
  }
  t.same(said.length, 2, 'each says that something is being fetched')
  t.same(readdirSync(cacheDir), ['secantusdb-0.6.0b17'])

  said.length = 0
  const again = await secantusFromWheel(cacheDir, { PATH: emptyPath(t) }, (line) => said.push(line))
  t.ok('binary' in again, 'a third one needs no pip')
  t.same(said, [], 'and has nothing to say')

  const { engine } = await startEmbedded(t, { cacheDir })
  t.equal(engine.name, 'SecantusDB', 'what was fetched runs')
})

test('without Python it says what is missing and leaves nothing behind', async (t) => {
  const cacheDir = temporaryFolder(t)
  const fetched = await secantusFromWheel(cacheDir, { PATH: emptyPath(t) }, () => {})
  t.same(fetched, { missing: 'there is no Python 3 with pip' })
  t.same(readdirSync(cacheDir), [])
})
