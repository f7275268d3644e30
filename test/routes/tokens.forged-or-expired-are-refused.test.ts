import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'tap'
import { signingKey } from '../../src/auth/access-tokens.js'
import type { Registered } from '../../src/schemas/accounts.js'
import { MovedClock } from '../helper/moved-clock.js'
import { SETTINGS, startOne } from '../helper/servers.js'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function hs(header: object, claims: unknown, secret: string, algorithm = 'sha256'): string {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${createHmac(algorithm, secret).update(input).digest('base64url')}`
}

test('only a token that this server signed, as it signs, and in its time, is somebody', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock })
  const { body } = await server.call<Registered>('POST', '/v1/accounts', {
    body: {
      role: 'client',
      email: 'ada@example.com',
      password: 'a good password',
      name: 'Ada',
      timeZone: 'UTC',
    },
  })
  const [header64 = '', claims64 = '', signature = ''] = body.accessToken.split('.')
  const claims = JSON.parse(Buffer.from(claims64, 'base64url').toString()) as Record<string, unknown>
  const { kid } = signingKey(SETTINGS.JWT_SECRET)
  const header = { alg: 'HS256', typ: 'JWT', kid }
  const ours = (changed: object) => hs(header, { ...claims, ...changed }, SETTINGS.JWT_SECRET)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const rsInput = `${encode({ ...header, alg: 'RS256' })}.${claims64}`
  const { iss: _iss, ...withoutIssuer } = claims
  const { exp: _exp, ...withoutEnd } = claims

  const forged: Record<string, string> = {
    'no algorithm': `${encode({ ...header, alg: 'none' })}.${claims64}.`,
    'no algorithm, signature kept': `${encode({ ...header, alg: 'none' })}.${claims64}.${signature}`,
    'another key': hs(header, claims, 'some other secret of 32 characters'),
    'an empty key': hs(header, claims, 'x').replace(/[^.]+$/, ''),
    'another algorithm of the family': hs({ ...header, alg: 'HS512' }, claims, SETTINGS.JWT_SECRET, 'sha512'),
    'a public-key algorithm': `${rsInput}.${sign('sha256', Buffer.from(rsInput), privateKey).toString('base64url')}`,
    'an altered role': `${header64}.${encode({ ...claims, role: 'provider' })}.${signature}`,
    'an unknown key id': hs({ ...header, kid: 'mine' }, claims, SETTINGS.JWT_SECRET),
    'another issuer': ours({ iss: 'somebody else' }),
    'another audience': ours({ aud: 'another service' }),
    'no issuer': hs(header, withoutIssuer, SETTINGS.JWT_SECRET),
    'no end': hs(header, withoutEnd, SETTINGS.JWT_SECRET),
    'a role that does not exist': ours({ role: 'admin' }),
    'claims that are a list': hs(header, [claims], SETTINGS.JWT_SECRET),
    'claims that are null': hs(header, null, SETTINGS.JWT_SECRET),
    'an account that is an operator': ours({ sub: { $ne: '' } }),
    'one dot': `${header64}.${claims64}`,
    'a dot more': `${body.accessToken}.x`,
    'a space inside': body.accessToken.replace('.', ' .'),
    'a refresh token': body.refreshToken,
    nothing: '',
  }
  for (const [what, token] of Object.entries(forged)) {
    const answer = await server.call<{ code: string }>('GET', '/v1/me', {
      headers: { authorization: `Bearer ${token}` },
    })
    t.equal(answer.status, 401, what)
    t.equal(answer.body.code, 'unauthenticated')
    t.match(answer.headers.get('www-authenticate'), /^Bearer/)
    t.equal(server.app.tokens.verify(token), null, `${what}, on a socket`)
  }

  t.equal(
    (await server.call('GET', '/v1/me', { token: ours({}) })).status,
    200,
    'made alike it is good (control)',
  )
  clock.move(Number(claims.exp) * 1000 - clock.now())
  t.equal(
    (await server.call('GET', '/v1/me', { token: body.accessToken })).status,
    401,
    'and ends to the second',
  )
  t.equal(server.app.tokens.verify(body.accessToken), 'expired')
})

test('the scheme is read in any case, others are nobody', async (t) => {
  const server = await startOne(t)
  const { body } = await server.call<Registered>('POST', '/v1/accounts', {
    body: {
      role: 'client',
      email: 'ada@example.com',
      password: 'a good password',
      name: 'Ada',
      timeZone: 'UTC',
    },
  })
  for (const [authorization, status] of [
    [`Bearer ${body.accessToken}`, 200],
    [`bearer ${body.accessToken}`, 200],
    [`Basic ${body.accessToken}`, 401],
    [body.accessToken, 401],
    [`Bearer ${body.accessToken}, Bearer ${body.accessToken}`, 401],
  ] as const) {
    t.equal(
      (await server.call('GET', '/v1/me', { headers: { authorization } })).status,
      status,
      authorization,
    )
  }
})
