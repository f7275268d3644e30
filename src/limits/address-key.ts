/** Whom an address belongs to, as far as a limit can know: in IPv6 a customer has a whole /64 of them. */
import ipaddr from 'ipaddr.js'

const GROUPS_OF_A_CUSTOMER = 4

export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address
  // An IPv4 address that is written as IPv6 is read as what it is.
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  const groups = parsed.parts.slice(0, GROUPS_OF_A_CUSTOMER).map((group) => group.toString(16))
  return `${groups.join(':')}::/64`
}
