/**
 * Prepares a clone: installs packages when the lock file names others than are installed, and builds when sources have
 * changed (compared by content, because a checkout can bring back older files).
 * Plain JavaScript without packages, because it runs before there are any.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const NEEDED_NODE = [20, 19]
const PAUSE_MS = 100
const SAY_AFTER_MS = 3_000
const GIVE_UP_MS = 300_000

/** Further builds are added here. `output` must exist afterwards; `when` says whether there is anything to build. */
const BUILDS = [
  {
    name: 'server',
    sources: ['src', 'plugins', 'scripts', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    skip: ['src/pages'],
    output: 'dist/src/server.js',
    when: () => true,
    run() {
      for (const folder of ['src', 'plugins', 'scripts'])
        rmSync(join(ROOT, 'dist', folder), { recursive: true, force: true })
      // Types are checked by .ci/run; a start only needs the JavaScript.
      runNode('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.build.json', '--noCheck'])
    },
  },
  {
    name: 'pages',
    sources: ['src/pages', 'src/schemas', 'src/domain', 'vite.config.ts', 'package-lock.json'],
    skip: [],
    output: 'dist/pages',
    when: () => existsSync(join(ROOT, 'vite.config.ts')),
    run() {
      runNode('node_modules/vite/bin/vite.js', ['build', '--logLevel', 'error'])
    },
  },
]

/** Compiled once for a run, because compiling at each start costs every test file two seconds. */
const TESTS = {
  name: 'tests',
  sources: ['src', 'plugins', 'scripts', 'test', 'tsconfig.json', 'package-lock.json'],
  skip: [],
  output: 'dist/test',
  when: () => true,
  run() {
    rmSync(join(ROOT, 'dist', 'test'), { recursive: true, force: true })
    const emit = ['--noEmit', 'false', '--noCheck', '--incremental', 'false', '--tsBuildInfoFile', 'null']
    runNode('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json', ...emit])
  },
}

export function prepare({ tests = false } = {}) {
  checkNode()
  process.chdir(ROOT)
  alone(() => {
    if (!packagesMatch()) installPackages()
    for (const build of tests ? [...BUILDS, TESTS] : BUILDS) bringUpToDate(build)
  })
}

function bringUpToDate(build) {
  if (!build.when()) return
  const stamp = join(ROOT, 'dist', `.${build.name}-built-from`)
  const sources = fingerprint(build.sources, build.skip)
  if (existsSync(join(ROOT, build.output)) && textOf(stamp) === sources) return
  say(`building the ${build.name}`)
  build.run()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, sources)
}

/** Takes a lock, so that two starts in one clone do not install or build at the same time; the second waits. */
function alone(work) {
  const lock = join(ROOT, '.cache', 'preparing')
  mkdirSync(dirname(lock), { recursive: true })
  const release = () => {
    if (textOf(lock) === String(process.pid)) rmSync(lock, { force: true })
  }
  for (let waited = 0; !taken(lock); waited += PAUSE_MS) {
    const owner = Number(textOf(lock) || 0)
    if ((owner > 0 && !isAlive(owner)) || waited > GIVE_UP_MS) rmSync(lock, { force: true })
    if (waited === SAY_AFTER_MS) say(`waiting for process ${owner}, which is preparing this clone`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
  }
  process.on('exit', release)
  work()
  release()
  process.off('exit', release)
}

function taken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

export function stop(line) {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [needMajor, needMinor] = NEEDED_NODE
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return
  stop(`Slotcast needs Node ${NEEDED_NODE.join('.')} or newer; this is ${process.versions.node}.`)
}

/** npm writes what it installed into node_modules; a package that is only optional may be absent. */
function packagesMatch() {
  const wanted = packagesOf('package-lock.json')
  const installed = packagesOf('node_modules/.package-lock.json')
  if (wanted === null || installed === null) return false
  const missing = Object.entries(wanted).some(([path, { version, optional, devOptional, peer, link }]) => {
    if (path === '' || link) return false
    const found = installed[path]
    return found === undefined ? !(optional || devOptional || peer) : found.version !== version
  })
  return !missing && Object.keys(installed).every((path) => path in wanted)
}

function packagesOf(file) {
  const text = textOf(join(ROOT, file))
  return text === null ? null : JSON.parse(text).packages
}

function installPackages() {
  say('installing packages (once)')
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath
  const result =
    npm?.endsWith('.js') === true
      ? spawnSync(process.execPath, [npm, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
      : spawnSync('npm', args, {
          stdio: ['ignore', 'ignore', 'inherit'],
          shell: process.platform === 'win32',
        })
  if (result.status !== 0) stop('npm ci did not succeed; what it said is above.')
}

function runNode(script, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, script), ...args], {
    encoding: 'utf8',
  })
  if (status !== 0) stop(`${script} did not succeed:\n${stdout}${stderr}`)
}

function fingerprint(paths, skip) {
  const hash = createHash('sha256')
  for (const file of paths.flatMap((path) => filesIn(path, skip))) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(path, skip) {
  if (skip.includes(path) || !existsSync(join(ROOT, path))) return []
  const children = childrenOf(join(ROOT, path))
  return children === null ? [path] : children.sort().flatMap((name) => filesIn(`${path}/${name}`, skip))
}

function childrenOf(folder) {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error.code === 'ENOTDIR') return null
    throw error
  }
}

function textOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

function say(line) {
  process.stdout.write(`${line}\n`)
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) prepare()
