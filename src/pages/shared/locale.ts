/**
 * How times are shown to this reader: the zone (from the link, else the browser's), the clock and the week of the
 * locale, or what the reader has chosen instead. A choice belongs to the browser, not to the account.
 */
import { computed, type Signal, signal } from '@preact/signals'
import { firstWeekdayOf, isZone, todaysName, wording } from './time.js'

const own = Intl.DateTimeFormat().resolvedOptions().timeZone
export const browserZone = isZone(own) ? todaysName(own) : 'UTC'

const asked = new URLSearchParams(location.search).get('zone')
export const zone = signal(asked !== null && isZone(asked) ? todaysName(asked) : browserZone)

/** What a reader has chosen instead of the browser's own way; other tabs follow. */
class Choice<Value extends string> {
  /** The key in the browser's storage. */
  readonly #key: string
  readonly #values: readonly Value[]
  /** Null: as the browser has it. Changed by `choose` and by other tabs. */
  readonly #chosen: Signal<Value | null>

  constructor(key: string, values: readonly Value[]) {
    this.#key = key
    this.#values = values
    this.#chosen = signal(this.#read())
    addEventListener('storage', (event) => {
      if (event.key === key) this.#chosen.value = this.#read()
    })
  }

  get value(): Value | null {
    return this.#chosen.value
  }

  /** Anything but one of the values goes back to the browser's own way. */
  choose(value: string): void {
    localStorage.setItem(this.#key, value)
    this.#chosen.value = this.#read()
  }

  #read(): Value | null {
    const kept = localStorage.getItem(this.#key)
    return this.#values.find((value) => value === kept) ?? null
  }
}

/** Hours that a clock counts to. */
export const clockChoice = new Choice('slotcast.clock', ['12', '24'])
/** The first weekday: 1 is Monday, 6 is Saturday, 7 is Sunday. */
export const weekChoice = new Choice('slotcast.week', ['1', '6', '7'])

export const words = computed(() =>
  wording(navigator.languages, clockChoice.value === null ? undefined : clockChoice.value === '12'),
)
/** With which weeks begin: 1 is Monday, 7 is Sunday. */
export const firstWeekday = computed(() => Number(weekChoice.value ?? firstWeekdayOf(navigator.languages)))
