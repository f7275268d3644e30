import type { Language } from '../../domain/languages.js'
import { ar } from './ar.js'
import { de } from './de.js'
import { en, type MailTexts } from './en.js'
import { es } from './es.js'
import { fr } from './fr.js'

export type { MailTexts }

const catalogues: Record<Language, MailTexts> = { en, de, fr, es, ar }

export function textsIn(language: Language): MailTexts {
  return catalogues[language]
}
