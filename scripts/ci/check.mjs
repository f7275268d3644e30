/** `npm run check`: checks of the source that run no test. `.ci/run` counts each of them like a test. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../prepare.mjs'

const TSC = 'node_modules/typescript/bin/tsc'
const BIOME = 'node_modules/@biomejs/biome/bin/biome'
const KNIP = 'node_modules/knip/bin/knip.js'

const CHECKS = [
  { name: 'types of the server and its tests', needs: 'tsconfig.json', run: [TSC, '--noEmit'] },
  { name: 'types of the pages', needs: 'tsconfig.pages.json', run: [TSC, '-p', 'tsconfig.pages.json'] },
  { name: 'lint', needs: 'biome.json', run: [BIOME, 'lint', '--error-on-warnings', '.'] },
  { name: 'format', needs: 'biome.json', run: [BIOME, 'check', '--linter-enabled=false', '.'] },
  { name: 'unused files, exports and packages', needs: 'knip.json', run: [KNIP, '--no-progress'] },
  // Its output names what it could not check, so it is printed on success too.
  {
    name: 'supply chain',
    needs: 'package-lock.json',
    run: ['scripts/run.mjs', 'ci/supply-chain'],
    alwaysPrinted: true,
  },
]

/** Runs all checks and prints the whole output of those that fail. */
export function runChecks() {
  let passed = 0
  let failed = 0
  for (const { name, needs, run, alwaysPrinted } of CHECKS) {
    if (!existsSync(join(ROOT, needs))) continue
    const [script, ...args] = run
    const result = spawnSync(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT, encoding: 'utf8' })
    const good = result.status === 0
    process.stdout.write(`${good ? 'ok' : 'not ok'} - ${name}\n`)
    if (good && alwaysPrinted) process.stdout.write(result.stdout.replace(/^/gm, '  ').trimEnd().concat('\n'))
    if (good) passed++
    else {
      failed++
      process.stdout.write(`${result.stdout}${result.stderr}\n`)
    }
  }
  return { passed, failed }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = runChecks().failed > 0 ? 1 : 0
}
