/**
 * Slow readers: what was sent to a viewer and is not taken waits in this process. Beyond a bound the viewer is cut off
 * and comes back to a picture, so one who does not read costs the others nothing.
 *
 * The largest message that waits is not counted: a picture may be larger than the bound, and who takes it is not slow.
 */
export interface Backlog {
  /** Before sending that many bytes; false when the viewer was cut off instead. */
  admits(bytes: number): boolean
  end(): void
}

export interface Backlogs {
  of(unsent: () => number, cutOff: () => void): Backlog
  close(): void
}

interface Entry {
  isCut: boolean
  largest: number
  unsent: () => number
  cutOff: () => void
}

const SLICES = 4
const SLICE_MS = 250

export function createBacklogs(maxUnsentBytes: number): Backlogs {
  // In slices, so that looking at very many sockets never stops the others for long.
  const slices = Array.from({ length: SLICES }, () => new Set<Entry>())
  let turn = 0

  /** False when the viewer is, or just was, cut off. */
  function keepsUp(entry: Entry): boolean {
    if (entry.isCut) return false
    const waiting = entry.unsent()
    if (waiting === 0) entry.largest = 0
    if (waiting - entry.largest <= maxUnsentBytes) return true
    entry.isCut = true
    entry.cutOff()
    return false
  }

  const looking = setInterval(() => {
    turn = (turn + 1) % SLICES
    for (const entry of slices[turn] ?? []) keepsUp(entry)
  }, SLICE_MS)

  let added = 0
  return {
    of(unsent, cutOff) {
      const entry = { isCut: false, largest: 0, unsent, cutOff }
      const slice = slices[added++ % SLICES]
      slice?.add(entry)
      return {
        admits(bytes) {
          if (!keepsUp(entry)) return false
          entry.largest = Math.max(entry.largest, bytes)
          return true
        },
        end: () => slice?.delete(entry),
      }
    },
    close: () => clearInterval(looking),
  }
}
