import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { auditKey, BEGINNING, nextLine, readLine } from '../../src/audit/audit-line.js'
import { verifyAudit } from '../../src/audit/verify-audit.js'
import { type AuditWorld, auditWorld, entry, KEY, written } from '../helper/audit-folder.js'

async function tenLines(t: Parameters<typeof auditWorld>[0]): Promise<{ world: AuditWorld; file: string }> {
  const world = auditWorld(t)
  const log = world.open()
  await written(log, 10)
  await log.close()
  const [file = ''] = world.files()
  return { world, file }
}

test('control: a log that nobody touched is whole', async (t) => {
  const { world } = await tenLines(t)
  t.match(await world.verify(), { chain: 'here-1', lines: 10, end: { n: 10 }, faults: [], notes: [] })
})

const forged = (line: string) => line.replace('"status":201', '"status":409')
const changes: [string, (lines: string[]) => string[], RegExp][] = [
  ['removed', (lines) => lines.toSpliced(4, 1), /line 5 was removed/],
  ['removed at the beginning', (lines) => lines.slice(2), /lines 1 to 2 were removed at the beginning/],
  ['removed at the end', (lines) => lines.slice(0, -3), /lines 8 to 10 were removed at the end/],
  ['altered', (lines) => lines.map((line, at) => (at === 4 ? forged(line) : line)), /:5: line 5 was altered/],
  [
    'altered at the beginning',
    (lines) => lines.map((line, at) => (at === 0 ? forged(line) : line)),
    /:1: line 1 was altered/,
  ],
  [
    'altered at the end',
    (lines) => lines.map((line, at) => (at === 9 ? forged(line) : line)),
    /:10: this line was altered/,
  ],
  ['inserted', (lines) => lines.toSpliced(5, 0, forged(lines[4] ?? '')), /:6: this line was inserted/],
  ['copied', (lines) => lines.toSpliced(8, 0, lines[3] ?? ''), /:9: line 4 comes again/],
  [
    'exchanged',
    (lines) => lines.with(3, lines[4] ?? '').with(4, lines[3] ?? ''),
    /line 4 was removed.*|line 4 comes again/,
  ],
  ['emptied', (lines) => lines.with(6, ''), /:7: line 7 was altered/],
]
for (const [what, change, found] of changes) {
  test(`a line that was ${what} is named`, async (t) => {
    const { world, file } = await tenLines(t)
    world.rewrite(file, change)
    const { faults } = await world.verify()
    t.ok(faults.length > 0)
    t.match(faults.join('\n'), found)
  })
}

test('a line forged with another key, chained as it should be, is named', async (t) => {
  const { world, file } = await tenLines(t)
  const other = auditKey('a key that the intruder made up himself')
  world.rewrite(file, (lines) => {
    const end = readLine(lines.at(-1) ?? '') ?? BEGINNING
    return [...lines, nextLine(entry(11), { n: end.n, hash: end.hash }, other).text]
  })
  t.match((await world.verify()).faults, [/line 11 is signed with key \w+, which is not at hand/])
  const log = world.open()
  await written(log, 3)
  await log.close()
  t.match(
    (await world.verify()).faults.join('\n'),
    /comes again|before this one/,
    'nor does the server go on from it',
  )
})

test('a log whose head was taken away says so, and the server begins another', async (t) => {
  const { world } = await tenLines(t)
  rmSync(join(world.chain, 'head.json'))
  t.match((await world.verify()).faults, [/head\.json is missing/])
  const log = world.open()
  await written(log, 3)
  t.match(await verifyAudit(world.folder, [KEY]), [
    { chain: 'here-1', faults: [/head/] },
    { chain: 'here-2', lines: 3, faults: [] },
  ])
})

test('lines cut off while the server was down stay missing after it went on', async (t) => {
  const { world, file } = await tenLines(t)
  world.rewrite(file, (lines) => lines.slice(0, 7))
  const log = world.open()
  await written(log, 5)
  t.match((await world.verify()).faults, [/lines 8 to 10 were removed before this one/])
})

test('lines cut off under a running server stay missing too', async (t) => {
  const world = auditWorld(t)
  const log = world.open()
  await written(log, 10)
  const [file = ''] = world.files()
  world.rewrite(file, (lines) => lines.slice(0, 7))
  await written(log, 5)
  t.match((await world.verify()).faults, [/lines 8 to 10 were removed before this one/])
  rmSync(join(world.chain, file))
  await written(log, 1)
  t.match((await world.verify()).faults, [/lines 1 to 10 were removed at the beginning/])
})

test('keys that were given up are vouched for by later lines', async (t) => {
  const world = auditWorld(t)
  const old = auditKey('the key that was there before this one')
  const before = world.open({ keys: [old] })
  await written(before, 4)
  await before.close()
  const after = world.open({ keys: [KEY, old] })
  await written(after, 4)
  await after.close()
  t.match(await world.verify(), { lines: 8, faults: [] }, 'with the new key alone')
  const [file = ''] = world.files()
  world.rewrite(file, (lines) => lines.map((line, at) => (at === 1 ? forged(line) : line)))
  t.match((await world.verify()).faults, [/line 2, before this one, is not the one that was written/])
  writeFileSync(join(world.chain, 'head.json'), '{}\n')
  t.match((await world.verify()).faults, [/line 2/, /head/])
})
