/** Against real servers on loopback, which stand for what must not be reached. */
import t from 'tap'
import { localCertificate } from '../../src/database/embedded/local-certificate.js'
import { resolveAny } from '../../src/webhooks/resolve.js'
import { WebhookSender } from '../../src/webhooks/sender.js'
import { startReceiver, status } from '../helper/webhook-receiver.js'

const never = new AbortController().signal
const PUBLIC = '8.8.8.8'
const message = (url: string) => ({ url, headers: { 'webhook-id': 'msg_1' }, body: '{}' })

t.test('a name that was public when it was written down and is not any more', async (t) => {
  const inside = await startReceiver(t)
  const asked: string[] = []
  const sender = new WebhookSender({
    allowPrivate: false,
    resolve: async (name) => [asked.push(name) === 1 ? PUBLIC : '127.0.0.1'],
    now: () => 0,
  })
  const url = `https://rebound.example:${inside.port}/`
  t.same((await sender.check(url, never)).addresses, [PUBLIC], 'control: at first it was')
  t.same(await sender.send(message(url), never), {
    ok: false,
    error: 'the address must lead to a public address',
    isRefused: true,
  })
  t.same(asked, ['rebound.example', 'rebound.example'], 'each attempt asks again, and once')
  t.same(inside.connections(), { open: 0, most: 0 }, 'nobody has even connected')
})

t.test('a name with one address outside and one inside', async (t) => {
  for (const addresses of [
    [PUBLIC, '127.0.0.1'],
    ['127.0.0.1', PUBLIC],
    [PUBLIC, '::ffff:10.0.0.1'],
    ['64:ff9b::7f00:1'],
    ['169.254.169.254'],
    [],
  ]) {
    const sender = new WebhookSender({ allowPrivate: false, resolve: async () => addresses, now: () => 0 })
    t.match(await sender.send(message('https://two.example/'), never), { ok: false, error: /^the address/ })
  }
})

t.test('numbers and names of this machine', async (t) => {
  const inside = await startReceiver(t)
  const sender = new WebhookSender({ allowPrivate: false, resolve: resolveAny, now: () => 0 })
  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '0',
    'localhost',
    'localhost.',
  ]) {
    const attempt = await sender.send(message(`https://${host}:${inside.port}/`), never)
    t.match(attempt, { ok: false, error: 'the address must lead to a public address' }, host)
  }
  t.same(inside.connections().most, 0)
  const trying = new WebhookSender({ allowPrivate: true, resolve: resolveAny, now: () => 0 })
  for (const host of ['127.0.0.1', '2130706433', 'localhost']) {
    t.match(
      await trying.send(message(`http://${host}:${inside.port}/`), never),
      { ok: true },
      `control: ${host}`,
    )
  }
})

t.test(
  'the connection goes to the address that was checked, and the name stays in the request',
  async (t) => {
    const receiver = await startReceiver(t)
    const sender = new WebhookSender({ allowPrivate: true, resolve: async () => ['127.0.0.1'], now: () => 0 })
    // Nothing else knows this name: only what was resolved here can lead anywhere.
    const url = `http://pinned.invalid:${receiver.port}/hook?token=x`
    t.same(await sender.send(message(url), never), { ok: true, status: 204 })
    t.match(receiver.received, [
      {
        method: 'POST',
        path: '/hook?token=x',
        body: '{}',
        headers: { host: `pinned.invalid:${receiver.port}`, 'webhook-id': 'msg_1' },
      },
    ])
  },
)

t.test('a redirect to what is inside is not followed', async (t) => {
  const inside = await startReceiver(t)
  const receiver = await startReceiver(t)
  const sender = new WebhookSender({ allowPrivate: true, resolve: resolveAny, now: () => 0 })
  for (const code of [301, 302, 303, 307, 308]) {
    for (const location of ['http://169.254.169.254/latest/meta-data/', inside.url]) {
      receiver.answer(status(code, { location }))
      t.match(await sender.send(message(receiver.url), never), {
        ok: false,
        status: code,
        error: `answered ${code}; redirects are not followed`,
      })
    }
  }
  t.equal(receiver.received.length, 10)
  t.same(inside.received, [])
})

t.test('TLS is checked against the name', async (t) => {
  const { certificate: cert, key, authority: ca } = localCertificate()
  const receiver = await startReceiver(t, { tls: { cert, key } })
  const options = { allowPrivate: true, resolve: async () => ['127.0.0.1'], now: () => 0 }
  const trusting = new WebhookSender({ ...options, ca })
  t.match(
    await trusting.send(message(receiver.url), never),
    { ok: true },
    'control: a certificate of this address',
  )
  const named = `https://other.example:${receiver.port}/`
  const refused = { ok: false, error: 'its certificate is not accepted' }
  t.same(await trusting.send(message(named), never), refused, 'a certificate of another name')
  t.same(
    await new WebhookSender(options).send(message(receiver.url), never),
    refused,
    'of an unknown authority',
  )
  t.equal(receiver.received.length, 1)
  const plain = await startReceiver(t)
  t.match(await trusting.send(message(`https://127.0.0.1:${plain.port}/`), never), {
    ok: false,
    error: 'it does not speak TLS',
  })
})
