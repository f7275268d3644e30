/** The doctor as a program: what it prints, its exit code, and that its database is gone after every end. */
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import mongoose from 'mongoose'
import { type Test, test } from 'tap'
import type { Check, Row } from '../../scripts/operations/doctor/check.js'
import { checks } from '../../scripts/operations/doctor/checks.js'
import { type Examination, examine } from '../../scripts/operations/doctor/examine.js'
import { withoutSecrets } from '../../scripts/operations/doctor/report.js'
import { serversOf } from '../../src/database/connect.js'
import { collectionOf } from '../../src/database/database-calls.js'
import { temporaryFolder, testDatabase } from '../helper/database.js'
import { startEmbedded } from '../helper/engines.js'
import { fakeMongod } from '../helper/fake-mongod.js'
import { lyingEngine } from '../helper/lying-engine.js'
import { ownEngine } from '../helper/own-engine.js'
import { type ProgramOptions, run } from '../helper/processes.js'

const doctor = (t: Test, options: ProgramOptions) =>
  run(t, process.execPath, [resolve('scripts/run.mjs'), 'operations/doctor'], { ownGroup: true, ...options })

async function databasesOfDoctors(uri: string): Promise<string[]> {
  const client = new mongoose.mongo.MongoClient(uri)
  try {
    const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
    return databases.map(({ name }) => name).filter((name) => name.startsWith('slotcast_doctor_'))
  } finally {
    await client.close()
  }
}

/** All that it would show, with checks of the test's own. */
async function examined(options: Pick<Examination, 'uri'> & Partial<Examination>) {
  const rows: Row[] = []
  const signal = new AbortController().signal
  await examine({ checks: [], signal, say() {}, onRow: (row) => rows.push(row), ...options })
  return rows
}

test('a sound database passes with code 0, in words without its password', async (t) => {
  const { uri } = await testDatabase(t)
  const program = doctor(t, { env: { MONGODB_URI: uri } })
  const { code } = await program.ended
  const said = program.output()
  t.equal(code, 0, said)
  for (const { name, otherwise } of checks) {
    t.match(said, new RegExp(`^(ok|slow) +${name} {2,}\\S`, 'm'))
    t.ok(said.includes(otherwise))
  }
  const line = `${checks.length + 1} checks ok(, \\d slow)?: the server can rely on this database\\.$`
  t.match(said, new RegExp(`^\\d+ of ${line}`, 'm'))
  const { password, host } = new URL(uri)
  t.ok(said.includes(host))
  if (password !== '') t.notOk(said.includes(password))
  t.same(await databasesOfDoctors(uri), [])
})

test('a broken one fails with code 1 and says what that means', async (t) => {
  const { uri } = await testDatabase(t)
  const engine = await lyingEngine(t, uri)
  engine.lie({ answer: (answer, { listIndexes }) => listIndexes !== undefined && delete answer.cursor })
  const program = doctor(t, { env: { MONGODB_URI: engine.uri } })
  t.equal((await program.ended).code, 1)
  const said = program.output()
  t.match(said, /^FAILED +partial unique index .*\n +A client could have two bookings/m)
  t.match(said, /FAILED.*: do not run the server on this database\.$/m)
  t.same(await databasesOfDoctors(uri), [])
})

test('Ctrl-C ends it with code 1, and its database is dropped', async (t) => {
  const { uri } = await testDatabase(t)
  const program = doctor(t, { env: { MONGODB_URI: uri } })
  await program.says(/^ok +majority/m)
  t.equal((await databasesOfDoctors(uri)).length, 1, 'the control: it is there meanwhile')
  program.kill('SIGINT')
  t.equal((await program.ended).code, 1)
  t.match(program.output(), /\d+ not done: it is not known/)
  t.same(await databasesOfDoctors(uri), [])
})

test('without MONGODB_URI, and without a data folder, the engine is started in a temporary folder', async (t) => {
  const dataDir = join(temporaryFolder(t), 'data')
  const tmp = temporaryFolder(t)
  const program = doctor(t, { dataDir, env: { TMPDIR: tmp } })
  t.equal((await program.ended).code, 0, program.output())
  t.match(program.output(), /^There is no embedded database in .*data yet; .* temporary folder$/m)
  t.match(program.output(), /^Checking (SecantusDB|mongod) \S+, embedded, in a temporary folder/m)
  t.notOk(existsSync(dataDir), 'no folder is made that the first start would find')
  t.same(
    readdirSync(tmp).filter((name) => name.startsWith('slotcast-doctor-')),
    [],
  )
})

test('the data folder is opened as a start does, unless a server has it', async (t) => {
  const dataDir = temporaryFolder(t)
  const server = await startEmbedded(t, { dataDir })
  const pid = server.pid()
  const beside = doctor(t, { dataDir })
  await beside.says(/^A server has .*; checking the engine in a temporary folder$/m)
  await beside.says(/^ok +version/m)
  beside.kill('SIGINT')
  await beside.ended
  t.equal(server.pid(), pid, 'the server keeps its database')
  await server.stop()

  const inside = doctor(t, { dataDir })
  await inside.says(new RegExp(`^Checking .*, embedded, in ${dataDir}, in a database of its own$`, 'm'))
  await inside.says(/^ok +version/m)
  inside.kill('SIGINT')
  await inside.ended
  const again = await startEmbedded(t, { dataDir })
  t.same(await databasesOfDoctors(again.uri), [])
})

test('a database that no server could use is a row that says why', async (t) => {
  const tooOld = await fakeMongod(t, () => ({ ok: 1, ismaster: true, maxWireVersion: 6, minWireVersion: 0 }))
  const [row, ...others] = await examined({ uri: `mongodb://${tooOld}/?directConnection=true`, checks })
  t.match(row, { name: 'connection', verdict: 'FAILED', seen: /is too old .* 4\.4\.2 or later/ })
  t.same(others, [])
})

test('a user without the right to a database of the doctor is told so', async (t) => {
  const engine = await lyingEngine(t, (await testDatabase(t)).uri)
  engine.lie({
    answer(answer, { find, $db }) {
      Object.assign(answer, { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized' })
      return find !== undefined && $db.startsWith('slotcast_doctor_')
    },
  })
  const [row] = await examined({ uri: engine.uri, checks })
  t.match(row, {
    verdict: 'FAILED',
    seen: /^This user may not read and write slotcast_doctor_.*: run it with one/,
  })
})

test('what a check does in vain is dropped as well, and a drop that fails is told', async (t) => {
  const { uri } = await testDatabase(t)
  const throwing: Check = {
    name: 'a check',
    otherwise: '',
    async run({ connection }) {
      await connection.collection('left').insertOne({})
      throw new Error('a fault of the test')
    },
  }
  const rows = await examined({ uri, checks: [throwing] })
  t.match(rows.at(-1), { verdict: 'FAILED', seen: 'a fault of the test' })
  t.same(await databasesOfDoctors(uri), [])

  const engine = await lyingEngine(t, uri)
  let dropped = ''
  engine.lie({
    command(command) {
      if (command.dropDatabase === undefined) return false
      dropped = command.$db
      delete command.dropDatabase
      Object.assign(command, { nothing: 1 })
      return true
    },
  })
  await t.rejects(examined({ uri: engine.uri, checks: [throwing] }), {
    name: 'CannotStart',
    message: /^The database slotcast_doctor_\w+ could not be dropped; drop it by hand\.$/,
  })
  t.same(await databasesOfDoctors(uri), [dropped], 'the control: this is how one that stays is seen')
  engine.lie({})
  const client = new mongoose.mongo.MongoClient(uri)
  await client.db(dropped).dropDatabase()
  await client.close()
})

test('a database that falls silent is not asked again and again', async (t) => {
  const engine = await ownEngine(t)
  const asking: Check = {
    name: 'a check',
    otherwise: '',
    async run({ connection }) {
      engine.freeze()
      await collectionOf(connection, 'left').insertOne({})
      return { verdict: 'ok', seen: '' }
    },
  }
  const rows: Row[] = []
  const onRow = (row: Row) => rows.push(row)
  await t.rejects(examined({ uri: engine.uri, checks: [asking, asking, asking], onRow }), {
    message: /could not be dropped/,
  })
  t.match(rows, [{ verdict: 'ok' }, { verdict: 'FAILED', name: 'a check' }])
  t.equal(rows.length, 2)
})

test('nothing of a URI is shown that opens something', async (t) => {
  const shown = (text: string, uri: string) => withoutSecrets(text, uri)
  const uri = 'mongodb://ada:open%20sesame@db-1,db-2/slotcast?tls=true&tlsCertificateKeyFilePassword=tulip'
  t.equal(shown('ada:open%20sesame, open sesame, tulip, db-1, true', uri), '***, ***, ***, db-1, true')
  t.equal(shown(uri, uri), 'mongodb://***@db-1,db-2/slotcast?tls=true&tlsCertificateKeyFilePassword=***')
  const unescaped = 'mongodb://ada:tu/lip@db-1/slotcast'
  t.notMatch(shown(`${serversOf(unescaped)} ${unescaped}`, unescaped), /tu|lip/)
  t.equal(shown('the database at db-1', 'mongodb://db-1/slotcast'), 'the database at db-1')
})
