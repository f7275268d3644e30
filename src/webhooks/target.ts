/**
 * Where a webhook may go: nowhere inside. An address of the web is refused by how it is written first, and every attempt
 * asks again what it resolves to, because a name can lead elsewhere a moment later.
 */
import ipaddr from 'ipaddr.js'

/** Why nothing is sent there; for whoever wrote it down. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused'
}

export interface TargetRules {
  /** Also http, any port, and addresses that nobody else reaches: for trying. */
  allowPrivate: boolean
}

const MOST_CHARACTERS = 2_000
/** Below are the ports of services that speak something else (mail, names, shells); one is for TLS. */
const FIRST_FREE_PORT = 1_024
/** All that is routed to one machine of the internet today; what looks public elsewhere is an old form of IPv4 or unassigned. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]

/** Reads a target, or throws `TargetRefused`. Decimal, octal and hexadecimal forms of IPv4 are one form after this. */
export function readTarget(text: string, { allowPrivate }: TargetRules): URL {
  if (text.length > MOST_CHARACTERS || !URL.canParse(text)) {
    throw new TargetRefused(`must be a URL of at most ${MOST_CHARACTERS} characters`)
  }
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) {
    throw new TargetRefused('must begin with https://')
  }
  if (url.username !== '' || url.password !== '') {
    throw new TargetRefused('must not have a user or a password in it')
  }
  if (url.hash !== '') throw new TargetRefused('must not have a fragment (#…)')
  if (allowPrivate) return url
  // That of https is left out of a URL.
  if (url.port !== '' && Number(url.port) < FIRST_FREE_PORT) {
    throw new TargetRefused('must have the port 443, or one from 1024 on')
  }
  const literal = addressIn(url)
  if (literal !== null && !isPublic(literal)) throw notPublic()
  if (literal === null && isLocalName(url.hostname)) throw notPublic()
  return url
}

/** The address that a URL names itself, as one resolves; null where it has a name. */
export function addressIn({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return ipaddr.isValid(bare) ? bare : null
}

/** Of one machine on the internet, which is no other form of an address that is not. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed instanceof ipaddr.IPv6) return parsed.range() === 'unicast' && parsed.match(GLOBAL_UNICAST)
  return parsed.range() === 'unicast'
}

export function notPublic(): TargetRefused {
  return new TargetRefused('must lead to a public address')
}

/** A name without a dot is looked for in the network of the server; so are these. */
function isLocalName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  return !name.includes('.') || /\.(localhost|local|internal|home\.arpa)$/.test(name)
}
