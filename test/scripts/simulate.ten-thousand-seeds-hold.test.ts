import t from 'tap'
import { runMany } from '../../scripts/simulate/many.js'

const SEEDS = 10_000

t.test(
  `${SEEDS} seeds: servers, people and everything that goes wrong, and all is as it must be`,
  async (t) => {
    const { seeds, wrong, requests, changes } = await runMany({ from: 1, count: SEEDS })
    t.same(wrong, [], 'again, with all that happened in it: npm run simulate -- --seed N')
    t.equal(seeds, SEEDS)
    t.ok(requests > SEEDS * 20, `${requests} requests`)
    t.ok(changes > SEEDS * 10, `${changes} changes of slots`)
  },
)
