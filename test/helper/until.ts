import { setTimeout as pause } from 'node:timers/promises'

const ASK_EVERY_MS = 20

/** Waits for what no event tells: asks again until it is so, and gives up after a time that no machine needs. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  giveUpMs = 30_000,
): Promise<void> {
  const end = performance.now() + giveUpMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${giveUpMs / 1000} s: ${what}`)
    await pause(ASK_EVERY_MS)
  }
}
