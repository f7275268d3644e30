/** Many seeds at once, shared among the cores: each worker has a world of its own. */
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { plants } from './plants.js'
import { type Run, run } from './run.js'

export interface Seeds {
  from: number
  count: number
  plant?: string | undefined
  /** With a mistake planted, one that is wrong is enough. */
  untilWrong?: boolean
}

export interface Summary {
  seeds: number
  events: number
  requests: number
  changes: number
  /** With its first fault. */
  wrong: { seed: number; fault: string }[]
}

interface Share extends Omit<Seeds, 'count'> {
  /** Not this one any more. */
  until: number
  step: number
}

export async function runMany(seeds: Seeds, workers = availableParallelism()): Promise<Summary> {
  const summary: Summary = { seeds: 0, events: 0, requests: 0, changes: 0, wrong: [] }
  const running = Array.from({ length: Math.min(workers, seeds.count) }, (_, index) => {
    const { from, count, ...how } = seeds
    const share: Share = { ...how, from: from + index, until: from + count, step: workers }
    const worker = new Worker(new URL(import.meta.url), { workerData: share })
    return new Promise<void>((resolve, reject) => {
      worker.on('message', ({ seed, events, requests, changes, faults }: Run) => {
        summary.seeds++
        summary.events += events
        summary.requests += requests
        summary.changes += changes
        const [fault] = faults
        if (fault !== undefined) summary.wrong.push({ seed, fault })
      })
      worker.on('error', reject)
      worker.on('exit', () => resolve())
    })
  })
  await Promise.all(running)
  summary.wrong.sort((a, b) => a.seed - b.seed)
  return summary
}

async function runShare({ from, until, step, plant, untilWrong = false }: Share): Promise<void> {
  // To make the stack of an error takes longer than most of what is simulated; one seed alone has them.
  Error.stackTraceLimit = 0
  const planted = plant === undefined ? null : (plants.named(plant) ?? null)
  for (let seed = from; seed < until; seed += step) {
    const { history: _, connections: __, ...result } = await run(seed, planted)
    parentPort?.postMessage(result)
    if (untilWrong && result.faults.length > 0) return
  }
}

if (!isMainThread) await runShare(workerData as Share)
