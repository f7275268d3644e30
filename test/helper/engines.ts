/** What the tests of the database chain start: the engine we have, a stand-in for the mongod we have not, and clean surroundings. */
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Test } from 'tap'
import { type EmbeddedMongoOptions, startEmbeddedMongo } from '../../src/database/embedded/embedded-mongo.js'
import { secantusFromWheel } from '../../src/database/embedded/secantus-wheel.js'
import { CACHE_DIR, temporaryFolder } from './database.js'

export async function secantusBinary(t: Test): Promise<string> {
  const fetched = await secantusFromWheel(CACHE_DIR, process.env, (line) => t.comment(line))
  if ('missing' in fetched) throw new Error(fetched.missing)
  return fetched.binary
}

export interface StandIn {
  folder: string
  binary: string
  /** The arguments it was last started with. */
  args(): string[]
}

/** Takes mongod's flags, says mongod's version, and runs SecantusDB. */
export async function standInMongod(t: Test, version = '8.0.4'): Promise<StandIn> {
  const folder = temporaryFolder(t)
  const binary = join(folder, 'mongod')
  const noted = join(folder, 'args')
  writeFileSync(binary, standInScript(await secantusBinary(t), version, noted))
  chmodSync(binary, 0o755)
  return { folder, binary, args: () => readFileSync(noted, 'utf8').trim().split('\n') }
}

export function standInScript(secantus: string, version: string, noted: string): string {
  return `#!/bin/sh
if [ "$1" = --version ]; then echo "db version v${version}"; exit 0; fi
printf '%s\\n' "$@" > '${noted}'
while [ $# -gt 0 ]; do
  case "$1" in
    --port) port=$2 ;;
    --dbpath) dbpath=$2 ;;
    --keyFile) auth=--auth ;;
    --bind_ip) case "$2" in /*) socket=$2 ;; esac ;;
  esac
  shift
done
set -- --port "$port" --storage-path "$dbpath" $auth --sync-on-commit --log-file-max 64MB --cache-size 256M --log-level WARNING
if [ -n "$socket" ]; then exec '${process.execPath}' -e "${BEHIND_A_SOCKET}" '${secantus}' "$socket" "$port" "$@"; fi
exec '${secantus}' "$@"
`
}

/** SecantusDB listens on ports alone: this stands before one, on a socket, as a mongod would listen there itself. */
const BEHIND_A_SOCKET = `
const [binary, socket, port, ...args] = process.argv.slice(1)
const engine = require('node:child_process').spawn(binary, args, { stdio: 'inherit' })
engine.once('exit', (code) => process.exit(code ?? 1))
process.once('SIGTERM', () => engine.kill('SIGTERM'))
process.once('exit', () => engine.kill('SIGKILL'))
const { connect, createServer } = require('node:net')
createServer((from) => {
  const to = connect(Number(port), '127.0.0.1')
  for (const [end, other] of [[from, to], [to, from]]) end.on('error', () => other.destroy()).pipe(other)
}).listen(socket)
`

/** The machine's own PATH, without any mongod that may be on it. */
export function pathWithoutMongod(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.filter((folder) => !canRun(join(folder, 'mongod'))).join(delimiter)
}

/** No mongod, no Python: only what the test puts there. */
export function emptyPath(t: Test): string {
  const folder = join(temporaryFolder(t), 'bin')
  mkdirSync(folder)
  return folder
}

export type Surroundings = Partial<EmbeddedMongoOptions> & { path?: string }

/** Starts the embedded default and ends it with the test; `said` collects its words. */
export async function startEmbedded(t: Test, { path = pathWithoutMongod(), ...options }: Surroundings = {}) {
  const said: string[] = []
  const embedded = await startEmbeddedMongo({
    dataDir: options.dataDir ?? temporaryFolder(t),
    cacheDir: CACHE_DIR,
    env: { ...process.env, PATH: path },
    say: (line) => said.push(line),
    ...options,
  })
  t.teardown(() => embedded.stop())
  return { ...embedded, said }
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
