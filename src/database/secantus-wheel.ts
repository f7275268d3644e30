/**
 * The SecantusDB server from its wheel. The wheel carries a finished binary, so pip only unpacks it and no Python
 * runs afterwards. 0.7 wheels do not carry it: the version stays pinned.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

const WHEEL = 'SecantusDB==0.6.0b17'
const GIVE_UP_MS = 180_000

export type Fetched = { binary: string } | { missing: string }

export async function secantusFromWheel(
  cacheDir: string,
  env: Record<string, string | undefined>,
  say: (line: string) => void,
): Promise<Fetched> {
  const home = join(cacheDir, WHEEL.toLowerCase().replace('==', '-'))
  const binary = join(home, 'secantusdb.scripts', 'secantusd-rs')
  if (existsSync(binary)) return { binary }

  await mkdir(cacheDir, { recursive: true })
  const unpacked = await mkdtemp(join(cacheDir, 'unpacking-'))
  try {
    say(`fetching the embedded database (${WHEEL}, about 25 MB, once)`)
    const fault = await pipInstall(unpacked, env)
    if (fault !== null) return { missing: fault }
    if (!existsSync(join(unpacked, 'secantusdb.scripts', 'secantusd-rs'))) {
      return { missing: `the wheel of ${WHEEL} for this platform carries no server` }
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

async function pipInstall(target: string, env: Record<string, string | undefined>): Promise<string | null> {
  let fault = 'there is no Python 3 with pip'
  for (const python of ['python3', 'python']) {
    const args = [
      '-m',
      'pip',
      'install',
      '--no-deps',
      '--only-binary=:all:',
      '--no-input',
      '--quiet',
      '--quiet',
    ]
    const { code, stderr } = await run(python, [...args, '--target', target, WHEEL], env)
    if (code === 0) return null
    if (code !== null) fault = `pip could not install ${WHEEL}: ${lastLine(stderr)}`
  }
  return fault
}

function run(command: string, args: string[], env: Record<string, string | undefined>) {
  return new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const child = spawn(command, args, {
      env: { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' },
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
