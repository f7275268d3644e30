/** The forms in which addresses and names are kept, compared and searched. */

/** Bytes of a searched name: it travels in cursors, which are short. */
const SEARCH_BYTES = 90
const SIGNS_OR_SPACES = /[\p{P}\p{S} ]+/u

/** A name as it is kept and shown: each character in one form, however it was typed. */
export function keptName(name: string): string {
  return name.normalize('NFC')
}

/** Addresses that mean the same mailbox to everybody but a mail server. */
export function comparableEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase()
}

/** Without case, accents, look-alikes of width and form, what cannot be seen, and the characters that JSON would escape. */
function plain(name: string): string {
  return (
    name
      .normalize('NFKD')
      .replace(/\p{M}|\p{Default_Ignorable_Code_Point}/gu, '')
      // Telephones write the one where keyboards write the other.
      .replace(/[\u2018\u2019\u02bc]/g, "'")
      .toLowerCase()
      .replace(/["\\\p{C}\s]+/gu, ' ')
      .trim()
  )
}

/** A name as it is sorted by; cut at a whole character. */
export function searchable(name: string): string {
  let cut = ''
  let bytes = 0
  for (const character of plain(name)) {
    bytes += Buffer.byteLength(character)
    if (bytes > SEARCH_BYTES) break
    cut += character
  }
  return cut
}

/** A name as its words are looked for: whole, and once more without its dots, hyphens and other signs. */
export function searchText(name: string): string {
  const text = plain(name)
  return `${text} ${withoutSigns(text)}`.trim()
}

/** Patterns of all words that must be somewhere in that text, in any order. */
export function searchPatterns(query: string): string[] {
  return plain(query)
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const bare = withoutSigns(word)
      return bare === '' || bare === word
        ? literalPattern(word)
        : `${literalPattern(word)}|${literalPattern(bare)}`
    })
}

/** The words of a name by whose beginnings it is found: those between its signs, and those that its signs join. */
export function wordsOfName(name: string): string[] {
  const text = plain(name)
  return [...new Set([...withoutSigns(text).split(' '), ...wordsOfQuery(text)])].filter((word) => word !== '')
}

/** The words that a name must have, each at least as the beginning of one. Signs part words here, so `Meyer-L` are two. */
export function wordsOfQuery(query: string): string[] {
  return [...new Set(plain(query).split(SIGNS_OR_SPACES))].filter((word) => word !== '')
}

function withoutSigns(text: string): string {
  return text.replace(/[\p{P}\p{S}]+/gu, '')
}

export function literalPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
