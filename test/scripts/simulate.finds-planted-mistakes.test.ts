import t from 'tap'
import { runMany } from '../../scripts/simulate/many.js'
import { planted } from '../../scripts/simulate/plants.js'

for (const { name, says } of planted) {
  t.test(`${name}: ${says} Noticed within 1,000 seeds`, async (t) => {
    const { seeds, wrong } = await runMany({ from: 1, count: 1_000, plant: name, untilWrong: true })
    const [first] = wrong
    t.ok(first, `${seeds} seeds`)
    t.comment(`seed ${first?.seed}: ${first?.fault}`)
  })
}

t.test('control: the same seeds without a mistake are well', async (t) => {
  const { wrong } = await runMany({ from: 1, count: 100 })
  t.same(wrong, [])
})
