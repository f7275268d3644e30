import t from 'tap'
import { hashOf, hintOf, isGrantText, newGrantText } from '../../src/auth/grant-text.js'

t.test('a text has a prefix, 256 random bits in letters and digits, and a checksum', (t) => {
  const key = newGrantText('key')
  const feed = newGrantText('feed')
  t.match(key, /^sk_slotcast_[0-9A-Za-z]{49}$/)
  t.match(feed, /^feed_slotcast_[0-9A-Za-z]{49}$/)
  t.ok(isGrantText('key', key))
  t.ok(isGrantText('feed', feed))
  t.notOk(isGrantText('feed', key), 'each is one kind only')
  t.notOk(isGrantText('key', feed))
  t.equal(hintOf(key), key.slice(-4))
  const texts = new Set(Array.from({ length: 2_000 }, () => newGrantText('key')))
  t.equal(texts.size, 2_000)
  // 62^43 is just above 2^256: the first digit tells whether the highest bits are random.
  const first = new Set([...texts].map((text) => text.charAt('sk_slotcast_'.length)))
  t.ok(first.size > 5, `${first.size} different first digits`)
  t.end()
})

t.test('one character that is wrong, missing or too many is found without asking anybody', (t) => {
  const key = newGrantText('key')
  const others = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_ '
  let accepted = 0
  for (let at = 0; at < key.length; at++) {
    for (const other of others) {
      if (other === key[at]) continue
      if (isGrantText('key', key.slice(0, at) + other + key.slice(at + 1))) accepted++
    }
  }
  t.equal(accepted, 0)
  for (const text of ['', 'sk_slotcast_', key.slice(1), key.slice(0, -1), `${key}0`, ` ${key}`, `${key}\n`])
    t.notOk(isGrantText('key', text), JSON.stringify(text))
  t.ok(isGrantText('key', key), 'control: the text itself is accepted')
  t.end()
})

t.test('the hash is of the whole text, and says nothing of it', (t) => {
  const key = newGrantText('key')
  t.match(hashOf(key), /^[\w-]{43}$/)
  t.not(hashOf(key), hashOf(key.slice(0, -1)))
  t.end()
})
