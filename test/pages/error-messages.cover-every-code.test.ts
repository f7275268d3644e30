import t from 'tap'
import { catalogue } from '../../src/http/problems.js'
import { mergeAnnouncements } from '../../src/pages/shared/merge-announcements.js'
import { errors } from '../../src/pages/shared/text/errors/en.js'
import { grammarOf } from '../../src/pages/shared/text/grammar.js'

/** The types have the other languages name the same codes. */
const sentences = errors(grammarOf('en'))

t.test('each code of the catalogue is said in words, with what to do next', async (t) => {
  t.same(
    Object.keys(sentences)
      .filter((code) => code !== 'offline' && code !== 'wrong_password')
      .sort(),
    Object.keys(catalogue).sort(),
  )
  for (const [code, { text, next }] of Object.entries(sentences)) {
    t.match(text, /^[A-Z].*\.$/, code)
    t.match(next, /^[A-Z].*\.$/, code)
    t.notOk(text.includes('_') || next.includes('_'), `${code} is words, not a code`)
  }
})

t.test('many changes are one utterance', async (t) => {
  const more = (count: number) => `And ${count} more.`
  t.equal(mergeAnnouncements(['A.', 'B.', 'A.'], more), 'A. B.')
  t.equal(mergeAnnouncements(['A.', 'B.', 'C.', 'D.', 'E.'], more), 'C. D. E. And 2 more.')
})
