import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { CACHE_DIR, temporaryFolder } from '../../helper/database.js'
import { pathWithoutMongod, secantusBinary, startEmbedded } from '../../helper/engines.js'
import { programPath } from '../../helper/paths.js'

const KILLED_START = programPath('test/helper/killed-start')

/** In the order in which a first start comes to them. */
const STEPS = [
  'after link server.lock',
  'before link secrets.json',
  'after link secrets.json',
  'before link database.key',
  'after mkdir db.new',
  'after write key.pem',
  // The engine runs.
  'after write engine-process.json',
  // It has been ended, and its storage knows its user.
  'before rename engine.json',
  'before rename db',
  'after rename db',
]

async function killedStart(t: Test, dataDir: string, step: string): Promise<string> {
  await secantusBinary(t)
  const child = spawn(process.execPath, [...process.execArgv, KILLED_START, dataDir, CACHE_DIR, step], {
    env: { ...process.env, PATH: pathWithoutMongod() },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (data) => {
    said += String(data)
  })
  const [, signal] = await once(child, 'close')
  t.equal(signal, 'SIGKILL', step)
  return said
}

async function works(t: Test, dataDir: string) {
  const { uri, stop, secrets } = await startEmbedded(t, { dataDir })
  const connection = await connectDatabase({ uri })
  await connection.collection('things').insertOne({ kept: true })
  t.match(await connection.collection('things').findOne({}), { kept: true })
  await connection.close()
  await stop()
  t.same(JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')), secrets)
  const kept = readdirSync(dataDir).filter((name) => !/^engine\.log$|^server\.lock\./.test(name))
  t.same(kept.sort(), ['database.key', 'db', 'engine.json', 'secrets.json'], 'and nothing else is left')
}

test('killed at any of its steps, a first start is finished by the next', { jobs: 2 }, async (t) => {
  for (const step of STEPS) {
    t.test(step, async (t) => {
      const dataDir = temporaryFolder(t)
      t.equal(await killedStart(t, dataDir, step), '', 'it had not come to its end')
      await works(t, dataDir)
    })
  }
})

test('control: without such a step the start comes to its end, and the secrets of then are those of now', async (t) => {
  const dataDir = temporaryFolder(t)
  t.equal(await killedStart(t, dataDir, 'after rename nothing'), 'started')
  const before = readFileSync(join(dataDir, 'secrets.json'), 'utf8')
  await works(t, dataDir)
  t.equal(readFileSync(join(dataDir, 'secrets.json'), 'utf8'), before)

  rmSync(join(dataDir, 'secrets.json'))
  await t.rejects(
    startEmbedded(t, { dataDir }),
    { name: 'CannotStart', message: /secrets\.json is missing/ },
    'a folder with data and without its secrets is refused as before',
  )
})
