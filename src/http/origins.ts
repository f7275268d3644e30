/**
 * Whose pages may call and connect: one rule for REST, Socket.IO and the raw socket. Browsers say where a page comes
 * from and do not let it lie; who sends no Origin is no browser, and carries no one else's cookies.
 */
import type { IncomingMessage } from 'node:http'
import { type Config, originsOf } from '../config.js'
import { hostOf, isHttps, trustedProxies } from './proxies.js'

type Heard = Pick<IncomingMessage, 'headers' | 'socket'>

export interface Origins {
  /** Named in ALLOWED_ORIGINS. */
  isListed(origin: string | undefined): origin is string
  /** A page of this server itself. Without an Origin it is none. */
  isOwn(request: Heard): boolean
  /** Listed, own, or no browser. */
  allows(request: Heard): boolean
}

export function createOrigins(config: Pick<Config, 'ALLOWED_ORIGINS' | 'TRUST_PROXY'>): Origins {
  const listed = new Set(originsOf(config.ALLOWED_ORIGINS))
  const trusted = trustedProxies(config.TRUST_PROXY)

  const origins: Origins = {
    isListed: (origin): origin is string => origin !== undefined && listed.has(origin),
    isOwn(request) {
      const { origin } = request.headers
      // "null" (a file, a sandbox, a redirect) is no URL and so nobody's own.
      if (origin === undefined || !URL.canParse(origin)) return false
      const { protocol, host } = new URL(origin)
      // What came by TLS is not for pages that did not; without a word of it from the proxy, nobody knows.
      if (protocol !== 'https:' && (protocol !== 'http:' || isHttps(request, trusted))) return false
      return host === withoutDefaultPort(hostOf(request, trusted), protocol)
    },
    allows: (request) =>
      request.headers.origin === undefined ||
      origins.isListed(request.headers.origin) ||
      origins.isOwn(request),
  }
  return origins
}

function withoutDefaultPort(host: string | undefined, protocol: string): string | null {
  const url = `${protocol}//${host}`
  return host !== undefined && URL.canParse(url) ? new URL(url).host : null
}
