import { test } from 'tap'
import { createSignInSlowing } from '../../src/auth/sign-in-backoff.js'
import { MovedClock } from '../helper/moved-clock.js'

test('five failures are free, then each doubles the wait, up to four seconds', async (t) => {
  const slowing = createSignInSlowing(new MovedClock())
  const waits = []
  for (let index = 0; index < 12; index++) {
    waits.push(slowing.waitMs('ada'))
    slowing.failed('ada')
  }
  t.same(waits, [0, 0, 0, 0, 0, 250, 500, 1_000, 2_000, 4_000, 4_000, 4_000])
  t.equal(slowing.waitMs('eve'), 0, 'another account is not slowed')
})

test('a success, or a quiet quarter of an hour, forgets the failures', async (t) => {
  const clock = new MovedClock()
  const slowing = createSignInSlowing(clock)
  const fail = () => {
    for (let index = 0; index < 8; index++) slowing.failed('ada')
  }
  fail()
  slowing.succeeded('ada')
  t.equal(slowing.waitMs('ada'), 0)
  fail()
  clock.move(15 * 60_000 - 1)
  t.equal(slowing.waitMs('ada'), 2_000)
  clock.move(1)
  t.equal(slowing.waitMs('ada'), 0)
})
