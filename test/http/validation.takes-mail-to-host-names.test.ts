import t from 'tap'
import { Type } from 'typebox'
import { checker } from '../../src/http/validation.js'

const check = checker(Type.String({ format: 'email' }))

t.test('an address at a host name is taken, in any script', async (t) => {
  const taken = [
    'ada@example.com',
    "o'neil+list.1@mail.example.co.uk",
    'ada@EXAMPLE.com',
    'jörg@bücher.example',
    'ada@xn--bcher-kva.example',
    'почта@пример.рф',
    'डाक@उदाहरण.परीक्षा',
    'ada@1.example.org',
    `ada@${'a'.repeat(63)}.example`,
  ]
  for (const address of taken) t.equal(check(address).ok, true, address)
})

t.test('what is mailed as another address is refused', async (t) => {
  const domains = [
    ...'<>(),;:"\\[]/!_%&*= \u00ad\u200b\u200d\u0001\u3164'.split('').map((sign) => `exam${sign}ple.com`),
    'example.com>',
    '-example.com',
    'example-.com',
    'example..com',
    'example.com.',
    'example。com',
    'example',
    '127.0.0.1',
    'example.0x7f',
    `${'a'.repeat(64)}.example`,
    'xn--\u00fc.example',
  ]
  const refused = [
    ...domains.map((domain) => `ada@${domain}`),
    ...['a\u0001da', 'a\u00adda', 'a\u200bda', 'a da', 'a<da', 'a@da', ''].map(
      (local) => `${local}@example.com`,
    ),
  ]
  for (const address of refused) {
    const checked = check(address)
    t.match(checked, { ok: false, errors: [{ rule: 'email' }] }, JSON.stringify(address))
  }
})
