import t from 'tap'
import { bearerToken } from '../../src/http/bearer.js'

t.test('a token is what follows the scheme, whatever its case', async (t) => {
  t.equal(bearerToken('Bearer a.b-c_d'), 'a.b-c_d')
  t.equal(bearerToken('bearer  x'), 'x')
})

t.test('nothing else is a token', async (t) => {
  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic x', 'Bearer x y', ' Bearer x'])
    t.equal(bearerToken(header), undefined, String(header))
})
