/** One measurement of how far the database's clock is ahead of the monotonic one, and how two of them compare. */

export interface DatabaseTime {
  time: number
  /** Tells one primary from its successor. */
  primary: string
}

export interface Measurement {
  /** To be added to the monotonic clock. */
  offset: number
  /** Half the round trip: the truth is at most this far away. */
  uncertainty: number
  at: number
  primary: string
  /** Whether its samples agree. */
  steady: boolean
}

const SAMPLES = 5
const ASK_WITHIN_MS = 2_000
/** What two measurements may be apart beside their uncertainties: measuring, drift, another primary. */
export const NEAR_MS = 1_000
/** How long a sharp measurement is preferred to a blunter one that it agrees with; after that it may have drifted. */
const KEEP_SHARPEST_MS = 300_000

type Ask = () => Promise<DatabaseTime>

export async function measureOffset({
  databaseTime,
  monotonic,
}: {
  databaseTime: Ask
  monotonic: () => number
}): Promise<Measurement> {
  const samples: Measurement[] = []
  for (let count = 0; count < SAMPLES; count++) {
    const asked = monotonic()
    const { time, primary } = await answerOf(databaseTime)
    const at = monotonic()
    const uncertainty = (at - asked) / 2
    samples.push({ offset: time - (asked + uncertainty), uncertainty, at, primary, steady: true })
  }
  return samples.reduce(bestOf)
}

function bestOf(best: Measurement, sample: Measurement): Measurement {
  if (best.primary !== sample.primary) return sample
  const { at } = sample
  if (best.steady && isNear(best, sample))
    return { ...(best.uncertainty <= sample.uncertainty ? best : sample), at }
  // The earliest: a clock that is behind can step to the truth, and a hold that ends a little late harms less than one
  // that ends early.
  return { ...(best.offset <= sample.offset ? best : sample), at, steady: false }
}

/** With an end of its own: the driver's may not come on a socket that stalls, and all who measure wait for this. */
async function answerOf(databaseTime: Ask): Promise<DatabaseTime> {
  let limit: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    limit = setTimeout(() => {
      const message = `the database did not say its time within ${ASK_WITHIN_MS} ms`
      reject(Object.assign(new Error(message), { code: 'ETIMEDOUT' }))
    }, ASK_WITHIN_MS)
  })
  try {
    return await Promise.race([databaseTime(), tooLate])
  } finally {
    clearTimeout(limit)
  }
}

export function isNear(one: Measurement, other: Measurement): boolean {
  return Math.abs(one.offset - other.offset) <= NEAR_MS + one.uncertainty + other.uncertainty
}

export function isBetter(found: Measurement, known: Measurement): boolean {
  if (found.uncertainty <= known.uncertainty) return true
  const apart = Math.abs(found.offset - known.offset)
  return apart > found.uncertainty + known.uncertainty || found.at - known.at > KEEP_SHARPEST_MS
}
