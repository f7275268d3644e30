/**
 * Finds a Chromium for the tests of the pages, or installs Debian's. It says what it does, changes nothing when one
 * is there, and answers null (after saying why) where none can be had.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const PLACES = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** The path of a Chromium; CHROMIUM_BINARY names one of your own. */
export function chromiumPath(): string | null {
  const found = installedChromium()
  return found ?? (installChromium() ? installedChromium() : null)
}

/** Only looks. */
export function installedChromium(): string | null {
  const given = process.env.CHROMIUM_BINARY
  if (given) return runs(given) ? given : null
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...candidates, ...PLACES].find(runs) ?? null
}

function installChromium(): boolean {
  if (process.env.CHROMIUM_BINARY) return no(`CHROMIUM_BINARY (${process.env.CHROMIUM_BINARY}) cannot be run`)
  if (spawnSync('apt-get', ['--version']).status !== 0)
    return no('there is no apt-get here to install one with')
  if (process.getuid?.() !== 0) return no('installing one needs root: sudo apt-get install chromium')
  say('no Chromium found; installing the one of the Debian packages (once, about 20 s)')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
  ]) {
    const { status, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' })
    if (status !== 0) return no(`apt-get ${args[0]} did not succeed: ${stderr.trim().split('\n').at(-1)}`)
  }
  return true
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function no(why: string): boolean {
  say(`no Chromium for the pages' tests: ${why}`)
  return false
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const path = chromiumPath()
  if (path === null) process.exit(1)
  say(path)
}
