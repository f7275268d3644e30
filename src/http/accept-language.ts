/** Which of our languages somebody reads, as their browser or client says it. */
import type { IncomingMessage } from 'node:http'
import { firstKnown, type Language } from '../domain/languages.js'

/** By the header Accept-Language; what it refuses ("de;q=0") is not chosen. */
export function languageOf({ headers }: Pick<IncomingMessage, 'headers'>): Language {
  const asked = (headers['accept-language'] ?? '').split(',').map((part) => {
    const [tag = '', ...parameters] = part.split(';')
    const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/i.exec(one)?.[1]).find((one) => one)
    return { tag, quality: quality === undefined ? 1 : Number(quality) }
  })
  return firstKnown(
    asked
      .filter(({ quality }) => quality > 0)
      .sort((a, b) => b.quality - a.quality)
      .map(({ tag }) => tag),
  )
}
