/**
 * Mails about one appointment: reads it again, says whether the mail is still true, and writes it. Who gets a mail that is
 * not true any more is confused by it, and what has happened since has a mail of its own.
 */
import { readSlotId } from '../domain/grid.js'
import type { LinkPurpose } from '../domain/link-purposes.js'
import type { Notifications } from '../domain/notifications.js'
import { DEFAULT_NOTIFICATIONS } from '../domain/notifications.js'
import { guestId } from '../domain/reservation.js'
import type { MailParty } from '../http/mail-party.js'
import type { Job } from '../jobs/job.js'
import type { Reservation } from '../schemas/reservations.js'
import { calendarFile } from '../slots/appointment-event.js'
import type { Contact } from '../slots/contact.js'
import type { FoundReservation } from '../slots/slot-outcomes.js'
import { contactIn, noteIn, reservationView } from '../slots/slot-view.js'
import { type AboutAppointment, eventFor, type Reader, toClient, toProvider } from './appointment-content.js'
import type { DigestMails } from './digest-mails.js'
import type { Invitation } from './letter.js'
import { type ChangeKind, reminderJobs } from './mail-jobs.js'
import type { Draft, MailAccount, MailLink, MailPorts, Obsolete } from './mail-ports.js'
import { textsIn } from './texts/catalogue.js'

/** The facts of these jobs; see `jobsOfChange`. */
interface ChangeFacts {
  /** How often it had been moved by then. */
  moves: number
  at: number
  movedFrom: string | null
}

/** A reservation as it was read just now. */
interface Subject {
  found: FoundReservation
  view: Reservation
  provider: MailAccount | null
  contact: Contact
  clientName: string
}

interface Recipient {
  to: MailParty
  reader: Reader
  /** Whether there is an account, whose owner can choose. */
  hasAccount: boolean
  notifications: Notifications
}

const noAddress: Obsolete = { why: 'there is no address' }
const unwanted: Obsolete = { why: 'it is not wanted' }

export class AppointmentMails {
  readonly #ports: MailPorts
  readonly #digests: DigestMails

  constructor({ ports, digests }: { ports: MailPorts; digests: DigestMails }) {
    this.#ports = ports
    this.#digests = digests
  }

  async change(job: Job, kind: ChangeKind): Promise<Draft | Obsolete> {
    const { moves, at, movedFrom } = job.facts as unknown as ChangeFacts
    const subject = await this.#read(job)
    if ('why' in subject) return subject
    const { provider } = subject
    if (job.recipient === provider?.id && kind !== 'held' && provider.notifications.calendar === 'digest') {
      // Also what is not true any more: the daily mail says what came of it, and has to know what began that day.
      await this.#digests.keep(provider, { reservationId: subject.view.id, kind, at })
      return { why: 'it comes with the daily mail' }
    }
    const why = whyNotTrue(kind, { moves, at, movedFrom }, subject, this.#ports.clock.now())
    if (why !== null) return { why }
    const startBefore = readSlotId(movedFrom ?? '')?.start
    if (job.recipient === subject.found.slot.providerId) {
      return kind === 'held' ? unwanted : this.#toProvider(at, kind, subject, startBefore)
    }
    if (kind === 'confirmed' || kind === 'moved') await this.#remindLater(subject)
    const recipient = await this.#client(subject)
    if (!recipient) return noAddress
    if (!recipient.notifications.changes) return unwanted
    const links = kind === 'cancelled' ? {} : await this.#links(job, kind, subject)
    const about = { ...this.#about(subject, recipient), links, startBefore }
    return {
      to: recipient.to,
      date: new Date(at),
      content: toClient(kind, recipient.reader, about),
      ...(kind !== 'held' && { invitation: this.#invitation('client', recipient, about, at) }),
    }
  }

  async reminder(job: Job): Promise<Draft | Obsolete> {
    const { moves, minutes } = job.facts as { moves: number; minutes: number }
    const subject = await this.#read(job)
    if ('why' in subject) return subject
    const { found, view } = subject
    const now = this.#ports.clock.now()
    const start = found.slot.start.getTime()
    if (view.status !== 'confirmed') return { why: 'it is not booked any more' }
    if (movesOf(found) !== moves) return { why: 'it has changed since' }
    if (start <= now) return { why: 'it has begun' }
    const all = await this.#ports.reminderMinutes(found.slot.providerId, view.serviceId)
    if (all.some((other) => other < minutes && start - other * 60_000 <= now)) {
      return { why: 'the next reminder is due' }
    }
    const recipient = await this.#client(subject)
    if (!recipient) return noAddress
    if (!recipient.notifications.reminders) return unwanted
    const about = { ...this.#about(subject, recipient), links: await this.#links(job, 'reminder', subject) }
    return {
      to: recipient.to,
      date: new Date(start - minutes * 60_000),
      content: toClient('reminder', recipient.reader, about),
      ...(about.choice !== undefined && { unsubscribe: about.choice }),
    }
  }

  async offer(job: Job): Promise<Draft | Obsolete> {
    const subject = await this.#read(job)
    if ('why' in subject) return subject
    if (subject.view.status !== 'held') return { why: 'it is not offered any more' }
    const recipient = await this.#client(subject)
    if (!recipient) return noAddress
    const about = { ...this.#about(subject, recipient), links: await this.#links(job, 'offer', subject) }
    return {
      to: recipient.to,
      date: new Date(job.createdAt),
      content: toClient('offer', recipient.reader, about),
    }
  }

  #toProvider(
    at: number,
    kind: Exclude<ChangeKind, 'held'>,
    subject: Subject,
    startBefore: number | undefined,
  ): Draft | Obsolete {
    const { provider } = subject
    if (!provider) return noAddress
    if (provider.notifications.calendar === 'none') return unwanted
    const recipient = ofAccount(provider)
    const about = { ...this.#about(subject, recipient), startBefore }
    return {
      to: recipient.to,
      date: new Date(at),
      content: toProvider(kind, recipient.reader, about, `${this.#ports.publicUrl()}/provider`),
      invitation: this.#invitation('provider', recipient, about, at),
    }
  }

  async #read({ facts }: Job): Promise<Subject | Obsolete> {
    const { clock, findReservation, findAccount, openName } = this.#ports
    const found = await findReservation(String(facts.reservationId))
    if (!found) return { why: 'there is no such reservation any more' }
    const { client, id } = found.reservation
    return {
      found,
      view: reservationView(found.slot, found.reservation, clock.now()),
      provider: await findAccount(found.slot.providerId),
      contact: contactIn(found.reservation, openName).contact ?? {},
      clientName: client.name === '' ? '' : openName(client.name, id),
    }
  }

  /** Before the mail itself, so that a mail server that is away for long costs no reminder. */
  async #remindLater({ found, view }: Subject): Promise<void> {
    const { addJobs, reminderMinutes, clock } = this.#ports
    const { start, providerId } = found.slot
    const [reservationId, moves] = [view.id, movesOf(found)]
    const recipient = found.reservation.client.id
    const booking = { reservationId, moves, start: start.getTime(), providerId, recipient }
    const jobs = reminderJobs(booking, await reminderMinutes(providerId, view.serviceId), clock.now())
    if (jobs.length > 0) await addJobs(jobs)
  }

  /** Whose it is by now: an account may have taken over what it had booked as a guest. */
  async #client(subject: Subject): Promise<Recipient | null> {
    const { found, contact, clientName, provider } = subject
    const { id, client } = found.reservation
    if (client.id !== guestId(id)) {
      const account = await this.#ports.findAccount(client.id)
      return account && ofAccount(account)
    }
    if (contact.email === undefined) return null
    const reader = {
      name: clientName,
      language: contact.language ?? provider?.language ?? 'en',
      timeZone: contact.timeZone ?? provider?.timeZone ?? found.reservation.agreed?.timeZone ?? 'UTC',
    }
    return {
      to: { name: clientName, address: contact.email },
      reader,
      hasAccount: false,
      notifications: DEFAULT_NOTIFICATIONS,
    }
  }

  #about(subject: Subject, { reader, hasAccount }: Recipient): AboutAppointment {
    const { found, view, provider, contact, clientName } = subject
    const publicUrl = this.#ports.publicUrl()
    const { note } = noteIn(found.reservation, this.#ports.openName)
    return {
      reservation: view,
      // An account that was deleted cancels what lay ahead, and is gone when that is told.
      provider: provider ?? {
        name: textsIn(reader.language).unnamed,
        timeZone: found.reservation.agreed?.timeZone ?? reader.timeZone,
        page: publicUrl,
      },
      client: { name: clientName, contact },
      note,
      links: {},
      choice: hasAccount ? `${publicUrl}/account` : undefined,
    }
  }

  async #links(
    job: Job,
    kind: 'held' | 'confirmed' | 'moved' | 'reminder' | 'offer',
    { view }: Subject,
  ): Promise<AboutAppointment['links']> {
    const { reservationId, waitId } = job.facts
    const made = purposes[kind].map(async (purpose) => {
      const link: MailLink = {
        purpose,
        reservationId: String(reservationId),
        ...(typeof waitId === 'string' && { waitId }),
        expiresAt: Date.parse(view.start),
        seed: job.id,
      }
      return [purpose, await this.#ports.makeLink(link)] as const
    })
    return Object.fromEntries(await Promise.all(made))
  }

  #invitation(
    side: 'client' | 'provider',
    { to, reader, hasAccount }: Recipient,
    about: AboutAppointment,
    at: number,
  ): Invitation {
    const { reservation, provider } = about
    const publicUrl = this.#ports.publicUrl()
    const method = reservation.status === 'confirmed' ? 'REQUEST' : 'CANCEL'
    const event = {
      ...eventFor(side, reader, about),
      id: reservation.id,
      seq: reservation.seq,
      changedAt: new Date(at),
      start: new Date(reservation.start),
      end: new Date(reservation.end),
      status: reservation.status,
      organizer: { name: provider.name, email: this.#ports.from.address },
      attendee: { name: to.name, email: to.address },
      // No link of the mail: a calendar is often shared.
      ...(hasAccount && { page: `${publicUrl}${side === 'client' ? '/my' : '/provider'}` }),
    }
    return { method, file: calendarFile([event], { publicUrl, language: reader.language, method }) }
  }
}

const purposes: Record<'held' | 'confirmed' | 'moved' | 'reminder' | 'offer', LinkPurpose[]> = {
  held: ['confirm', 'cancel'],
  confirmed: ['manage', 'move', 'cancel'],
  moved: ['manage', 'move', 'cancel'],
  reminder: ['manage', 'move', 'cancel'],
  offer: ['accept-offer', 'decline-offer', 'leave-wait'],
}

/** Why a mail of a change is not sent; null where it is. */
function whyNotTrue(
  kind: ChangeKind,
  { moves, at, movedFrom }: ChangeFacts,
  { found, view }: Pick<Subject, 'found' | 'view'>,
  now: number,
): string | null {
  if (Date.parse(view.end) <= now) return 'it is over'
  switch (kind) {
    case 'held':
      if (view.status !== 'held') return 'it is not held any more'
      if (found.reservation.byProvider) return 'its provider confirms it'
      if (movesOf(found) !== moves) return 'it has changed since'
      // A hold that is extended is in the log once more. One that was moved is told again, for its new time.
      return movedFrom !== null || found.reservation.heldAt.getTime() === at ? null : 'it was told before'
    case 'confirmed':
    case 'moved':
      if (view.status !== 'confirmed') return 'it is not booked any more'
      return movesOf(found) === moves ? null : 'it has changed since'
    case 'cancelled':
      return view.status === 'cancelled' ? null : 'it goes on'
  }
}

/** With its id this names a booking at its time: other changes of its slots leave it as it is. */
function movesOf({ reservation }: FoundReservation): number {
  return reservation.moves ?? 0
}

function ofAccount({ name, language, timeZone, email, notifications }: MailAccount): Recipient {
  return {
    to: { name, address: email },
    reader: { name, language, timeZone },
    hasAccount: true,
    notifications,
  }
}
