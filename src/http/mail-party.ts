/** Who a mail is from or for, as a setting says it. */

export interface MailParty {
  name: string
  address: string
}

/** `Practice <booking@example.org>`, or the address alone; null where it is neither. */
export function readParty(text: string): MailParty | null {
  const [, name = '', inBrackets, bare] =
    /^\s*(?:([^<>\p{Cc}]*)<([^<>\s]+)>|([^<>\s]+))\s*$/u.exec(text) ?? []
  const address = inBrackets ?? bare
  if (address === undefined || !/^[^@\p{Cc}"(),:;<>[\\\]]+@[^@\s"(),;<>\\]+$/u.test(address)) return null
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address }
}
