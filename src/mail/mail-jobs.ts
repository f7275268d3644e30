/** Which mails there are, and the jobs that they are sent by. What a mail says is read when it is sent. */
import { isHead } from '../domain/chain.js'
import { readSlotId } from '../domain/grid.js'
import { guestId } from '../domain/reservation.js'
import type { NewJob } from '../jobs/job.js'
import type { LogEntry } from '../slots/slot-document.js'
import { subjectOf } from '../slots/slot-view.js'
import type { MailGroup } from './address-limit.js'

export const MAIL = 'mail'

/** Of a reservation; which of them a change asks for is seen from the log of its slot. */
export type ChangeKind = 'held' | 'confirmed' | 'moved' | 'cancelled'
/** To the address of an account, whatever it has booked. */
export type AccountMailKind =
  /** A link to set another password. */
  | 'password-reset'
  /** A link that proves the address of the account. */
  | 'address-check'
  /** To an address that is to become that of the account: a link that proves it. */
  | 'address-change'
  /** To the address of an account: that another was asked for, and a link that stops it or takes it back. */
  | 'address-asked'
  /** To an address that is the account's again: a link to set another password, because the one before has ended. */
  | 'password-ended'
  /** To the address before: that it was changed, and a link that takes it back. */
  | 'address-changed'
export type MailKind = ChangeKind | 'reminder' | 'offer' | 'digest' | AccountMailKind

/** Among which mails to an address one is counted. */
export const groupOf: Record<MailKind, MailGroup> = {
  held: 'guests',
  confirmed: 'appointments',
  moved: 'appointments',
  cancelled: 'appointments',
  reminder: 'appointments',
  digest: 'appointments',
  offer: 'offers',
  'password-reset': 'links',
  'address-check': 'links',
  'address-change': 'links',
  'address-changed': 'notices',
  'address-asked': 'notices',
  'password-ended': 'notices',
}

export interface OfferMail {
  kind: 'offer'
  /** Names what it is made for, so that the same makes it once: `<slotId>:<rev>` of the hold. */
  cause: string
  /** Whom it is offered to. */
  recipient: string
  providerId: string
  /** The hold. */
  reservationId: string
  waitId: string
}

export interface AccountMail {
  kind: AccountMailKind
  /** Names what it is made for, so that the same makes it once. */
  cause: string
  accountId: string
  /** What the link is bound to: see `NewLink`. */
  about?: string
  /** Until when the link can be used. */
  expiresAt: number
}

/** A mail that no change of a slot asks for; `app.jobs.add` takes it. */
export function mailJob(mail: OfferMail | AccountMail, now: number): NewJob {
  if (mail.kind === 'offer') {
    const { kind, cause, recipient, providerId, reservationId, waitId } = mail
    const facts = { reservationId, waitId }
    return job(`${cause}:offer`, { kind, recipient, providerId, facts, dueAt: now })
  }
  const { kind, cause, accountId, about = null, expiresAt } = mail
  return job(`${cause}:${kind}`, { kind, recipient: accountId, facts: { about, expiresAt }, dueAt: now })
}

/** What a change of a slot asks for: a mail to whom it is for, and one to the owner of the calendar. */
export function jobsOfChange(slotId: string, entry: LogEntry): NewJob[] {
  const kind = kindOf(entry)
  const about = subjectOf(entry)
  const providerId = readSlotId(slotId)?.providerId
  if (!kind || !about || providerId === undefined || (about.chain && !isHead(about.chain))) return []
  const { id: reservationId, client } = about
  // Who has an account sees a hold on the page that made it.
  if (kind === 'held' && client.id !== guestId(reservationId)) return []
  const isLive = entry.kind === 'held' || entry.kind === 'confirmed'
  const movedFrom = isLive ? (entry.reservation.movedFrom ?? null) : null
  const facts = { reservationId, moves: about.moves ?? 0, at: entry.at.getTime(), movedFrom }
  const recipients = [client.id, ...(kind === 'held' ? [] : [providerId])]
  return recipients
    .filter((recipient) => recipient !== '')
    .map((recipient) =>
      job(`${slotId}:${entry.rev}`, { kind, recipient, providerId, facts, dueAt: entry.at.getTime() }),
    )
}

function kindOf(entry: LogEntry): ChangeKind | null {
  switch (entry.kind) {
    case 'held':
      return 'held'
    case 'confirmed':
      return entry.reservation.movedFrom === undefined ? 'confirmed' : 'moved'
    case 'released':
      // What was moved goes on elsewhere, and a hold that was given back or ran out is no news.
      return entry.reason === 'cancelled' || entry.reason === 'replaced' ? 'cancelled' : null
    default:
      return null
  }
}

/** A booking at its time, of which somebody is to be reminded. */
export interface Reminded {
  reservationId: string
  /** How often it was moved: with the id, names it at this time, whatever else becomes of its slots. */
  moves: number
  start: number
  providerId: string
  /** Whom. */
  recipient: string
}

/** Those that lie ahead. A booking that has moved has other reminders. */
export function reminderJobs(booking: Reminded, minutesBefore: readonly number[], now: number): NewJob[] {
  const { reservationId, moves, start, providerId, recipient } = booking
  return minutesBefore
    .map((minutes) => ({ minutes, dueAt: start - minutes * 60_000 }))
    .filter(({ dueAt }) => dueAt > now)
    .map(({ minutes, dueAt }) => {
      const facts = { reservationId, moves, minutes }
      // Not by whom: an account that takes over what a guest has booked is reminded once.
      const id = `${reservationId}:${moves}:reminder-${minutes}:${MAIL}:client`
      return { ...job('', { kind: 'reminder', recipient, providerId, facts, dueAt }), id }
    })
}

/** One a day, of what has changed on a calendar since the one before. */
export function digestJob(providerId: string, day: string, dueAt: number): NewJob {
  return job(`${providerId}:${day}:digest`, {
    kind: 'digest',
    recipient: providerId,
    providerId,
    facts: { day, at: dueAt },
    dueAt,
  })
}

function job(cause: string, { kind, recipient, ...rest }: JobParts): NewJob {
  const lane = awaited.has(kind) ? AWAITED : MAIL
  return { id: `${cause}:${MAIL}:${recipient}`, channel: MAIL, kind, recipient, lane, ...rest }
}

/** Somebody sits and waits for these: they do not queue behind a morning's reminders. */
const AWAITED = 'mail awaited'
const awaited: ReadonlySet<MailKind> = new Set([
  'held',
  'offer',
  'password-reset',
  'password-ended',
  'address-check',
  'address-change',
])

type JobParts = Pick<NewJob, 'recipient' | 'providerId' | 'facts' | 'dueAt'> & { kind: MailKind }
