/**
 * What `.ci/run` runs: the tests, then the checks. Ends with `N passed, N failed`, where N counts tests (the sentences,
 * not their single assertions) and checks. Needs nothing but Node: the tests install the rest.
 */
import { runTests } from '../test.mjs'

const tests = await runTests()
const { runChecks } = await import('./check.mjs')
const checks = runChecks()
const passed = tests.passed + checks.passed
const failed = tests.failed + checks.failed
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0
