/**
 * What `.ci/run` runs: the tests as everybody runs them, then the checks. Ends with `N passed, N failed`, where N counts
 * tests (the sentences, not their single assertions) and checks. Needs nothing but Node: `npm test` installs the rest.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ROOT } from '../prepare.mjs'

const tests = await runTests()
const { runChecks } = await import('./check.mjs')
const checks = runChecks()
for (const text of tests.failures) process.stdout.write(`\n${text}\n`)
const passed = tests.passed + checks.passed
const failed = tests.failed + checks.failed
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0

/** Follows tap's output: a good file is one line here, a failing one is shown whole at the end. */
async function runTests() {
  const npm = spawn('npm', ['test', '--silent', '--', '--reporter=tap'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  })
  const ended = new Promise((resolve) => npm.once('exit', (code) => resolve(code ?? 1)))
  const count = { passed: 0, failed: 0, failures: [] }
  let begun = false
  let file = { lines: [], failed: 0, over: false }
  const close = () => {
    if (file.lines.length > 0 && file.over && file.failed > 0) count.failures.push(file.lines.join('\n'))
    file = { lines: [], failed: 0, over: false }
  }
  for await (const line of createInterface({ input: npm.stdout })) {
    if (/^# (Subtest:|No coverage|\{)/.test(line)) {
      begun = true
      close()
    }
    if (!begun) process.stdout.write(`${line}\n`)
    file.lines.push(line)
    const test = /^ {4}(not )?ok \d+ - /.exec(line)
    const whole = /^(not )?ok \d+ - (.*?)( # time.*)?$/.exec(line)
    if (test !== null) {
      if (test[1] === undefined) count.passed++
      else {
        count.failed++
        file.failed++
      }
    } else if (whole !== null) {
      file.over = true
      if (whole[1] !== undefined && file.failed === 0) {
        // Not in one of its tests: it does not load, it runs too long, it plans none.
        count.failed++
        file.failed++
      }
      process.stdout.write(`${line}\n`)
    }
  }
  close()
  const code = await ended
  if (code !== 0 && count.failed === 0) {
    count.failed++
    count.failures.push(`npm test ended with code ${code} although no test failed; what it said is above.`)
  }
  return count
}
