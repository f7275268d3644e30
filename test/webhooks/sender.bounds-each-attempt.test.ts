import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { retryAfterMs } from '../../src/webhooks/retry-after.js'
import { WebhookSender } from '../../src/webhooks/sender.js'
import { NOON } from '../helper/moved-clock.js'
import { until } from '../helper/until.js'
import { startReceiver, status } from '../helper/webhook-receiver.js'

const never = new AbortController().signal
const message = (url: string) => ({ url, headers: {}, body: '{"a":1}' })
const sender = (withinMs?: number) =>
  new WebhookSender({
    allowPrivate: true,
    resolve: async () => ['127.0.0.1'],
    now: () => NOON,
    ...(withinMs !== undefined && { withinMs }),
  })

t.test('what an answer means', async (t) => {
  const receiver = await startReceiver(t)
  for (const code of [200, 201, 202, 204, 299]) {
    receiver.answer(status(code))
    t.same(await sender().send(message(receiver.url), never), { ok: true, status: code })
  }
  for (const code of [304, 400, 404, 410, 429, 500, 503]) {
    receiver.answer(status(code))
    t.match(await sender().send(message(receiver.url), never), { ok: false, status: code })
  }
  receiver.answer(status(503, { 'retry-after': '120' }))
  t.match(await sender().send(message(receiver.url), never), { retryAfterMs: 120_000 })
  await until(() => receiver.connections().open === 0, 'each attempt has ended its connection')
})

t.test('how long it asks to be left alone', async (t) => {
  const day = 86_400_000
  t.equal(retryAfterMs('0', NOON), 0)
  t.equal(retryAfterMs(' 90 ', NOON), 90_000)
  t.equal(retryAfterMs('99999999999999999999', NOON), day, 'a day at most')
  t.equal(retryAfterMs(new Date(NOON + 60_000).toUTCString(), NOON), 60_000)
  t.equal(retryAfterMs(new Date(NOON - 60_000).toUTCString(), NOON), 0)
  t.equal(retryAfterMs(new Date(NOON + 9 * day).toUTCString(), NOON), day)
  for (const text of [undefined, '', '-1', '1.5', 'soon', '2027-08-13', 'Fri, 99 Aug 2027 12:00:00 GMT']) {
    t.equal(retryAfterMs(text, NOON), null, String(text))
  }
})

t.test('who is not there, or hangs up', async (t) => {
  const gone = await startReceiver(t)
  gone.answer((response) => response.socket?.destroy())
  t.match(await sender().send(message(gone.url), never), {
    ok: false,
    error: 'connection closed without an answer',
  })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  t.match(await sender().send(message(`http://127.0.0.1:${port}/`), never), {
    ok: false,
    error: 'connection refused',
  })
  gone.answer((response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'x' }).end())
  t.match(await sender().send(message(gone.url), never), { ok: false })
})

t.test('who says nothing is left after the time of an attempt, also while it resolves', async (t) => {
  const silent = await startReceiver(t)
  silent.answer(() => {})
  t.same(await sender(200).send(message(silent.url), never), { ok: false, error: 'no answer in time' })
  await until(() => silent.connections().open === 0, 'the connection has ended')
  const unresolved = new WebhookSender({
    allowPrivate: true,
    resolve: () => new Promise(() => {}),
    now: () => NOON,
    withinMs: 50,
  })
  t.same(await unresolved.send(message(silent.url.replace('127.0.0.1', 'silent.example')), never), {
    ok: false,
    error: 'no answer in time',
  })
})

t.test('an answer without end is cut off, and what it began with counts', async (t) => {
  const endless = await startReceiver(t)
  let written = 0
  endless.answer((response) => {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(16_384))) written += 16_384
    }
    response.on('drain', more)
    response.on('close', () => response.off('drain', more))
    more()
  })
  t.same(await sender().send(message(endless.url), never), { ok: true, status: 200 })
  await until(() => endless.connections().open === 0, 'the connection has ended')
  t.ok(written < 16 * 1024 * 1024, `${written} bytes were written, most of them into buffers`)
  endless.answer((response) => {
    response.writeHead(500)
    response.write('a little')
  })
  t.match(
    await sender(300).send(message(endless.url), never),
    { ok: false, status: 500 },
    'one that dribbles',
  )
  await until(() => endless.connections().open === 0, 'the connection has ended')
})

t.test('the end of the server ends what is under way', async (t) => {
  const silent = await startReceiver(t)
  silent.answer(() => {})
  const ending = new AbortController()
  const sent = sender().send(message(silent.url), ending.signal)
  await silent.count(1)
  ending.abort()
  t.match(await sent, { ok: false })
  t.match(await sender().send(message(silent.url), ending.signal), { ok: false }, 'and what has not begun')
  t.equal(silent.received.length, 1)
})
