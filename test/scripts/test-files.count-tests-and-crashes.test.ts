import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type FileResult, runTestFiles } from '../../scripts/ci/test-files.js'
import { temporaryFolder } from '../helper/database.js'

const TAP = import.meta.resolve('tap')

/** Runs these programs as test files, one at a time; gives the results by name. */
async function resultsOf(t: Test, programs: Record<string, string>, stopAfter?: string) {
  const folder = temporaryFolder(t)
  const aborting = new AbortController()
  const results: Record<string, FileResult> = {}
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(folder, `${name}.mjs`), `import t from '${TAP}'\n${text}`)
  await runTestFiles({
    files: Object.keys(programs),
    programOf: (name) => join(folder, `${name}.mjs`),
    jobs: 1,
    env: process.env,
    signal: aborting.signal,
    onEnd(result) {
      results[result.file] = result
      if (result.file === stopAfter) aborting.abort()
    },
  })
  return results
}

const GOOD = "t.test('one', async (t) => { t.ok(1); t.ok(2) })\nt.test('two', async (t) => t.ok(1))"

t.test('it counts tests, not assertions', async (t) => {
  const { good, bad } = await resultsOf(t, {
    good: GOOD,
    bad: `${GOOD}\nt.test('three', async (t) => { t.ok(0, 'this one'); t.ok(0) })`,
  })
  t.match(good, { passed: 2, failed: 0, exit: undefined })
  t.match(bad, { passed: 2, failed: 1, output: /this one/ })
})

t.test('a file that fails outside its tests is one failure', async (t) => {
  const results = await resultsOf(t, {
    'does not load': "import './nothing-here.mjs'",
    'has no test': '',
    'ends too soon': `${GOOD}\nt.test('three', () => process.kill(process.pid, 'SIGKILL'))`,
    'leaves with an error': `${GOOD}\nprocess.on('exit', () => { process.exitCode = 3 })`,
  })
  t.match(results, {
    'does not load': { passed: 0, failed: 1, exit: '1', output: /nothing-here/ },
    'has no test': { passed: 0, failed: 1 },
    'ends too soon': { failed: 1, exit: 'SIGKILL' },
    'leaves with an error': { passed: 2, failed: 1, exit: '3' },
  })
})

t.test('after an abort no further file begins', async (t) => {
  const results = await resultsOf(t, { first: GOOD, second: GOOD }, 'first')
  t.same(Object.keys(results), ['first'])
})
