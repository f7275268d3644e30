/** How dates and times are written for a reader. Making a format takes ten times as long as using it. */
import { LRUCache } from 'lru-cache'
import { type Language, locales } from './languages.js'

/** Readers of one practice are in few zones; each format takes some kilobytes. */
const formats = new LRUCache<string, Intl.DateTimeFormat>({ max: 200 })

export function dateFormat(
  language: Language,
  options: Intl.DateTimeFormatOptions & { timeZone: string },
): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat(locales[language], options)
  formats.set(key, format)
  return format
}
