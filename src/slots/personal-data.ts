import type { Person } from '../domain/reservation.js'
import type { SlotDoc } from './slot-document.js'
/** Every place in a slot that names a person, and what an update sets to change them there. Pure. */

/** The new person, or null to leave it as it is. */
export type ChangePerson = (person: Person, reservationId: string) => Person | null

/**
 * The fields to `$set`, by their paths; empty where nothing changes. By path, because entries of the log that were
 * written anew as a whole would look to the change stream like transitions.
 */
export function personFields(
  slot: Pick<SlotDoc, 'reservation' | 'past' | 'log'>,
  change: ChangePerson,
): Record<string, Person> {
  const fields: Record<string, Person> = {}
  for (const [path, { id, client }] of placesIn(slot)) {
    const changed = change(client, id)
    if (changed) fields[`${path}.client`] = changed
  }
  return fields
}

function* placesIn({
  reservation,
  past,
  log,
}: Pick<SlotDoc, 'reservation' | 'past' | 'log'>): Generator<[string, { id: string; client: Person }]> {
  if (reservation) yield ['reservation', reservation]
  for (const [index, one] of past.entries()) yield [`past.${index}`, one]
  for (const [key, entry] of Object.entries(log)) {
    if ('reservation' in entry) yield [`log.${key}.reservation`, entry.reservation]
    if ('ended' in entry) yield [`log.${key}.ended`, entry.ended]
  }
}
