/** What the pages of links say, in each language. */
import type { Language } from '../../domain/languages.js'
import { ar } from './ar.js'
import { de } from './de.js'
import { en, type LinkTexts } from './en.js'
import { es } from './es.js'
import { fr } from './fr.js'

export const linkTexts: Record<Language, LinkTexts> = { en, de, fr, es, ar }
