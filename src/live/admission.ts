/** Who may open a socket: pages of allowed origins, and so many from one address, counted over both transports. */
import type { IncomingMessage } from 'node:http'
import proxyAddr from '@fastify/proxy-addr'
import { type Config, originsOf } from '../config.js'

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
  const allowed = new Set(originsOf(config.ALLOWED_ORIGINS))
  const trusted = trustOf(config.TRUST_PROXY)
  const sockets = new Map<string, number>()
  const addressOf = (request: IncomingMessage) => proxyAddr(request, trusted)

  return {
    originAllowed({ headers: { origin, host } }) {
      if (origin === undefined) return true
      return allowed.has(origin) || (URL.canParse(origin) && new URL(origin).host === host)
    },
    hasRoom: (request) => (sockets.get(addressOf(request)) ?? 0) < config.MAX_SOCKETS_PER_ADDRESS,
    enter(request) {
      const address = addressOf(request)
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

/** As Fastify reads the same setting. */
function trustOf(setting: string): (address: string, hop: number) => boolean {
  if (setting === 'true') return () => true
  if (setting === 'false') return () => false
  if (/^\d+$/.test(setting)) return (_address, hop) => hop < Number(setting)
  return proxyAddr.compile(setting.split(',').map((part) => part.trim()))
}
