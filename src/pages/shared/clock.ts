/**
 * The server's clock, kept in the browser. It owns one number: the server's time less the monotonic clock's.
 * The browser's own wall clock may be an hour off without any countdown being wrong.
 *
 * Two kinds of evidence: an answered request (the server spoke somewhere between sending and receiving, so the
 * middle is at most half the round trip off) and a pushed message (it was sent before now, so the server's time is
 * at least that: this catches a laptop that slept, whose monotonic clock may have stood still).
 */
export interface ServerClock {
  now(): number
  answered(serverTime: number, sentAt: number, receivedAt: number): void
  pushed(serverTime: number): void
}

/** A sample is trusted a little less each second, so that a good one from an hour ago gives way. */
const DRIFT_PER_MS = 0.0005

export function serverClock(monotonic: () => number, guess: number): ServerClock {
  let offset = guess - monotonic()
  let error = Number.POSITIVE_INFINITY
  let takenAt = 0

  return {
    now: () => monotonic() + offset,
    answered(serverTime, sentAt, receivedAt) {
      const sampleError = Math.max(0, receivedAt - sentAt) / 2
      if (sampleError > error + (receivedAt - takenAt) * DRIFT_PER_MS) return
      offset = serverTime - (sentAt + receivedAt) / 2
      error = sampleError
      takenAt = receivedAt
    },
    pushed(serverTime) {
      const at = monotonic()
      if (error !== Number.POSITIVE_INFINITY && serverTime <= at + offset) return
      offset = serverTime - at
      error = Math.min(error, 1000)
      takenAt = at
    },
  }
}
