import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { temporaryFolder } from '../../helper/database.js'
import { standInMongod, startEmbedded } from '../../helper/engines.js'
import { commandLines } from '../../helper/processes.js'

for (const engine of ['SecantusDB', 'mongod'])
  test(`${engine}: the password is in one file of its owner alone`, async (t) => {
    const dataDir = temporaryFolder(t)
    const options = engine === 'mongod' ? { mongodBinary: (await standInMongod(t)).binary } : {}
    process.env.JWT_SECRET = 'a secret of the server itself'
    t.teardown(() => delete process.env.JWT_SECRET)
    const embedded = await startEmbedded(t, { dataDir, ...options })
    const password = readFileSync(join(dataDir, 'database.key'), 'utf8')
    t.match(password, /^[0-9a-f]{64}$/)
    t.ok(embedded.uri.includes(password), 'control: this is the password')
    await (await connectDatabase({ uri: embedded.uri })).close()

    const lines = commandLines()
    t.ok(
      lines.some(({ pid }) => pid === embedded.pid()),
      'control: the engine is among the processes',
    )
    t.notOk(lines.some(({ line }) => line.includes(password)))
    const own = lines.filter(
      ({ pid, line }) => pid === embedded.pid() || line.includes(`watcher ${embedded.pid()}`),
    )
    t.equal(own.length, 2, 'the engine and its watcher')
    for (const { pid } of own) {
      if (process.platform !== 'linux') continue
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
      t.match(environment, /PATH=/, 'control: it has an environment')
      t.notMatch(environment, /JWT_SECRET|MONGODB_URI/)
      t.notOk(environment.includes(password))
    }
    t.notOk(embedded.said.join('\n').includes(password))
    await embedded.stop()

    const all = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    const [holders, open] = [[] as string[], [] as string[]]
    for (const name of all) {
      const path = join(dataDir, name)
      const { mode } = lstatSync(path)
      if ((mode & 0o077) !== 0) open.push(name)
      if (lstatSync(path).isFile() && readFileSync(path).includes(password)) holders.push(name)
    }
    t.same(holders, ['database.key'], 'not in the log, not in the storage')
    t.same(open, [], 'and everything is its owner’s alone')
    t.equal(lstatSync(dataDir).mode & 0o777, 0o700)
  })
