/** Booking without an account: a short hold, confirmed by a mailed link alone, which proves the address. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { GUEST_HOLD_MS } from '../accounts/guest-store.js'
import { languageOf } from '../http/accept-language.js'
import { Refusal } from '../http/problems.js'
import { Problem } from '../schemas/common.js'
import { GuestHold, NewGuest } from '../schemas/guests.js'
import { termsOf } from './appointment-terms.js'
import { contactFrom, idempotencyKey, refusalOf, viewFor } from './reservations.js'

/** The same request again is answered with the token, so whoever knows an address must not guess its key. */
const SecretKey = Type.String({
  minLength: 22,
  description: 'Known to nobody else: 128 random bits, as 22 characters of base64url or 32 of hex',
})

export const guestRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/v1/guests',
    {
      config: { access: 'open', limit: 'register', audit: 'guest.hold' },
      schema: {
        operationId: 'holdAsGuest',
        summary: 'Hold a slot without an account',
        description:
          'The hold lasts ten minutes. It is confirmed by the link in a mail to the address, and by nothing else. `token` is the bearer token of this one reservation: it reads and gives back. One live hold for each address and each network (`hold_limit`). With an `Idempotency-Key`, the same request again is answered with the same reservation and its token, so the key is a secret of 128 random bits.',
        tags: ['reservations'],
        headers: Type.Object({ 'idempotency-key': Type.Optional(SecretKey) }),
        body: NewGuest,
        response: { 201: GuestHold, 400: Problem, 404: Problem, 409: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      if (!app.mail.isOn) throw new Refusal('mail_unavailable')
      const { name, email, timeZone, slotId, phone, note, language = languageOf(request.raw) } = request.body
      const terms = await termsOf(app, request.body)
      const key = idempotencyKey(request)
      const id = app.guests.newId(email, key)
      // The same request again; its places may have come free since, and be somebody else's.
      const isKnown = key !== undefined && (await app.slots.findReservation(id)) !== null
      const attempt = app.guests.newAttempt({ reservationId: id, email, address: request.ip })
      const taken = isKnown || (await app.guests.take(attempt))
      if (!taken) {
        throw new Refusal(
          'hold_limit',
          'Somebody with this address or from this network holds a slot already: confirm it by the link in the mail, or give it back.',
        )
      }
      const contact = { email, language, timeZone, ...contactFrom({ phone, note }) }
      const guest = { reservationId: id, holdMs: GUEST_HOLD_MS }
      const outcome = await app.slots.hold({ id: '', name }, slotId, undefined, { ...terms, contact, guest })
      if (!outcome.ok) {
        if (!isKnown) await app.guests.free(attempt)
        throw refusalOf(outcome)
      }
      if (!isKnown) await app.guests.held(attempt)
      if (outcome.how === 'replayed') reply.header('idempotency-replayed', 'true')
      reply.header('location', `/v1/reservations/${id}`)
      const view = await viewFor(app, outcome, { role: 'client' })
      return reply.code(201).send({ ...view, token: app.guests.tokenFor(id, Date.parse(view.start)) })
    },
  )
}
