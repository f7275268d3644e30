/** The languages of pages and mail. */

export const languages = ['en', 'de', 'fr', 'es', 'ar'] as const
export type Language = (typeof languages)[number]

/** Of who has chosen none, and whose browser asks for none of ours. */
export const DEFAULT_LANGUAGE: Language = 'en'

export function isLanguage(text: string): text is Language {
  return (languages as readonly string[]).includes(text)
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}

/** The first of ours that somebody reads, of tags as browsers send them ("de-AT", "fr"), the best first. */
export function firstKnown(tags: readonly string[]): Language {
  for (const tag of tags) {
    const language = tag.trim().toLowerCase().split('-')[0] ?? ''
    if (isLanguage(language)) return language
  }
  return DEFAULT_LANGUAGE
}

/**
 * Of times, where the language is all that is known of the reader. English without a country is American to `Intl`; this
 * one is read everywhere, and has the clock of most readers.
 */
export const locales: Record<Language, string> = { en: 'en-GB', de: 'de', fr: 'fr', es: 'es', ar: 'ar' }
