import { test } from 'tap'
import type { Me } from '../../src/schemas/accounts.js'
import type { CreatedFeed, CreatedKey } from '../../src/schemas/grants.js'
import { mailsTo, nextMail, startMailing } from '../helper/mailbox.js'
import { MovedClock } from '../helper/moved-clock.js'
import { PASSWORD, register, type SignedIn, type TestServer } from '../helper/servers.js'
import { until } from '../helper/until.js'

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

const NEW_PASSWORD = 'another long password'
const DAY_MS = 86_400_000

/** The path of the link in the newest mail to an address with that subject. */
async function linkTo(server: TestServer, address: string, subject: RegExp): Promise<string> {
  let link: string | undefined
  await until(async () => {
    link = (await mailsTo(server, address)).find((mail) => subject.test(mail.subject))?.links[0]
    return link !== undefined
  }, `a mail to ${address} about ${subject}`)
  return link ?? ''
}

const ASKED = /was asked for/
const CHANGED = /was changed/
const NEW = /Confirm your new/
const ENDED = /Set a new password/

async function changed(server: TestServer, client: SignedIn, email: string): Promise<void> {
  await change(server, client, email)
  await server.call('POST', await linkTo(server, email, NEW))
}

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

  t.equal((await server.call('POST', await linkTo(server, client.email, CHANGED))).status, 200)
  t.equal((await other.call('GET', '/v1/me', { token: client.token })).status, 401, 'its sessions have ended')
  t.equal((await signIn(server, email)).status, 401)
  t.equal((await signIn(server, client.email)).status, 401, 'nor does the password that somebody knows')
  const set = { password: NEW_PASSWORD }
  await server.call('POST', await linkTo(server, client.email, ENDED), { body: set })
  const body = { email: client.email, password: NEW_PASSWORD }
  t.equal((await other.call('POST', '/v1/token', { body })).status, 200)
})

test('the present address is told what is asked for, and stops it', async (t) => {
  const [server] = await startMailing(t, { count: 1 })
  if (!server) throw new Error('no server')
  const client = await register(server, 'client')
  const email = another()
  await change(server, client, email)
  const { token } = client
  const made = { name: 'Of somebody else', scopes: ['read'] }
  const { body: key } = await server.call<CreatedKey>('POST', '/v1/keys', { token, body: made })
  const { body: feed } = await server.call<CreatedFeed>('POST', '/v1/feeds', { token, body: {} })
  const reads = async () => [
    (await server.call('GET', '/v1/me', { token: key.key })).status,
    (await fetch(feed.url)).status,
  ]
  t.same(await reads(), [200, 200], 'control')
  const stop = await linkTo(server, client.email, ASKED)
  t.equal((await server.call('POST', stop)).status, 200)
  t.same(await reads(), [401, 404], 'keys and feeds have ended as well')
  t.equal((await server.call('POST', await linkTo(server, email, NEW))).status, 404)
  t.equal((await server.call('GET', '/v1/me', { token: client.token })).status, 401)
  t.equal((await signIn(server, client.email)).status, 401)
  await server.call('POST', await linkTo(server, client.email, ENDED), { body: { password: NEW_PASSWORD } })
  const body = { email: client.email, password: NEW_PASSWORD }
  t.equal((await server.call('POST', '/v1/token', { body })).status, 200)
})

test('the first address of several takes all changes back, and is kept for it', async (t) => {
  const [server] = await startMailing(t, { count: 1 })
  if (!server) throw new Error('no server')
  const [client, bob] = [await register(server, 'client'), await register(server, 'client')]
  const [second, third] = [another(), another()]
  const registered = (email: string) =>
    server.call('POST', '/v1/accounts', {
      body: { role: 'client', email, password: PASSWORD, name: 'Somebody', timeZone: 'Europe/Berlin' },
    })
  await changed(server, client, second)
  await changed(server, client, third)
  t.equal((await signIn(server, third)).status, 200, 'control')
  for (const former of [client.email, second]) {
    t.equal((await signIn(server, former)).status, 401)
    t.equal((await registered(former)).status, 409)
    t.equal((await change(server, bob, former)).body.code, 'email_taken')
  }
  const exported = await server.call('GET', '/v1/me/export', { token: client.token })
  t.match(exported.body, { formerEmails: [{ email: client.email }, { email: second }] })
  const fromSecond = await linkTo(server, second, CHANGED)
  t.equal((await server.call('POST', await linkTo(server, client.email, CHANGED))).status, 200)
  t.equal((await server.app.accounts.own(client.id))?.email, client.email)
  t.equal((await server.call('POST', fromSecond)).status, 404, 'no way forth again')
  t.equal((await registered(second)).status, 201)
  t.equal((await registered(third)).status, 201)
})

test('an address before is free when its time is over', async (t) => {
  const clock = new MovedClock()
  const [server] = await startMailing(t, { count: 1, clock })
  if (!server) throw new Error('no server')
  const clients = [await register(server, 'client'), await register(server, 'client')]
  for (const client of clients) await changed(server, client, another())
  const registered = (email: string) =>
    server.call('POST', '/v1/accounts', {
      body: { role: 'client', email, password: PASSWORD, name: 'Somebody', timeZone: 'Europe/Berlin' },
    })
  const [one, two] = clients.map(({ email }) => email)
  t.equal((await registered(one ?? '')).status, 409, 'control')
  clock.move(7 * DAY_MS)
  t.equal((await registered(one ?? '')).status, 201)
  await server.app.accountAddresses.forgetOld()
  t.equal((await registered(two ?? '')).status, 201)
  for (const { id } of clients) t.same((await server.app.accounts.own(id))?.formerEmails, [])
})

test('of two presses at once both say what came of it', async (t) => {
  const servers = await startMailing(t)
  const [server] = servers
  if (!server) throw new Error('no server')
  const client = await register(server, 'client')
  const press = (path: string, body?: object) =>
    Promise.all(servers.map((one) => one.call('POST', path, { ...(body && { body }) })))
  const email = another()
  await change(server, client, email)
  for (const [address, subject, body] of [
    [email, NEW],
    [client.email, CHANGED],
    [client.email, ENDED, { password: NEW_PASSWORD }],
  ] as const) {
    const answers = await press(await linkTo(server, address, subject), body)
    for (const answer of answers) t.match(answer, { status: 200, body: { used: true } }, String(subject))
  }
  t.equal((await server.app.accounts.own(client.id))?.email, client.email)
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
        about: '0.0',
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
