import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { messageId, newSecret, signedHeaders } from '../../src/webhooks/signature.js'

const body = '{"type":"webhook.test"}'

t.test('what is signed is verified by the library of the standard', async (t) => {
  const [old, secret] = [newSecret(), newSecret()]
  t.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const id = messageId('a.20270813T1200Z:7:webhook:endpoint')
  const headers = signedHeaders({ id, body, at: Date.now() }, [secret, old])
  t.equal(headers['webhook-signature']?.split(' ').length, 2)
  t.same(new Webhook(secret).verify(body, headers), { type: 'webhook.test' })
  t.same(new Webhook(old).verify(body, headers), { type: 'webhook.test' }, 'either of two secrets')
  t.throws(
    () => new Webhook(newSecret()).verify(body, headers),
    /No matching signature/,
    'control: not by another',
  )
  t.throws(() => new Webhook(secret).verify(`${body} `, headers), /No matching/, 'control: not altered')
  t.throws(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'msg_2' }), /No matching/)
  const early = signedHeaders({ id, body, at: Date.now() - 3_600_000 }, [secret])
  t.throws(() => new Webhook(secret).verify(body, early), /too old/, 'control: its time counts')
})

t.test('a message is called the same whenever it is sent, and has no full stop', async (t) => {
  t.equal(messageId('a.b:1:webhook:x'), messageId('a.b:1:webhook:x'))
  t.not(messageId('a.b:1:webhook:x'), messageId('a.b:2:webhook:x'))
  t.match(messageId('a.b:1:webhook:x'), /^msg_[0-9a-f]{32}$/)
})
