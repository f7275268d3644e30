/** The time every rule is decided by. Handed in, never global: tests move it, the real one follows the database. */
export interface Clock {
  /** Milliseconds since the epoch; never goes back. */
  now(): number
}
