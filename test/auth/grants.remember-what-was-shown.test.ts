import t, { type Test } from 'tap'
import { grantsOf } from '../../src/auth/grant-model.js'
import { newGrantText } from '../../src/auth/grant-text.js'
import { withOption } from '../../src/database/uri.js'
import type { CreatedKey } from '../../src/schemas/grants.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import { register, startOne } from '../helper/servers.js'

/** A server, and how often it looked a grant up. */
async function world(t: Test, settings = {}) {
  const { uri } = await testDatabase(t)
  const clock = new MovedClock()
  const server = await startOne(t, { uri: withOption(uri, 'monitorCommands', 'true'), clock, settings })
  let lookups = 0
  server.app.mongo.getClient().on('commandStarted', ({ command }) => {
    if (command.find === 'grants' && command.filter.hash !== undefined) lookups++
  })
  const client = await register(server, 'client')
  const { body } = await server.call<CreatedKey>('POST', '/v1/keys', {
    token: client.token,
    body: { name: 'x', scopes: ['read'] },
  })
  const ask = async (token: string) => (await server.call('GET', '/v1/rules', { token })).status
  const me = async (token: string) => (await server.call('GET', '/v1/me', { token })).status
  return { server, clock, client, key: body.key, ask, me, lookups: () => lookups }
}

t.test('a key is looked up once in a minute, however often it is shown', async (t) => {
  const { clock, key, me, lookups } = await world(t)
  for (let asked = 0; asked < 20; asked++) t.equal(await me(key), 200)
  t.equal(lookups(), 1)
  const together = await Promise.all([me(key), me(key), me(key)])
  t.same(together, [200, 200, 200])
  t.equal(lookups(), 1)
  clock.move(60_001)
  t.same(await Promise.all([me(key), me(key), me(key)]), [200, 200, 200])
  t.equal(lookups(), 2, 'control: then again, once for all who ask in that moment')
})

t.test('what is no key costs no look-up, and an unknown one costs one', async (t) => {
  const { key, me, lookups } = await world(t)
  for (const token of ['x', 'sk_slotcast_', `${key}0`, `${key.slice(0, -1)}!`, newGrantText('feed')])
    t.equal(await me(token), 401)
  t.equal(lookups(), 0)
  const unknown = newGrantText('key')
  for (let asked = 0; asked < 5; asked++) t.equal(await me(unknown), 401)
  t.equal(lookups(), 1)
})

t.test('an address that guesses is slowed, and those who are known go on', async (t) => {
  const { key, me, lookups } = await world(t, { RATE_LIMIT_PER_MINUTE: '20' })
  t.equal(await me(key), 200)
  const answers = new Set<number>()
  for (let asked = 0; asked < 40; asked++) answers.add(await me(newGrantText('key')))
  t.same([...answers].toSorted(), [401, 429])
  t.ok(lookups() <= 21, `${lookups()} look-ups`)
  t.equal(await me(key), 200, 'what is remembered is not looked up')
})

t.test('guesses push no known key out of memory', async (t) => {
  const { key, me, lookups, server } = await world(t)
  t.equal(await me(key), 200)
  for (let guess = 0; guess < 300; guess++)
    await server.app.grants.learn('key', newGrantText('key'), 'address')
  const before = lookups()
  t.equal(before, 301, 'control: each was looked up')
  t.equal(await me(key), 200)
  t.equal(lookups(), before)
  t.equal(await grantsOf(server.app.mongo).countDocuments(), 1, 'and none left anything behind')
})
