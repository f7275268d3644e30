/** Readable links of providers, as in `/book/dr-vogt`: which are possible, and which one a name suggests. */

const LINK = /^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$/
/** Ids of accounts stand in the same places of an address. */
const ACCOUNT_ID = /^[0-9a-f]{32}$/
/** What a name suggests leaves room for a number behind it. */
const LONGEST_SUGGESTION = 32
const ID_CHARACTERS = 8

/** Letters that no decomposition takes apart, and those that their readers write as two. */
const folded: Record<string, string> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'oe',
  å: 'aa',
  þ: 'th',
  ð: 'd',
  đ: 'd',
  ł: 'l',
  ı: 'i',
}

/** Words that somebody would take for a page, or for the people who run the server. */
const reserved = new Set(
  'about account admin administrator admins api assets book booking calendar contact docs find health help home login logout metrics new null official page profile provider providers register root search security service services settings sign-in sign-out sign-up slotcast staff status support system team terms undefined unknown user users www'.split(
    ' ',
  ),
)

export function isAccountId(text: string): boolean {
  return ACCOUNT_ID.test(text)
}

/** Whether it has the form of a link; ids are none. */
export function isLink(text: string): boolean {
  return LINK.test(text) && !ACCOUNT_ID.test(text)
}

export function isReservedLink(link: string): boolean {
  return reserved.has(link) || link.split('-').every((word) => reserved.has(word))
}

/** The link that a name suggests; one of the id where the name has too few Latin letters or digits for one. */
export function suggestedLink(name: string, id: string): string {
  const link = hyphenated(name)
  return isLink(link) && !isReservedLink(link) ? link : `p-${id.slice(0, ID_CHARACTERS)}`
}

function hyphenated(name: string): string {
  return (
    name
      .normalize('NFC')
      .toLowerCase()
      .replace(/[äöüßæœøåþðđłı]/g, (letter) => folded[letter] ?? letter)
      .normalize('NFKD')
      // Letters that are set as signs of mathematics come apart into capitals too.
      .toLowerCase()
      .replace(/[\p{M}'’]/gu, '')
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, LONGEST_SUGGESTION + 1)
      .replace(/^-+|-+$/g, '')
      .slice(0, LONGEST_SUGGESTION)
      .replace(/-+$/, '')
  )
}
