import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { runServer, untilNoneWith } from '../../helper/processes.js'

/** The process that the data folder names as its engine; null between the end of one and the start of the next. */
function enginePid(dataDir: string): number | null {
  try {
    return (JSON.parse(readFileSync(join(dataDir, 'engine-process.json'), 'utf8')) as { pid: number }).pid
  } catch {
    return null
  }
}

t.test('a server that is told to stop while its engine starts again ends cleanly', async (t) => {
  const server = runServer(t)
  await server.url()
  const first = enginePid(server.dataDir)
  if (first === null) throw new Error('no engine')
  process.kill(first, 'SIGKILL')

  let second: number | null = null
  while (second === null || second === first) {
    await setImmediate()
    second = enginePid(server.dataDir)
  }
  // A start that takes long: the engine has its process and opens nothing.
  process.kill(second, 'SIGSTOP')
  server.kill('SIGTERM')
  t.same(await server.ended, { code: 0, signal: null }, server.output())
  t.notMatch(server.output(), /does not start|at .*\.js:/, 'it complains about nothing')
  await untilNoneWith(server.dataDir)
})
