import t from 'tap'
import { withWords } from '../helper/database-proxy.js'
import { publish, register, type TestServer } from '../helper/servers.js'
import { nearAndFar } from '../helper/two-servers.js'

const PATIENCE_MS = 20_000

/** Tries until it is so; the answer that was not is in the failure. */
async function until<T>(what: string, ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  const limit = performance.now() + PATIENCE_MS
  for (;;) {
    const answer = await ask()
    if (isSo(answer)) return answer
    if (performance.now() > limit) throw new Error(`never came: ${what}; last: ${JSON.stringify(answer)}`)
  }
}

/** The request for the sessions that have ended. */
const isLook = withWords('sessions', 'endedAt')

async function ages(server: TestServer): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^slotcast_session_poll_age_seconds (\S+)$/m.exec(text)?.[1])
}

t.test('one connection that falls silent under the look does not keep an ended session alive', async (t) => {
  const { near, far, proxy } = await nearAndFar(t)
  const ada = await signUp(near)
  const me = () => far.call('GET', '/v1/me', { token: ada.accessToken })
  t.equal((await me()).status, 200)

  const stalled = await proxy.stallAt(isLook)
  const signedOut = performance.now()
  await near.call('POST', '/v1/token/revoke', { body: { refreshToken: ada.refreshToken } })
  const refused = await until('the end of the session', me, ({ status }) => status !== 200)
  t.equal(refused.status, 401)
  t.ok(performance.now() - signedOut < 4_500, 'before a limit of the driver (5 s) would have ended the look')
  t.ok(stalled.stalled, 'control: the connection was silent all the time')
})

t.test(
  'while every look stalls, no token is believed beyond the lease, looking goes on, /readyz is red',
  async (t) => {
    const { near, far, proxy } = await nearAndFar(t)
    const provider = await register(near, 'provider')
    const [slotId = ''] = await publish(near, provider, 2)
    const ada = await signUp(near)
    const eve = await signUp(near)
    const hold = (token: string) =>
      far.call<{ code: string }>('POST', '/v1/reservations', { token, body: { slotId } })
    const readiness = () => far.call<{ checks: { sessions: boolean } }>('GET', '/readyz')
    t.equal((await readiness()).status, 200, 'ready before')
    t.ok((await ages(far)) < 2)

    proxy.stallEach(isLook)
    await near.call('POST', '/v1/token/revoke', { body: { refreshToken: ada.refreshToken } })
    const own = await until(
      'nobody is believed',
      () => far.call<{ code: string }>('GET', '/v1/me', { token: eve.accessToken }),
      ({ status }) => status !== 200,
    )
    t.match([own.status, own.body.code], [503, 'unavailable'])

    const [signedOut, signedIn] = await Promise.all([hold(ada.accessToken), hold(eve.accessToken)])
    t.match([signedOut.status, signedOut.body.code], [503, 'unavailable'], 'a signed-out token does nothing')
    t.match([signedIn.status, signedIn.body.code], [503, 'unavailable'], 'nor does a good one')
    t.ok(signedIn.headers.get('retry-after'), 'which hears when to come back')
    t.equal((await near.app.slots.collection.findOne({ _id: slotId }))?.state, 'open', 'nothing was done')
    t.equal((await far.call('GET', `/v1/slots?providerId=${provider.id}`)).status, 200, 'looking goes on')
    t.equal(
      (await near.call('GET', '/v1/me', { token: eve.accessToken })).status,
      200,
      'control: so does the other server',
    )
    const red = await until('/readyz is red', readiness, ({ status }) => status === 503)
    t.equal(red.body.checks.sessions, false)
    t.ok((await ages(far)) >= 3, 'and the metric says how late it is')

    proxy.stopStalling()
    const after = await until(
      'the good token is believed again',
      () => hold(eve.accessToken),
      ({ status }) => status !== 503,
    )
    t.equal(after.status, 201)
    t.equal((await hold(ada.accessToken)).status, 401)
    await until('ready again', readiness, ({ status }) => status === 200)
  },
)

async function signUp(server: TestServer) {
  const { body } = await server.call<{ accessToken: string; refreshToken: string }>('POST', '/v1/accounts', {
    body: {
      role: 'client',
      email: `${Math.random().toString(36).slice(2)}@example.com`,
      password: 'correct horse battery',
      name: 'Ada',
      timeZone: 'UTC',
    },
  })
  return body
}
