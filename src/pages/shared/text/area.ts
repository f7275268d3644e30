import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Language } from '../../../domain/languages.js'
import { grammar } from '../locale.js'
import type { Grammar } from './grammar.js'

/** The module of a catalogue: the texts of one area in one language. */
export interface Catalogue<Texts> {
  texts: (grammar: Grammar) => Texts
}

/** The texts of a page, or those that all pages share, in the language that the page is in; only that one is loaded. */
export class Area<Texts extends object> {
  readonly #catalogues: Readonly<Record<Language, () => Promise<Catalogue<Texts>>>>
  /** Null until the first language has come; set by what `load` gives. */
  readonly #catalogue = signal<Catalogue<Texts> | null>(null)
  readonly #texts: ReadonlySignal<Texts | null> = computed(
    () => this.#catalogue.value?.texts(grammar.value) ?? null,
  )

  constructor(catalogues: Readonly<Record<Language, () => Promise<Catalogue<Texts>>>>) {
    this.#catalogues = catalogues
  }

  get value(): Texts {
    if (this.#texts.value === null) throw new Error('a text was asked for before the page was shown')
    return this.#texts.value
  }

  /** Resolves with what puts the language in force, to be done for all areas of a page at once. */
  async load(language: Language): Promise<() => void> {
    const catalogue = await this.#catalogues[language]()
    return () => {
      this.#catalogue.value = catalogue
    }
  }
}
