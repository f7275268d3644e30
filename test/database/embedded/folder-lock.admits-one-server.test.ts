import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { claimDataFolder } from '../../../src/database/embedded/folder-lock.js'
import { markOf } from '../../../src/database/embedded/process-identity.js'
import { temporaryFolder } from '../../helper/database.js'
import { startEmbedded } from '../../helper/engines.js'

test('a second server in the same folder says in one line who is there, and disturbs nothing', async (t) => {
  const dataDir = temporaryFolder(t)
  const first = await startEmbedded(t, { dataDir })
  const pid = first.pid()
  await t.rejects(startEmbedded(t, { dataDir }), {
    name: 'CannotStart',
    message: new RegExp(
      `^The data folder .* is in use by the server with process id ${process.pid}; stop that one`,
    ),
  })
  t.equal(first.pid(), pid)
  t.ok(markOf(pid), 'the first database still runs')
  await first.stop()
  const second = await startEmbedded(t, { dataDir })
  t.ok(markOf(second.pid()), 'and the folder is free again after it')
})

test('the claim of a process that is gone is cleared, also when its pid lives on as another process', async (t) => {
  const dataDir = temporaryFolder(t)
  const gone = spawn('true')
  await once(gone, 'exit')
  const claim = join(dataDir, 'server.lock')
  writeFileSync(claim, JSON.stringify({ pid: gone.pid, started: 'some time ago' }))
  claimDataFolder(dataDir).release()
  t.notOk(existsSync(claim))

  writeFileSync(claim, JSON.stringify({ pid: process.pid, started: 'before this process began' }))
  const mine = claimDataFolder(dataDir)
  t.same(JSON.parse(readFileSync(claim, 'utf8')), markOf(process.pid))
  t.throws(() => claimDataFolder(dataDir), { name: 'CannotStart' }, 'the control: a living claim holds')
  mine.release()
})
