/** Who may open a socket: pages of allowed origins, and so many from one address, counted over both transports. */
import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.js'
import { addressKey } from '../limits/address-key.js'
import { createOrigins } from '../origins.js'
import { addressOf, trustedProxies } from '../proxies.js'

export interface Admission {
  /** `cors` does not stop a hostile page's WebSocket: browsers do not ask before it, they only say where it comes from. */
  originAllowed(request: IncomingMessage): boolean
  /** False when the address has as many sockets as it may. */
  hasRoom(request: IncomingMessage): boolean
  /** Counts a socket; what is returned takes it off again, once. */
  enter(request: IncomingMessage): () => void
}

export function createAdmission(
  config: Pick<Config, 'ALLOWED_ORIGINS' | 'MAX_SOCKETS_PER_ADDRESS' | 'TRUST_PROXY'>,
): Admission {
  const origins = createOrigins(config)
  const trusted = trustedProxies(config.TRUST_PROXY)
  const sockets = new Map<string, number>()
  const keyOf = (request: IncomingMessage) => addressKey(addressOf(request, trusted))

  return {
    originAllowed: origins.allows,
    hasRoom: (request) => (sockets.get(keyOf(request)) ?? 0) < config.MAX_SOCKETS_PER_ADDRESS,
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
