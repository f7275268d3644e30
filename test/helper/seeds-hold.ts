/** A share of the 10,000 seeds that each run of the tests plays; in several files, so that they run beside each other. */
import t from 'tap'
import { runMany } from '../../scripts/simulate/many.js'

export function seedsHold(from: number, count: number): void {
  t.test(`seeds ${from} to ${from + count - 1}: whatever goes wrong, all is as it must be`, async (t) => {
    const { seeds, wrong, requests, changes } = await runMany({ from, count }, 1)
    t.same(wrong, [], 'again, with all that happened in it: npm run simulate -- --seed N')
    t.equal(seeds, count)
    t.ok(requests > count * 20, `${requests} requests`)
    t.ok(changes > count * 10, `${changes} changes of slots`)
  })
}
