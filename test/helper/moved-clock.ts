import type { Clock } from '../../src/clock.js'

/** A Friday, far from any change of clocks. */
export const NOON = Date.parse('2027-08-13T12:00:00Z')

/** Stands still until a test moves it. */
export class MovedClock implements Clock {
  #now: number
  constructor(now = NOON) {
    this.#now = now
  }
  now(): number {
    return this.#now
  }
  move(ms: number): void {
    this.#now += ms
  }
}
