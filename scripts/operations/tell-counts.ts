import type { Copied } from '../../src/backup/copy-database.js'
import { say } from './one-line.js'

export function tellCounts({ counts, changes }: Copied): void {
  for (const [name, count] of Object.entries(counts).sort())
    if (count > 0) say(`${String(count).padStart(9)} ${name}`)
  say(`${String(changes).padStart(9)} changes that were made meanwhile, and belong to it`)
}
