/**
 * What pictures may cost: for each socket, for each address, and for the whole server. What is encoded costs its bytes;
 * what was kept from before costs only the sending, so a thousand viewers who come back to one calendar cost hardly
 * more than one. The cost is known when the picture is made, and charged then.
 *
 * When the server's own budget is spent, those who took little still get theirs: it must not be for a few to use up.
 */
import type { Config } from '../../config.js'
import { createBudget, createBudgets } from '../../limits/budget.js'
import type { Picture } from './picture-cache.js'

export interface PictureBudget {
  /** Whether to refuse; counted as a refusal when so. */
  isSpent(): boolean
  /** A picture was made. */
  charge(picture: Picture): void
  /** The database was asked whether there is such a provider. */
  chargeLookup(): void
}

export interface PictureBudgets {
  /** Of one socket from this address. */
  of(address: string): PictureBudget
  /** Pictures refused so far. */
  readonly refused: number
}

/** Sending takes about a sixteenth of the time that encoding takes. */
const KEPT_SHARE = 1 / 16
/** Reading the frame, the head of the picture, the answer. */
const EACH_WATCH = 1_024
/** Looking at one slot, to find where a service fits, takes as long as encoding so many bytes. */
const EACH_SEARCHED = 16
/** Takes as long as encoding so many bytes. */
const EACH_LOOKUP = 16_384
/** What a socket and its address may have taken of their own budgets to be served when the server's is spent. */
const LITTLE = 1 / 8

export function createPictureBudgets(
  config: Pick<
    Config,
    'PICTURE_BYTES_PER_MINUTE' | 'ADDRESS_PICTURE_BYTES_PER_MINUTE' | 'SOCKET_PICTURE_BYTES_PER_MINUTE'
  >,
  /** Monotonic milliseconds. */
  now: () => number,
): PictureBudgets {
  const server = createBudget({ perMinute: config.PICTURE_BYTES_PER_MINUTE, now })
  const ofAddress = createBudgets({ perMinute: config.ADDRESS_PICTURE_BYTES_PER_MINUTE, now })
  let refused = 0

  return {
    of(address) {
      const own = createBudget({ perMinute: config.SOCKET_PICTURE_BYTES_PER_MINUTE, now })
      const charge = (cost: number) => {
        for (const budget of [own, ofAddress(address), server]) budget.charge(cost)
      }
      return {
        isSpent() {
          const share = server.isSpent() ? LITTLE : 1
          const spent = own.isSpent(share) || ofAddress(address).isSpent(share)
          if (spent) refused++
          return spent
        },
        charge: ({ json, encoded, searched }) => {
          const keptBytes = Math.max(0, json.length - encoded)
          charge(EACH_WATCH + encoded + keptBytes * KEPT_SHARE + searched * EACH_SEARCHED)
        },
        chargeLookup: () => charge(EACH_LOOKUP),
      }
    },
    get refused() {
      return refused
    },
  }
}
