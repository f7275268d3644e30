import t from 'tap'
import { readConfig } from '../../src/config.js'
import { createBudget, createBudgets } from '../../src/limits/budget.js'
import { createPictureBudgets } from '../../src/live/channel/picture-budget.js'

t.test('it admits until it is spent, and again when it has filled', async (t) => {
  let now = 5_000
  const budget = createBudget({ perMinute: 600, now: () => now })
  budget.charge(599)
  t.equal(budget.isSpent(), false, 'something is left')
  budget.charge(101)
  t.equal(budget.isSpent(), true, 'the last thing was charged in full')
  now += 10_000
  t.equal(budget.isSpent(), true, '100 came in, and paid off what was too much')
  now += 1
  t.equal(budget.isSpent(), false)
  t.equal(budget.isSpent(0.5), true, 'a half of it is')
  now += 3_600_000
  budget.charge(600)
  t.equal(budget.isSpent(), true, 'a long rest saves up no more than a minute')
})

t.test('each key has its own, and as many are kept as it was told', async (t) => {
  const of = createBudgets({ perMinute: 10, now: () => 0 }, 4)
  of('a').charge(10)
  t.equal(of('a').isSpent(), true)
  t.equal(of('b').isSpent(), false)
  t.equal(of('a').isSpent(), true, 'one that is used stays')
  for (const key of ['c', 'd', 'e', 'f']) of(key)
  t.equal(of('a').isSpent(), false, 'one that is not is forgotten')
})

const picture = (bytes: number, encoded: number) => ({
  json: 'x'.repeat(bytes),
  encoded,
  searched: 0,
  starts: null,
})

t.test('with the defaults, a restart costs nobody the picture of its calendar', async (t) => {
  const budgets = createPictureBudgets(readConfig({}), () => 0)
  const large = 250_000 // 14 days of slots around the clock.
  for (let viewer = 0; viewer < 5_000; viewer++) {
    const one = budgets.of(`192.0.2.${viewer % 25}`)
    if (one.isSpent()) t.fail(`viewer ${viewer}`)
    one.charge(picture(large, viewer === 0 ? large : 0))
  }
  const board = budgets.of('198.51.100.1')
  for (let calendar = 0; calendar < 20; calendar++) {
    if (board.isSpent()) t.fail(`calendar ${calendar}`)
    board.charge(picture(large / 2, large / 2))
  }
  t.equal(budgets.refused, 0)
})

t.test(
  'a socket, an address and all together have an end; who took little is served beyond it',
  async (t) => {
    const until = (budgets: ReturnType<typeof createPictureBudgets>, address: (at: number) => string) => {
      for (let at = 0; ; at++) {
        const one = budgets.of(address(at))
        if (one.isSpent()) return at
        one.charge(picture(1_000_000, 1_000_000))
      }
    }
    const alone = createPictureBudgets(readConfig({}), () => 0).of('192.0.2.1')
    let count = 0
    for (; !alone.isSpent(); count++) alone.charge(picture(1_000_000, 1_000_000))
    t.equal(count, 17, 'one socket')

    const budgets = createPictureBudgets(readConfig({}), () => 0)
    t.equal(
      until(budgets, () => '192.0.2.1'),
      34,
      'many sockets of one address',
    )
    const everybody = createPictureBudgets(readConfig({}), () => 0)
    const served = until(everybody, (at) => `10.0.0.${at % 10}`)
    t.ok(served > 250 && served < 300, `many addresses: ${served}`)
    t.equal(everybody.of('10.0.0.99').isSpent(), false, 'control: somebody new still gets a picture')
  },
)
