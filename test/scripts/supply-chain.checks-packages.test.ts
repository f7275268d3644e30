import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { auditVerdict, lockFaults } from '../../scripts/ci/supply-chain-rules.js'
import { ROOT } from '../helper/paths.js'

const good = { version: '1.0.0', integrity: 'sha512-x' }

test('the lock file names no host, has a checksum for each package, and one script that runs at installation', async (t) => {
  t.same(lockFaults(JSON.parse(readFileSync(new URL('package-lock.json', ROOT), 'utf8'))), [])
})

test('control: what must not be there is named', async (t) => {
  const packages = {
    '': {},
    'node_modules/fine': good,
    'node_modules/argon2': { ...good, hasInstallScript: true },
    'node_modules/hosted': { ...good, resolved: 'https://registry.example/hosted.tgz' },
    'node_modules/a/node_modules/@scope/scripted': { ...good, hasInstallScript: true },
    'node_modules/unchecked': {},
    'node_modules/unchecked-elsewhere': { optional: true },
    'node_modules/tool-of-another-platform': { optional: true, dev: true },
  }
  t.match(lockFaults({ packages }), [
    /^hosted names where/,
    /^@scope\/scripted runs a script/,
    /^unchecked has no checksum/,
    /^unchecked-elsewhere has no checksum/,
  ])
})

test('a hole of moderate or worse fails, a low one does not, and no answer is said to be none', async (t) => {
  const answer = (severity: string) =>
    JSON.stringify({
      vulnerabilities: { leaky: { name: 'leaky', severity } },
      metadata: { vulnerabilities: { [severity]: 1 } },
    })
  t.match(auditVerdict(answer('low')), { checked: true, holes: [] })
  for (const severity of ['moderate', 'high', 'critical']) {
    t.match(auditVerdict(answer(severity)), { checked: true, holes: [`leaky: ${severity}`] })
  }
  t.match(auditVerdict('{"message":"405 Method Not Allowed","error":{}}'), {
    checked: false,
    why: /405/,
    holes: [],
  })
  t.match(auditVerdict('no json'), { checked: false })
})
