/** Names the work that a start is waiting for, because an index over a large collection reports nothing itself. */

export interface SayWhileWaitingOptions {
  say: (line: string) => void
  sayAfterMs?: number
  sayEveryMs?: number
}

const SAY_AFTER_MS = 5_000
const SAY_EVERY_MS = 15_000

/** Does the work. Says what it is after 5 s, and then every 15 s until it ends. */
export async function sayWhileWaiting<T>(
  what: string,
  work: () => Promise<T>,
  { say, sayAfterMs = SAY_AFTER_MS, sayEveryMs = SAY_EVERY_MS }: SayWhileWaitingOptions,
): Promise<T> {
  const began = performance.now()
  const sayAgain = () => {
    say(`waiting for the database: ${what} (${Math.round((performance.now() - began) / 1_000)} s)`)
    timer = setTimeout(sayAgain, sayEveryMs)
  }
  let timer = setTimeout(sayAgain, sayAfterMs)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
  }
}
