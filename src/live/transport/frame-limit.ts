/**
 * How many frames a socket may send, counted the same on both transports: each costs parsing, checking and an answer
 * in the one thread that serves everybody. A page sends a handful when it connects and then one in minutes.
 */
import type { Config } from '../../config.js'
import { createPace } from '../../limits/sliding-window.js'

/** A page that comes back may watch again all it watched before, in one moment. */
const BURST_SECONDS = 5

export interface FrameLimit {
  /** False when this frame is one too many. */
  admits(socket: string): boolean
}

export function createFrameLimit(
  { MAX_FRAMES_PER_SECOND: perSecond }: Pick<Config, 'MAX_FRAMES_PER_SECOND'>,
  elapsed: () => number,
): FrameLimit {
  const pace = createPace({ limit: perSecond * BURST_SECONDS, windowMs: BURST_SECONDS * 1_000, now: elapsed })
  return { admits: (socket) => pace.take(socket).ok }
}
