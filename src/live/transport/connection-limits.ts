/**
 * Who may open a socket: pages of allowed origins, so many from one address, and at the pace at which an address may
 * ask for anything, over both transports alike.
 */
import type { IncomingMessage } from 'node:http'
import type { Config } from '../../config.js'
import { createOrigins } from '../../http/origins.js'
import { addressOf, trustedProxies } from '../../http/proxies.js'
import { addressKey } from '../../limits/address-key.js'
import type { Pace, Taken } from '../../limits/sliding-window.js'

export interface Admission {
  /** `cors` does not stop a hostile page's WebSocket: browsers do not ask before it, they only say where it comes from. */
  originAllowed(request: IncomingMessage): boolean
  /** False when the address has as many sockets as it may. */
  hasRoom(request: IncomingMessage): boolean
  /** Counts a handshake, once however often it is asked about. The raw one is a route, and counted as such. */
  paced(request: IncomingMessage): Taken
  /** Whose limits a request counts for. */
  addressOf(request: IncomingMessage): string
  /** Counts a socket; what is returned takes it off again, once. */
  enter(request: IncomingMessage): () => void
}

export function createAdmission(
  config: Pick<Config, 'ALLOWED_ORIGINS' | 'MAX_SOCKETS_PER_ADDRESS' | 'TRUST_PROXY'>,
  pace: Pace,
): Admission {
  const origins = createOrigins(config)
  const trusted = trustedProxies(config.TRUST_PROXY)
  const sockets = new Map<string, number>()
  const counted = new WeakMap<IncomingMessage, Taken>()
  const keyOf = (request: IncomingMessage) => addressKey(addressOf(request, trusted))

  return {
    originAllowed: origins.allows,
    hasRoom: (request) => (sockets.get(keyOf(request)) ?? 0) < config.MAX_SOCKETS_PER_ADDRESS,
    paced(request) {
      const taken = counted.get(request) ?? pace.take(keyOf(request))
      counted.set(request, taken)
      return taken
    },
    addressOf: keyOf,
    enter(request) {
      const address = keyOf(request)
      sockets.set(address, (sockets.get(address) ?? 0) + 1)
      let inside = true
      return () => {
        if (!inside) return
        inside = false
        const left = (sockets.get(address) ?? 1) - 1
        if (left > 0) sockets.set(address, left)
        else sockets.delete(address)
      }
    },
  }
}
