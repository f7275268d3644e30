import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { programPath } from '../helper/paths.js'

const run = promisify(execFile)

async function replay(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [programPath('scripts/simulate/simulate'), ...args])
  return stdout
}

t.test('a seed replays to the letter, in another process as well', async (t) => {
  for (const seed of ['3', '17']) {
    const first = await replay('--seed', seed)
    t.match(first, /^ +\d+\.\d{3} s {2}database: /m, 'it says what happened')
    t.equal(await replay('--seed', seed), first, `seed ${seed}`)
  }
  t.not(await replay('--seed', '3'), await replay('--seed', '4'), 'control: another seed is another run')
})

t.test('with a mistake planted it says what was wrong, and fails', async (t) => {
  const failed = await replay('--seed', '1', '--plant', 'fast-clock').catch((error) => error)
  t.equal(failed.code, 1)
  t.match(failed.stdout, /^WRONG: .* before its end$/m)
  const unknown = await replay('--plant', 'no-such-thing').catch((error) => error)
  t.match(unknown.stdout, /--plant is one of: no-rule, /)
})
