/** Whom an address belongs to, as far as a limit can know: in IPv6 a customer has a whole /64 of them. */
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'

const GROUPS_OF_A_CUSTOMER = 4
/** Addresses come again with each request, and reading one takes as long as finding its route. */
const known = new LRUCache<string, string>({ max: 1_000 })

export function addressKey(address: string): string {
  const kept = known.get(address)
  if (kept !== undefined) return kept
  const key = read(address)
  known.set(address, key)
  return key
}

function read(address: string): string {
  if (!ipaddr.isValid(address)) return address
  // An IPv4 address that is written as IPv6 is read as what it is.
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  const groups = parsed.parts.slice(0, GROUPS_OF_A_CUSTOMER).map((group) => group.toString(16))
  return `${groups.join(':')}::/64`
}
