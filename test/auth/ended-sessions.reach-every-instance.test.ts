import EventEmitter, { once } from 'node:events'
import { test } from 'tap'
import type { EndedSession } from '../../src/auth/sessions.js'
import type { Registered } from '../../src/schemas/accounts.js'
import type { TestServer } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'

async function signUp(server: TestServer, email: string) {
  const { body } = await server.call<Registered>('POST', '/v1/accounts', {
    body: { role: 'client', email, password: 'correct horse battery', name: 'Ada', timeZone: 'UTC' },
  })
  return body
}

function heard(server: TestServer) {
  const ends = new EventEmitter()
  const all: EndedSession[] = []
  server.app.tokens.onEnded((ended) => {
    all.push(ended)
    ends.emit(ended.session, ended)
  })
  return { all, next: (session: string) => once(ends, session, { signal: AbortSignal.timeout(5_000) }) }
}

test('a session that ends on one instance is refused by the other within a second, and told to its listeners once', async (t) => {
  const [one, other] = await twoServers(t)
  const ada = await signUp(one, 'ada@example.com')
  const eve = await signUp(one, 'eve@example.com')
  const there = heard(other)
  const here = heard(one)
  const caller = other.app.tokens.verify(ada.accessToken)
  if (caller === null || caller === 'expired') throw new Error('the token is good before')
  t.equal((await other.call('GET', '/v1/me', { token: ada.accessToken })).status, 200)

  const ended = there.next(caller.session)
  const asked = performance.now()
  const revoked = await one.call('POST', '/v1/token/revoke', { body: { refreshToken: ada.refreshToken } })
  t.equal(revoked.status, 204)
  t.same(here.all, [{ session: caller.session, accountId: caller.id }], 'on its own instance at once')
  t.equal((await one.call('GET', '/v1/me', { token: ada.accessToken })).status, 401)
  await ended
  t.ok(performance.now() - asked < 1_000, 'on the other within a second')

  const refused = await other.call('GET', '/v1/me', { token: ada.accessToken })
  t.equal(refused.status, 401)
  t.equal(
    (await other.call('GET', '/v1/me', { token: eve.accessToken })).status,
    200,
    "eve's goes on (control)",
  )

  // A later end is heard after everything before it, so what was told twice would have been by then.
  const eveCaller = other.app.tokens.verify(eve.accessToken)
  if (eveCaller === null || eveCaller === 'expired') throw new Error('the token of eve is good')
  const later = there.next(eveCaller.session)
  await one.app.tokens.endAll(eveCaller.id)
  await later
  t.same(
    there.all.map(({ session }) => session),
    [caller.session, eveCaller.session],
  )
})
