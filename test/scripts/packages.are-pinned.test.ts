import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { ROOT } from '../helper/paths.js'

const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8')

interface Locked {
  version?: string
  integrity?: string
  resolved?: string
  hasInstallScript?: boolean
  link?: boolean
  dev?: boolean
  optional?: boolean
}
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
const manifest = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>

/** The first versions without a fault that would matter here. */
const floors: Record<string, string> = {
  'engine.io': '6.6.7',
  'fast-jwt': '6.3.0',
  fastify: '5.12.1',
  mongoose: '9.9.2',
  'socket.io-parser': '4.2.6',
}
const mayRunAtInstallation = ['argon2']

function isAtLeast(version: string, floor: string): boolean {
  const [have, want] = [version, floor].map((text) => text.split('.').map(Number))
  for (const [index, part] of (want ?? []).entries()) {
    const difference = (have?.[index] ?? 0) - part
    if (difference !== 0) return difference > 0
  }
  return true
}

const installed = Object.entries(packages).filter(([path]) => path !== '')
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

t.test('each package is exact, and is what it was when it was chosen', (t) => {
  const chosen = { ...manifest.dependencies, ...manifest.devDependencies }
  for (const [name, version] of Object.entries(chosen)) {
    t.match(version, /^\d+\.\d+\.\d+$/, name)
    t.equal(packages[`node_modules/${name}`]?.version, version)
  }
  t.ok(installed.length > 100)
  // Of a development tool's builds for other platforms npm notes no hash; they are not part of what runs.
  const open = installed.filter(
    ([, one]) => !(one.dev && one.optional) && !one.link && !/^sha512-/.test(one.integrity ?? ''),
  )
  t.same(
    open.map(([path]) => path),
    [],
    'every one of what runs has its hash',
  )
  const elsewhere = installed.filter(
    ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
  )
  t.same(elsewhere, [])
  t.end()
})

t.test('those that had faults are past them, wherever they are used', (t) => {
  for (const [name, floor] of Object.entries(floors)) {
    const versions = installed
      .filter(([path]) => nameOf(path) === name)
      .map(([, { version = '0' }]) => version)
    t.ok(versions.length > 0, `${name} is there`)
    for (const version of versions) t.ok(isAtLeast(version, floor), `${name} ${version}`)
  }
  t.notOk(isAtLeast('6.6.6', '6.6.7'), 'control: an older one is seen')
  t.ok(isAtLeast('6.10.0', '6.6.7'))
  t.end()
})

t.test('nothing runs at installation but what is named', (t) => {
  const running = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true)
  t.same([...new Set(running.map(([path]) => nameOf(path)))].sort(), mayRunAtInstallation)
  t.end()
})

t.test('npm sbom lists everything', (t) => {
  const { status, stdout } = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: fileURLToPath(ROOT),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  t.equal(status, 0)
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string
    components: { 'bom-ref': string }[]
  }
  t.equal(bomFormat, 'CycloneDX')
  const listed = new Set(components.map((one) => one['bom-ref']))
  for (const [name, version] of Object.entries(manifest.dependencies))
    t.ok(listed.has(`${name}@${version}`), name)
  t.end()
})
