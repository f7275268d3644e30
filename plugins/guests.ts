/** Who books without an account, and once a day the end of what is kept about them and about former addresses. */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import cron from 'node-cron'
import { GuestStore, guestPlacesOf, guestsOf } from '../src/accounts/guest-store.js'
import { statusAt } from '../src/domain/reservation.js'
import { createFieldCipher } from '../src/encryption/field-cipher.js'
import { bearerToken } from '../src/http/bearer.js'
import { addressKey } from '../src/limits/address-key.js'

declare module 'fastify' {
  interface FastifyInstance {
    guests: GuestStore & {
      /** Forgets who did not confirm, and addresses that are of no use any more. */
      forgetOld(): Promise<void>
    }
  }
  interface FastifyRequest {
    /** The reservation that the token of a guest is for. */
    guest: string | null
  }
  interface FastifyContextConfig {
    /** Also for a guest, with the token of its one reservation. */
    guests?: boolean
  }
}

export interface GuestsOptions {
  /** FIELD_KEY, and those before it. */
  fieldKeys: [current: string, ...older: string[]]
  /** JWT_SECRET, and those before it. */
  secrets: string[]
}

const DAILY_CRON = '0 41 3 * * *'

export default fp(
  async (app: FastifyInstance, { fieldKeys, secrets }: GuestsOptions) => {
    const { clock } = app
    const guests = new GuestStore({
      places: guestPlacesOf(app.mongo),
      guests: guestsOf(app.mongo),
      cipher: createFieldCipher(fieldKeys),
      secrets,
      clock,
      networkOf: addressKey,
      async isHeld(reservationId) {
        const found = await app.slots.findReservation(reservationId)
        return found !== null && statusAt(found.reservation, clock.now()) === 'held'
      },
    })
    async function forgetOld(): Promise<void> {
      for (;;) {
        const over = await guests.over()
        if (over.length === 0) break
        for (const { _id, confirmed } of over) {
          if (!confirmed) await app.slots.forgetUnconfirmed(_id)
          await guests.remove(_id)
        }
      }
      await app.accountAddresses.forgetOld()
    }
    app.decorate('guests', Object.assign(guests, { forgetOld }))

    app.decorateRequest('guest', null)
    app.addHook('onRequest', (request, _reply, done) => {
      const token = bearerToken(request.headers.authorization)
      if (token?.startsWith('guest.')) request.guest = guests.readToken(token)
      done()
    })

    const daily = cron.createTask(
      DAILY_CRON,
      () =>
        forgetOld().catch((error: unknown) => {
          app.log.warn({ err: error }, 'guests could not all be forgotten; tomorrow tries again')
        }),
      { name: 'forget-guests', noOverlap: true, suppressMissedWarning: true },
    )
    app.addHook('onReady', async () => void (await daily.start()))
    app.addHook('preClose', async () => void (await daily.destroy()))
  },
  { name: 'guests', dependencies: ['mongo', 'clock', 'accounts', 'slots'], fastify: '5.x' },
)
