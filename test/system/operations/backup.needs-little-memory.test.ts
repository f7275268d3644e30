/** A backup of a large calendar takes no more memory than one of an empty one, nor does its restoring: both are streams. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import { withDatabase } from '../../../src/database/uri.js'
import { SLOT_MS } from '../../../src/domain/grid.js'
import { slotsOf } from '../../../src/slots/slot-model.js'
import { openSlot } from '../../../src/slots/slot-updates.js'
import { temporaryFolder } from '../../helper/database.js'
import { startEmbedded } from '../../helper/engines.js'
import { NOON } from '../../helper/moved-clock.js'
import { begin } from '../../helper/operations.js'
import { PROVIDER } from '../../helper/slot-world.js'

const SLOTS = 50_000
const MORE_MB = 150
const BATCH = 2_000

/** Runs a command to its end, and says how much memory it had at the most. */
async function peakOf(t: Test, name: string, args: string[], dataDir: string): Promise<number> {
  const program = begin(t, name, args, { dataDir })
  let isOver = false
  void program.ended.then(() => {
    isOver = true
  })
  let peak = 0
  while (!isOver) {
    peak = Math.max(peak, peakMb(program.pid))
    await pause(20)
  }
  t.equal((await program.ended).code, 0, program.output())
  return peak
}

function peakMb(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** A data folder whose engine this process runs. */
async function folderWith(t: Test, home: string, name: string, slots: number) {
  const dataDir = join(home, name)
  mkdirSync(dataDir, { mode: 0o700 })
  const embedded = await startEmbedded(t, { dataDir })
  const connection = await connectDatabase({ uri: withDatabase(embedded.uri, 'slotcast'), silentMs: 60_000 })
  t.teardown(() => connection.close())
  for (let from = 0; from < slots; from += BATCH)
    await slotsOf(connection).insertMany(
      Array.from({ length: Math.min(BATCH, slots) }, (_, at) =>
        openSlot(PROVIDER, NOON + (from + at) * SLOT_MS, new Date(NOON)),
      ),
    )
  return dataDir
}

const skip = process.platform === 'linux' ? false : 'the peak is read from /proc'

t.test(`${SLOTS} slots`, { skip }, async (t) => {
  const home = temporaryFolder(t)
  const small = await folderWith(t, home, 'small', 1)
  const large = await folderWith(t, home, 'large', SLOTS)
  const file = (name: string) => join(home, `${name}.backup`)
  const few = await peakOf(t, 'backup', [file('small')], small)
  const many = await peakOf(t, 'backup', [file('large')], large)
  t.ok(few > 20 && many - few < MORE_MB, `backup: ${few.toFixed()} MB, and ${many.toFixed()} MB`)
  const restored = await peakOf(t, 'restore', [file('large')], join(home, 'restored'))
  t.ok(restored - few < MORE_MB, `restore: ${restored.toFixed()} MB`)
})
