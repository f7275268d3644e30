/** What a person hears when something is refused: what happened, and what to do next. A test holds the codes complete. */
import { common } from './text.js'

export interface Sentence {
  text: string
  next: string
}

export function sentenceFor(code: string): Sentence {
  const known: Readonly<Record<string, Sentence>> = common.value.errors
  return known[code] ?? common.value.unknownError
}
