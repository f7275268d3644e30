/** Whom an address belongs to, as far as a limit can know: in IPv6 a customer has a whole /64 of them. */
import ipaddr from 'ipaddr.js'

export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address
  // An IPv4 address in the form of IPv6 becomes itself.
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16))
  return `${network.join(':')}::/64`
}
