import { type Signal, signal } from '@preact/signals'

/** What a reader has chosen in this browser instead of its own way; other tabs follow. */
export class Choice<Value extends string> {
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
