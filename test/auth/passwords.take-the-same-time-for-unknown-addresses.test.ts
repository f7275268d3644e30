import mongoose from 'mongoose'
import { test } from 'tap'
import { prepareAccounts } from '../../src/accounts/account-model.js'
import { AccountStore } from '../../src/accounts/account-store.js'
import { createPasswords } from '../../src/auth/passwords.js'
import { createFieldCipher } from '../../src/encryption/field-cipher.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'

const ROUNDS = 200

function median(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
}

test('sign-in with a wrong password and with an unknown address take the same time', async (t) => {
  const { uri } = await testDatabase(t)
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  const waits: number[] = []
  const store = new AccountStore({
    accounts: await prepareAccounts(connection),
    cipher: createFieldCipher(['the key of the fields of this test']),
    // At its real cost: a cheap hash would be drowned by the database.
    passwords: await createPasswords(),
    clock: new MovedClock(),
    wait: async (ms) => waits.push(ms),
    warn: () => {},
  })
  const registered = await store.register({
    role: 'client',
    email: 'ada@example.com',
    password: 'correct horse battery',
    name: 'Ada',
    timeZone: 'UTC',
  })
  t.ok(registered.ok)

  const time = async (email: string, password: string) => {
    const begin = performance.now()
    const account = await store.signIn({ email, password })
    return { account, ms: performance.now() - begin }
  }
  const known: number[] = []
  const unknown: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    // In turn, so that a busy machine slows both.
    const one = await time('ada@example.com', 'guessed')
    const other = await time('nobody@example.com', 'guessed')
    if (one.account !== null || other.account !== null) t.fail('a wrong password signed in')
    known.push(one.ms)
    unknown.push(other.ms)
  }
  const ratio = median(known) / median(unknown)
  t.ok(Math.max(ratio, 1 / ratio) < 1.2, `the medians are ${ratio.toFixed(3)} to one`)
  t.ok(median(known) > 5, 'and what is measured is a hash (control)')

  const half = waits.length / 2
  t.equal(half, ROUNDS - 5, 'both were slowed alike')
  t.equal(new Set(waits.slice(-8)).size, 1)
  t.not((await time('ada@example.com', 'correct horse battery')).account, null, 'and the owner still gets in')
})
