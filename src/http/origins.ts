/**
 * Whose pages may call and connect: one rule for REST, Socket.IO and the raw socket. A browser sends
 * the origin of the page and the page cannot change it; a request without Origin does not come from a page.
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
      // "null" (a file, a sandbox, a redirect) is not a URL, so it is never the own origin.
      if (origin === undefined || !URL.canParse(origin)) return false
      const { protocol, host } = new URL(origin)
      // A page loaded without TLS may not call over TLS. Without x-forwarded-proto the server cannot know.
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
