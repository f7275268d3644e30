const BEARER = /^bearer +(\S+)$/i

/** The token of an Authorization header (RFC 6750), for requests and for the handshakes of sockets. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]
}

/** What a 401 says where no token was sent. */
export const BEARER_CHALLENGE = { 'www-authenticate': 'Bearer' }
