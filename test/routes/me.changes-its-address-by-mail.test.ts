import { test } from 'tap'
import type { Me } from '../../src/schemas/accounts.js'
import { nextMail, startMailing } from '../helper/mailbox.js'
import { PASSWORD, register, type SignedIn, type TestServer } from '../helper/servers.js'

let addresses = 0
const another = () => `another-${process.pid}-${addresses++}@example.com`

function change(server: TestServer, { token }: SignedIn, email: string) {
  return server.call<Me & { code: string }>('PATCH', '/v1/me', {
    token,
    body: { email, currentPassword: PASSWORD },
  })
}

const signIn = (server: TestServer, email: string) =>
  server.call('POST', '/v1/token', { body: { email, password: PASSWORD } })

test('another address counts once its link is used, and can be taken back from the one before', async (t) => {
  const [server, other] = await startMailing(t)
  if (!server || !other) throw new Error('fewer than two servers')
  const client = await register(server, 'client')
  const email = another()
  const asked = await change(server, client, email)
  t.match(asked.body, { email: client.email, pendingEmail: email, emailVerified: false })
  t.equal((await signIn(server, email)).status, 401)
  const toNew = await nextMail(server, email)
  t.equal((await other.call('POST', toNew.links[0] ?? '')).status, 200)
  const after = await server.call<Me>('GET', '/v1/me', { token: client.token })
  t.match(after.body, { email, emailVerified: true })
  t.notOk('pendingEmail' in after.body)
  t.equal((await signIn(server, email)).status, 200)

  const toOld = await nextMail(server, client.email)
  t.equal((await server.call('POST', toOld.links[0] ?? '')).status, 200)
  t.equal((await other.call('GET', '/v1/me', { token: client.token })).status, 401, 'its sessions have ended')
  t.equal((await signIn(server, email)).status, 401)
  t.equal((await signIn(server, client.email)).status, 200)
})

test('an address belongs to one account, whoever proves it first', async (t) => {
  const [server, other] = await startMailing(t)
  if (!server || !other) throw new Error('fewer than two servers')
  const [ada, bob] = [await register(server, 'client'), await register(server, 'client')]
  t.equal((await change(server, ada, bob.email)).body.code, 'email_taken')
  const email = another()
  await change(server, ada, email)
  await change(server, bob, email)
  await nextMail(server, email, 1)
  const links = await Promise.all(
    [ada, bob].map(async ({ id }) => {
      const about = (
        await server.app.mongo
          .collection<{ _id: string; pendingEmail: { id: string } }>('accounts')
          .findOne({ _id: id })
      )?.pendingEmail.id
      const expiresAt = server.app.clock.now() + 3_600_000
      return server.app.links.make({
        purpose: 'address-change',
        accountId: id,
        about: about ?? '',
        expiresAt,
      })
    }),
  )
  const answers = await Promise.all(
    links.map((link, index) => (index ? other : server).call('POST', new URL(link).pathname)),
  )
  t.same(answers.map(({ status }) => status).sort(), [200, 409])
})

test('another password ends a change of address that was asked for', async (t) => {
  const [server] = await startMailing(t, { count: 1 })
  if (!server) throw new Error('no server')
  const newPassword = 'another long password'
  const ways: Record<string, (client: SignedIn) => Promise<{ status: number }>> = {
    change: ({ token }) =>
      server.call('PATCH', '/v1/me', { token, body: { password: newPassword, currentPassword: PASSWORD } }),
    async reset({ id }) {
      const expiresAt = server.app.clock.now() + 3_600_000
      const link = await server.app.links.make({
        purpose: 'password-reset',
        accountId: id,
        about: '0',
        expiresAt,
      })
      return server.call('POST', new URL(link).pathname, { body: { password: newPassword } })
    },
    // Control.
    rename: ({ token }) => server.call('PATCH', '/v1/me', { token, body: { name: 'Another name' } }),
  }
  for (const [way, act] of Object.entries(ways)) {
    const client = await register(server, 'client')
    const email = another()
    await change(server, client, email)
    const { links } = await nextMail(server, email)
    t.equal((await act(client)).status, 200)
    t.equal((await server.call('POST', links[0] ?? '')).status, way === 'rename' ? 200 : 404, way)
    t.equal((await server.app.accounts.own(client.id))?.email, way === 'rename' ? email : client.email, way)
  }
  const client = await register(server, 'client')
  const email = another()
  const body = { email, password: newPassword, currentPassword: PASSWORD }
  const both = await server.call<Me>('PATCH', '/v1/me', { token: client.token, body })
  t.match(both.body, { pendingEmail: email }, 'asked for with the password')
})
