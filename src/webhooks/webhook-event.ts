/**
 * What webhooks are told of: read off the log of slots, kept as a few facts, and written out when it is sent. The same
 * facts always make the same text. Ids, states, times and numbers: no name, no note, no address ever.
 */
import { isHead } from '../domain/chain.js'
import { readSlotId, SLOT_MS, slotIdOf } from '../domain/grid.js'
import { endingOf } from '../domain/reservation.js'
import type { TEST_TYPE, WebhookType } from '../domain/webhook.js'
import type { JobFacts } from '../jobs/job.js'
import type { LogEntry, Named } from '../slots/slot-document.js'

export interface WebhookEvent {
  type: WebhookType | typeof TEST_TYPE
  facts: JobFacts
}

export interface Payload {
  type: string
  timestamp: string
  data: Record<string, unknown>
}

/** What a change of a slot is to others; null for a part of an appointment that another slot stands for. */
export function eventOf(slotId: string, entry: LogEntry): WebhookEvent | null {
  const facts = { slotId, rev: entry.rev, at: entry.at.getTime() }
  const ended = 'ended' in entry ? entry.ended : undefined
  if (ended) {
    // Of the buffer on a slot that is not offered, the log says it under the kind of what the slot stays.
    if (entry.kind !== 'released' || entry.reason === 'moved' || !isOfHead(ended)) return null
    const { reason } = entry
    const wasConfirmed = reason === 'cancelled' || reason === 'replaced'
    return {
      type: `reservation.${endingOf(reason)}`,
      facts: { ...facts, ...named(ended, wasConfirmed ? 2 : 1), reason },
    }
  }
  if (entry.kind === 'held' || entry.kind === 'confirmed') {
    const { reservation, kind } = entry
    if (!isOfHead(reservation)) return null
    const expiresAt = 'expiresAt' in reservation ? reservation.expiresAt.getTime() : undefined
    const { movedFrom } = reservation
    return {
      type: movedFrom === undefined ? `reservation.${kind}` : 'reservation.moved',
      facts: {
        ...facts,
        ...named(reservation, kind === 'confirmed' ? 1 : 0),
        ...(expiresAt !== undefined && { expiresAt }),
        ...(movedFrom !== undefined && { movedFrom, status: kind }),
      },
    }
  }
  if (entry.kind === 'opened') return { type: 'slot.opened', facts }
  // A buffer came or went on it, or it was made for one: it was not offered before either.
  if (entry.kind !== 'withdrawn' || entry.reservation || entry.rev === 1) return null
  return { type: 'slot.withdrawn', facts }
}

/** As it is sent. */
export function payloadOf(type: string, facts: JobFacts): Payload {
  const timestamp = instant(facts.at)
  if (type.startsWith('reservation.')) return { type, timestamp, data: reservationData(type, facts) }
  if (type.startsWith('slot.')) {
    const state = type === 'slot.opened' ? 'open' : 'withdrawn'
    const { rev } = facts
    return { type, timestamp, data: { ...slotData(facts, 1), state, rev, at: timestamp } }
  }
  const { at: _, ...rest } = facts
  return { type, timestamp, data: { ...rest, at: timestamp } }
}

function reservationData(type: string, facts: JobFacts): Record<string, unknown> {
  const { reservationId, slots, seq, rev, reason, expiresAt, movedFrom } = facts
  const count = Number(slots ?? 1)
  const from = typeof movedFrom === 'string' ? readSlotId(movedFrom) : null
  return {
    reservationId,
    ...slotData(facts, count),
    status: facts.status ?? type.slice('reservation.'.length),
    ...(reason !== undefined && { reason }),
    ...(expiresAt !== undefined && { expiresAt: instant(expiresAt) }),
    ...(from && { from: { slotId: movedFrom, start: instant(from.start) } }),
    rev,
    seq,
    at: instant(facts.at),
  }
}

/** The visit, without what is kept free around it. */
function slotData({ slotId }: JobFacts, count: number): Record<string, unknown> {
  const { providerId, start } = readSlotId(String(slotId)) ?? { providerId: '', start: 0 }
  const ids = Array.from({ length: count }, (_, index) => slotIdOf(providerId, start + index * SLOT_MS))
  return {
    slotId,
    ...(count > 1 && { slotIds: ids }),
    providerId,
    start: instant(start),
    end: instant(start + count * SLOT_MS),
  }
}

/** `changes`: how often it has changed beside being moved, see `sequenceOf`. */
function named({ id, chain, moves = 0 }: Named, changes: number): JobFacts {
  return { reservationId: id, seq: moves + changes, ...(chain && chain.visit > 1 && { slots: chain.visit }) }
}

function isOfHead({ chain }: Named): boolean {
  return chain === undefined || isHead(chain)
}

function instant(ms: unknown): string {
  return new Date(Number(ms)).toISOString()
}
