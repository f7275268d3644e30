/** A backup that was altered, cut off, put together anew or made with another key is refused, and says why in one line. */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { BackupReader } from '../../src/backup/backup-reader.js'
import { BackupWriter } from '../../src/backup/backup-writer.js'
import { writeBson } from '../../src/backup/bson.js'
import { CopyFailed } from '../../src/backup/copy-failed.js'
import { SCHEMA_VERSION } from '../../src/database/schema-version.js'
import { temporaryFolder } from '../helper/database.js'

const KEY = 'a key of the backups of these tests'
const CHUNK = 64 * 1024 + 4 + 16
const ABOUT = { schema: SCHEMA_VERSION, engine: 'none', database: 'test', at: '2027-08-13T12:00:00.000Z' }
const COPIED = { counts: { things: 40 }, changes: 1, at: new Date('2027-08-13T12:00:01Z') }

/** Four chunks and more, for random bytes do not become fewer. */
const documents = Array.from({ length: 40 }, (_, at) => writeBson({ _id: at, bytes: randomBytes(8_000) }))

async function written(t: Test, { name = 'a.backup', schema = SCHEMA_VERSION } = {}) {
  const folder = temporaryFolder(t)
  const file = join(folder, name)
  const writer = await BackupWriter.create({ file, about: { ...ABOUT, schema }, secret: KEY })
  await writer.collection('things')
  await writer.documents(documents)
  await writer.change({ kind: 'delete', collection: 'things', id: 'x' })
  await writer.finish(COPIED)
  const bytes = readFileSync(file)
  const header = bytes.indexOf('}') + 1 + 32
  return { folder, file, bytes, header }
}

/** Why it is refused; null where it is not. */
async function refusal(file: string, key = KEY): Promise<string | null> {
  try {
    await new BackupReader(file, key).verify()
    return null
  } catch (error) {
    if (error instanceof CopyFailed) return error.message
    throw error
  }
}

t.test('what is read is what was written', async (t) => {
  const { file, folder } = await written(t)
  const reader = new BackupReader(file, KEY)
  t.same(await reader.verify(), COPIED)
  const kinds: string[] = []
  const read: Uint8Array[] = []
  for await (const record of reader.records()) {
    kinds.push(record.kind)
    if (record.kind === 'document') read.push(Buffer.from(record.raw))
  }
  t.equal(kinds.length, documents.length + 3)
  t.ok(Buffer.concat(read).equals(Buffer.concat(documents)), 'byte by byte')
  t.equal(statSync(file).mode & 0o777, 0o600, 'for its owner alone')
  t.same(readdirSync(folder), ['a.backup'], 'and nothing beside it')
})

t.test('nothing of what it holds can be read in it', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'a.backup')
  const writer = await BackupWriter.create({ file, about: ABOUT, secret: KEY })
  await writer.collection('things')
  await writer.documents([writeBson({ _id: 'a secret thing' })])
  await writer.finish(COPIED)
  const text = readFileSync(file).toString('latin1')
  for (const word of ['secret thing', 'things', KEY]) t.notOk(text.includes(word), word)
  t.ok(text.includes('"schema"'), 'control: the header can be read')
})

t.test('a flipped bit anywhere is noticed', async (t) => {
  const { file, bytes, header } = await written(t)
  t.equal(await refusal(file), null, 'control: as it is, it is good')
  const places = [0, 3, 17, 40, header - 40, header - 1, header, header + 3, header + 4, header + 5]
  places.push(header + CHUNK - 1, header + CHUNK, header + CHUNK + 4, bytes.length - 17, bytes.length - 1)
  for (let at = header; at < bytes.length; at += 7_919) places.push(at)
  for (const at of places) {
    const altered = Buffer.from(bytes)
    altered[at] = (altered[at] ?? 0) ^ 1
    writeFileSync(file, altered)
    t.match(await refusal(file), /^[^\n]+\.$/, `byte ${at}`)
  }
})

t.test('a file that ends early is noticed, wherever it ends', async (t) => {
  const { file, bytes, header } = await written(t)
  const ends = [0, 5, 18, header - 1, header, header + 2, header + 100, header + CHUNK, header + 2 * CHUNK]
  for (const end of [...ends, bytes.length - 1]) {
    writeFileSync(file, bytes.subarray(0, end))
    t.match(await refusal(file), /^[^\n]+\.$/, `${end} bytes of ${bytes.length}`)
  }
  writeFileSync(file, Buffer.concat([bytes, Buffer.from('x')]))
  t.match(await refusal(file), /goes on after its end/)
})

t.test('chunks that were swapped, left out, doubled or taken from another file are noticed', async (t) => {
  const { file, bytes, header } = await written(t)
  const other = await written(t)
  const chunk = (from: Buffer, at: number) => from.subarray(header + at * CHUNK, header + (at + 1) * CHUNK)
  const rest = bytes.subarray(header + 3 * CHUNK)
  const head = bytes.subarray(0, header)
  const [first, second, third] = [chunk(bytes, 0), chunk(bytes, 1), chunk(bytes, 2)]
  const made = (...parts: Buffer[]) => writeFileSync(file, Buffer.concat([head, ...parts, rest]))
  made(first, second, third)
  t.equal(await refusal(file), null, 'control: in their order they are good')
  made(second, first, third)
  t.match(await refusal(file), /chunk 1 was altered, or is not in its place/)
  made(first, third)
  t.match(await refusal(file), /chunk 2 was altered/)
  made(first, second, second, third)
  t.match(await refusal(file), /chunk 3 was altered/)
  made(first, chunk(other.bytes, 1), third)
  t.match(await refusal(file), /chunk 2 was altered/)
})

t.test('a wrong key, a newer format and a newer schema are named', async (t) => {
  const { file } = await written(t)
  t.match(await refusal(file, `${KEY}!`), /BACKUP_KEY is not the key/)
  const newer = await written(t, { schema: SCHEMA_VERSION + 1 })
  t.match(await refusal(newer.file), /has version \d+ of the schema, and this server knows versions up to/)
  writeFileSync(file, 'no backup at all, but long enough to be one')
  t.match(await refusal(file), /not a backup of Slotcast/)
  t.match(await refusal(`${file}.gone`), /cannot be read \(ENOENT\)/)
})

t.test('a file is never replaced, and what is abandoned leaves nothing', async (t) => {
  const { folder, file, bytes } = await written(t)
  const again = () => BackupWriter.create({ file, about: ABOUT, secret: KEY })
  await t.rejects(again(), { name: 'CopyFailed', message: /never replaces a file/ })
  const writer = await BackupWriter.create({ file: join(folder, 'b.backup'), about: ABOUT, secret: KEY })
  await writer.documents(documents)
  writeFileSync(join(folder, 'b.backup'), 'made meanwhile')
  await t.rejects(writer.finish(COPIED), { name: 'CopyFailed', message: /never replaces a file/ })
  await writer.abandon()
  t.same(readdirSync(folder).sort(), ['a.backup', 'b.backup'])
  t.ok(readFileSync(file).equals(bytes))
  t.equal(readFileSync(join(folder, 'b.backup'), 'utf8'), 'made meanwhile')
})
