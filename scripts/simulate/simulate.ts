/**
 * `npm run simulate`: plays runs of several servers, a database and the people who use them, with everything that goes
 * wrong between them, and says of each whether all was as it must be.
 *
 *   --seeds N     so many (1,000), from --from on (1), shared among the cores
 *   --seed N      this one, with all that happened in it
 *   --plant NAME  with a mistake planted, until it is noticed
 */
import { parseArgs } from 'node:util'
import { runMany } from './many.js'
import { planted, plants } from './plants.js'
import { run } from './run.js'

const say = (line: string) => process.stdout.write(`${line}\n`)

const values = argumentsOf(process.argv.slice(2))
if (values === null) {
  say('npm run simulate -- [--seed N | --seeds N --from N] [--plant NAME]')
  process.exit(1)
}
const plant = values.plant === undefined ? null : plants.named(values.plant)
if (plant === undefined) {
  say(`--plant is one of: ${planted.map(({ name }) => name).join(', ')}`)
  process.exit(1)
}
if (values.seed !== undefined) {
  const result = await run(Number(values.seed), plant, say)
  for (const fault of result.faults) say(`WRONG: ${fault}`)
  say(
    `seed ${result.seed}: ${result.events} events, ${result.requests} requests, ${result.changes} changes, ${result.digest}`,
  )
  process.exitCode = result.faults.length > 0 ? 1 : 0
} else {
  const from = Number(values.from)
  const { seeds, wrong, events, requests, changes } = await runMany({
    from,
    count: Number(values.seeds),
    plant: values.plant,
    untilWrong: plant !== null,
  })
  for (const { seed, fault } of wrong) say(`seed ${seed}: ${fault}`)
  say(
    `${seeds} seeds, ${wrong.length} wrong; ${requests} requests, ${changes} changes of slots, ${events} events`,
  )
  if (wrong.length > 0) say('one of them again, with all that happened: npm run simulate -- --seed N')
  process.exitCode = wrong.length > 0 ? 1 : 0
}

/** Null where they are not as they must be. */
function argumentsOf(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string', default: '1000' },
        from: { type: 'string', default: '1' },
        plant: { type: 'string' },
      },
    })
    const isNumber = (text = '0') => /^\d+$/.test(text)
    return [values.seed, values.seeds, values.from].every(isNumber) ? values : null
  } catch {
    return null
  }
}
