import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { auditWorld, entry, written } from '../helper/audit-folder.js'
import { NOON } from '../helper/moved-clock.js'

const DAY = 86_400_000

test('a day and a size begin a new file, and the chain goes through all of them', async (t) => {
  const world = auditWorld(t)
  const log = world.open({ fileBytes: 600 })
  log.write(entry(1))
  await log.flush()
  await written(log, 2)
  await log.flush()
  await written(log, 3)
  await written(log, 4)
  const sized = world.files().length
  t.ok(sized >= 3, `${sized} files of a day`)
  await written(log, 1, NOON + DAY)
  t.equal(world.files().length, sized + 1)
  t.match(world.files().at(-1), /^000000000011-2027-08-14\.jsonl$/)
  await written(log, 1, NOON)
  t.equal(world.files().length, sized + 1, 'a clock that goes back begins none')
  t.match(await world.verify(), { lines: 12, faults: [] })
  rmSync(join(world.chain, world.files()[1] ?? ''))
  t.match(
    (await world.verify()).faults,
    [/lines? .* removed before this one/],
    'control: a file taken out is found',
  )
})

test('a restart goes on in the same file', async (t) => {
  const world = auditWorld(t)
  for (let time = 0; time < 3; time++) {
    const log = world.open()
    await written(log, 2)
    await log.close()
  }
  t.equal(world.files().length, 1)
  t.match(await world.verify(), { lines: 6, faults: [] })
})

test('the oldest files go when there are too many bytes, and a line says so', async (t) => {
  const world = auditWorld(t)
  const log = world.open({ fileBytes: 1_000, totalBytes: 5_000 })
  for (let round = 0; round < 40; round++) {
    log.write(entry(round))
    await log.flush()
  }
  const bytes = world.lines().join('\n').length
  t.ok(bytes <= 6_000, `${bytes} bytes`)
  t.match(await world.verify(), { faults: [], end: { n: /\d/ } })
  t.ok(world.lines().some((line) => line.includes('"audit.dropped"')))

  rmSync(join(world.chain, world.files()[0] ?? ''))
  t.match(
    (await world.verify()).faults,
    [/removed at the beginning; no line says why/],
    'control: one more is found',
  )
})
