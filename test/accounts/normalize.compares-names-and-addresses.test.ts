import fc from 'fast-check'
import { test } from 'tap'
import { comparableEmail, literalPattern, searchable } from '../../src/accounts/normalize.js'

test('addresses are compared without case, spaces around them, and look-alike widths', async (t) => {
  for (const text of ['ada@example.com', ' ADA@Example.COM\t', 'ａｄａ@example.com']) {
    t.equal(comparableEmail(text), 'ada@example.com')
  }
  t.not(comparableEmail('ada+1@example.com'), 'ada@example.com', 'but a tag is another mailbox')
})

test('names are searched without case and accents', async (t) => {
  t.equal(searchable('  Zoë  Müller-Ångström '), 'zoe muller-angstrom')
  t.equal(searchable('ﬁne'), 'fine')
  t.equal(searchable('Ｇｒａｃｅ'), 'grace', 'full width')
  t.equal(searchable('Gr\u200ba\u00adce'), 'grace', 'what cannot be seen')
  t.equal(searchable('Zoe\u0308'), searchable('Zo\u00eb'))
  t.equal(searchable('$past'), '$past')
  t.equal(searchable('"\\ \u0007'), '')
})

test('what is searched by fits into a cursor', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (name) => {
      const cursor = Buffer.from(JSON.stringify([searchable(name), 'f'.repeat(32)])).toString('base64url')
      return cursor.length <= 200
    }),
    { numRuns: 2_000 },
  )
  t.pass()
})

test('a pattern made of a text finds that text and is always a pattern', async (t) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, around) =>
      new RegExp(literalPattern(text)).test(`${around}${text}${around}`),
    ),
  )
  t.notOk(new RegExp(literalPattern('.*')).test('anything'))
})
