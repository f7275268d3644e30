/** What follows when a guest proves its address: the rules that count by address, and an account that takes bookings over. */
import type { FastifyInstance } from 'fastify'
import { clearClient } from '../accounts/delete-account.js'
import { policiesOf } from '../accounts/policies-of.js'
import { SLOT_MS } from '../domain/grid.js'
import { appointmentOf, guestId, statusAt } from '../domain/reservation.js'
import { Refusal } from '../http/problems.js'
import type { FoundReservation } from '../slots/slot-outcomes.js'

/** How long after a visit the address is known, so that an account may take it over. */
const KEPT_MS = 400 * 86_400_000

/**
 * Throws where the guest has a booking that overlaps already, or, unless it moves one, as many ahead as the provider
 * allows. Asked when the link is used, not before: until then anybody could have typed the address, and the answer would
 * tell of its owner.
 */
export async function checkGuest(
  app: FastifyInstance,
  { slot, reservation }: FoundReservation,
  movesTo?: { start: number },
): Promise<void> {
  const email = await app.guests.emailOf(reservation.id)
  if (email === null) return
  const now = app.clock.now()
  const asBooked = visitOf(slot, reservation)
  const from = movesTo?.start ?? asBooked.start
  const to = from + asBooked.end - asBooked.start
  let ahead = 0
  for (const id of await app.guests.reservationsOf(email)) {
    const other = id === reservation.id ? null : await app.slots.findReservation(id)
    if (!other || statusAt(other.reservation, now) !== 'confirmed') continue
    const { start, end } = visitOf(other.slot, other.reservation)
    if (start < to && from < end) throw new Refusal('client_busy')
    if (other.slot.start.getTime() > now && other.slot.providerId === slot.providerId) ahead++
  }
  if (movesTo) return
  const { maxUpcomingBookings: most } = await policiesOf(app, slot.providerId)
  if (most > 0 && ahead >= most) throw new Refusal('booking_limit')
}

/** From its start to its end, without the buffers. */
function visitOf(slot: FoundReservation['slot'], { chain }: FoundReservation['reservation']) {
  const { headStart, shape } = appointmentOf(slot, { ...(chain && { chain }) })
  return { start: headStart, end: headStart + shape.visit * SLOT_MS }
}

/** Safe to repeat. An account whose address is proved has the booking from now on. */
export async function guestConfirmed(
  app: FastifyInstance,
  { slot, reservation }: FoundReservation,
): Promise<void> {
  const { id, client } = reservation
  await app.guests.confirmed(id, slot.start.getTime() + KEPT_MS)
  app.directory.note(slot.providerId, { id: client.id, name: app.accounts.names.open(client.name, id) })
  const email = await app.guests.emailOf(id)
  const account = email === null ? null : await app.accountAddresses.findByEmail(email)
  if (account) await adoptGuests(app, account.id)
}

/** An account whose address is proved takes over what guests with that address have booked. Safe to repeat. */
export async function adoptGuests(app: FastifyInstance, accountId: string): Promise<void> {
  const account = await app.accounts.own(accountId)
  if (account?.role !== 'client' || !account.emailVerified) return
  const client = { id: account.id, name: account.name }
  for (const id of await app.guests.reservationsOf(account.email)) {
    const found = await app.slots.findReservation(id)
    // One that is being made, or of long ago. A hold is not proved yet; its own link does that.
    if (!found || statusAt(found.reservation, app.clock.now()) === 'held') continue
    if (!(await app.slots.adoptGuest(id, client))) continue
    await app.guests.remove(id)
    await app.directory.forget(guestId(id))
    app.directory.note(found.slot.providerId, client)
  }
  // Deleted meanwhile, which may have missed what was just taken over.
  if (!(await app.accounts.findFresh(accountId))) await clearClient(app, { id: accountId, role: 'client' })
}
