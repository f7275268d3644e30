/** The order of a waiting list. */
import { areRivals } from '../domain/wait.js'
import type { WaitDoc } from './wait-model.js'

/** By the time of joining, or of what was declined last. */
export function inLine(a: WaitDoc, b: WaitDoc): number {
  return a.since.getTime() - b.since.getTime() || (a._id < b._id ? -1 : 1)
}

/** Among those of others that could be offered the same; undefined where it is not in line. */
export function positionIn(line: readonly WaitDoc[], wait: WaitDoc): number | undefined {
  const place = line.findIndex(({ _id }) => _id === wait._id)
  if (place < 0) return undefined
  const isBefore = (other: WaitDoc) => other.clientId !== wait.clientId && areRivals(other, wait)
  return line.slice(0, place).filter(isBefore).length + 1
}
