/** The address of a caller behind proxies: TRUST_PROXY is interpreted here for requests and for sockets. */
import type { IncomingMessage } from 'node:http'
import proxyAddr from '@fastify/proxy-addr'

/** Whether what this hop says of the one before it is trusted; hop 0 is the peer of the connection. */
export type Trusted = (address: string, hop: number) => boolean

type Heard = Pick<IncomingMessage, 'headers' | 'socket'>

/** false, the number of proxies in front (true: one), or their addresses. */
export function trustedProxies(setting: string): Trusted {
  if (setting === 'false') return () => false
  const hops = setting === 'true' ? 1 : Number(setting)
  if (Number.isInteger(hops)) return (_address, hop) => hop < hops
  return proxyAddr.compile(setting.split(',').map((part) => part.trim()))
}

export function addressOf(request: IncomingMessage, trusted: Trusted): string {
  return proxyAddr(request, trusted)
}

/** The host that the client asked for, as a trusted proxy forwards it. */
export function hostOf(request: Heard, trusted: Trusted): string | undefined {
  return forwarded(request, 'x-forwarded-host', trusted) ?? request.headers.host
}

export function isHttps(request: Heard, trusted: Trusted): boolean {
  return 'encrypted' in request.socket || forwarded(request, 'x-forwarded-proto', trusted) === 'https'
}

/** The last entry, which the nearest proxy wrote; earlier ones may come from the client. */
function forwarded({ headers, socket }: Heard, name: string, trusted: Trusted): string | undefined {
  const value = headers[name]
  if (value === undefined || !trusted(socket.remoteAddress ?? '', 0)) return undefined
  return [value].flat().join(',').split(',').at(-1)?.trim()
}
