/**
 * Reads a span of time window by window, until whoever reads has enough.
 *
 * A database that serves an order from an index reads a page and stops, however large the calendar. SecantusDB first
 * collects everything that a filter admits, 20,000 slots for a page of 50; so the filter admits a window that holds about
 * a page. Where there is little, windows grow, so that empty years cost a few reads.
 */
export interface Window {
  from: Date
  to: Date
}

/** Later than anything that can be published. */
const END_OF_TIME = Date.UTC(9999, 0, 1)
const GROWTH = 4
/** Beyond this one reads to the end. */
const WIDEST_MS = 3_000 * 86_400_000

export class TimeWindows {
  readonly #to: number
  readonly #least: number
  readonly #page: number
  #at: number
  #width: number
  #until: number

  /**
   * `likely` is where the first slots may be expected; what is before it comes as one window. `page` is how many items
   * are wanted, `least` the width of a window that holds them where there is no gap.
   */
  constructor(
    { from = 0, to = END_OF_TIME }: { from?: number | undefined; to?: number | undefined },
    { likely = from, page, least }: { likely?: number | undefined; page: number; least: number },
  ) {
    this.#at = from
    this.#to = to
    this.#page = page
    this.#least = least
    this.#width = least
    this.#until = likely > from ? likely : from + least
  }

  /** Null at the end. */
  next(): Window | null {
    if (this.#at >= this.#to) return null
    const from = this.#at
    this.#at = Math.min(this.#until, this.#to)
    return { from: new Date(from), to: new Date(this.#at) }
  }

  /** How many items the last window had: the next one is made for as many as are wanted. */
  had(items: number): void {
    if (items < this.#page / GROWTH) this.#width *= GROWTH
    else if (items > this.#page) this.#width = Math.max(this.#least, this.#width / GROWTH)
    this.#until = this.#width > WIDEST_MS ? this.#to : this.#at + this.#width
  }
}
