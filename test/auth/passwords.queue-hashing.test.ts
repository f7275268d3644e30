import { test } from 'tap'
import { createPasswords, OWASP_COST } from '../../src/auth/passwords.js'
import { Refusal } from '../../src/http/problems.js'

const cost = { memoryCost: 64, timeCost: 2, parallelism: 1 }

test('a password matches its own hash only, and nobody has one', async (t) => {
  const passwords = await createPasswords({ cost })
  const hash = await passwords.hash('correct horse')
  t.match(hash, /^\$argon2id\$v=19\$m=64,/)
  t.not(await passwords.hash('correct horse'), hash, 'salted')
  t.equal(await passwords.matches(hash, 'correct horse'), true)
  t.equal(await passwords.matches(hash, 'correct horsE'), false)
  t.equal(await passwords.matches(null, 'correct horse'), false)
})

test('without settings of a test it costs what OWASP asks for', async (t) => {
  const passwords = await createPasswords()
  t.match(await passwords.hash('correct horse'), /^\$argon2id\$v=19\$m=19456,(t=2,p=1|p=1,t=2)\$/)
  t.same(OWASP_COST, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
})

test('a hash made at another cost is outdated', async (t) => {
  const cheap = await createPasswords({ cost })
  const dearer = await createPasswords({ cost: { ...cost, timeCost: 3 } })
  const hash = await cheap.hash('correct horse')
  t.equal(cheap.isOutdated(hash), false)
  t.equal(dearer.isOutdated(hash), true)
  t.equal(await dearer.matches(hash, 'correct horse'), true, 'but still good')
})

test('so many at once and so many waiting; who comes then is told to come back', async (t) => {
  const passwords = await createPasswords({ cost, limits: { atOnce: 2, waiting: 3 } })
  const asked = await Promise.allSettled(Array.from({ length: 8 }, () => passwords.hash('correct horse')))
  const refused = asked.filter((one) => one.status === 'rejected').map((one) => one.reason)
  t.equal(refused.length, 3)
  for (const refusal of refused) {
    t.ok(refusal instanceof Refusal)
    t.match(refusal, { code: 'unavailable', headers: { 'retry-after': '2' } })
  }
  t.equal(
    await passwords.matches(await passwords.hash('again'), 'again'),
    true,
    'afterwards there is room again',
  )
})

test('a job that fails gives its place to the next', async (t) => {
  const passwords = await createPasswords({ cost, limits: { atOnce: 1, waiting: 10 } })
  await t.rejects(passwords.matches('no hash at all', 'x'))
  t.equal(await passwords.matches(null, 'x'), false)
})
