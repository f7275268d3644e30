import t from 'tap'
import { languageOf } from '../../src/http/accept-language.js'

const chosen = (header?: string) =>
  languageOf({ headers: header === undefined ? {} : { 'accept-language': header } })

t.test('the most wanted of ours is chosen, in whatever order it stands there', async (t) => {
  t.equal(chosen('fr'), 'fr')
  t.equal(chosen('de-AT,de;q=0.9,en;q=0.8'), 'de')
  t.equal(chosen('en;q=0.3, ar-EG;q=0.7'), 'ar')
  t.equal(chosen('nl, pt-BR;q=0.9, ES;q=0.1'), 'es', 'others are passed over')
})

t.test('who asks for none of ours, or for nothing that can be read, gets English', async (t) => {
  for (const header of [undefined, '', '*', 'nl', 'de;q=0', ',;q=,', 'x'.repeat(5000)])
    t.equal(chosen(header), 'en', String(header).slice(0, 20))
})
