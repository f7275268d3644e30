/** The data folder and what the embedded default keeps in it are readable by their owner alone. */
import { chmodSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const OURS = [
  'db',
  'db.new',
  'engine.json',
  'engine.log',
  'engine-process.json',
  'secrets.json',
  'database.key',
]
const STRANGERS = 0o077

/** Folders of earlier versions were left as the system makes them. */
export function ownerOnly(dataDir: string, say: (line: string) => void): void {
  const present = readdirSync(dataDir)
  // A folder of other purposes too (/tmp, a home) keeps its mode; what is ours in it does not.
  if (present.every((name) => OURS.includes(name) || /^(server\.lock|audit)/.test(name)))
    tighten(dataDir, say)
  for (const name of present.filter((one) => OURS.includes(one))) {
    const path = join(dataDir, name)
    tighten(path, say)
    if (!lstatSync(path).isDirectory()) continue
    for (const inside of readdirSync(path, { recursive: true, encoding: 'utf8' }))
      tighten(join(path, inside), say)
  }
}

function tighten(path: string, say: (line: string) => void) {
  const found = lstatSync(path)
  const { mode } = found
  if (found.isSymbolicLink() || (mode & STRANGERS) === 0) return
  try {
    chmodSync(path, mode & ~STRANGERS & 0o777)
  } catch {
    say(`${path} belongs to another user and can be read by others than its owner`)
  }
}
