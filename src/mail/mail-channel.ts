/**
 * The channel `mail` of the jobs: which mails a change asks for, and how one is sent.
 *
 * Invariants: a mail is written from what is so at the moment at which it is sent, and not sent where it is not true any
 * more. What a mail server refuses for good ends; everything else is tried again for a day. Nothing that is kept or logged
 * names a person, an address or a link.
 */
import { isHead } from '../domain/chain.js'
import type { Job, JobChannel, JobResult, NewJob } from '../jobs/job.js'
import type { LogEntry, SlotDoc } from '../slots/slot-document.js'
import { AccountMails } from './account-mails.js'
import type { AddressLimit } from './address-limit.js'
import { AppointmentMails } from './appointment-mails.js'
import { DigestMails } from './digest-mails.js'
import type { Digests } from './digests.js'
import { mailOptions } from './letter.js'
import { groupOf, jobsOfChange, MAIL, type MailKind, reminderJobs } from './mail-jobs.js'
import type { Draft, MailPorts, Obsolete } from './mail-ports.js'
import { ATTEMPT_MS, type MailTransport } from './smtp-transport.js'

export interface MailChannelOptions {
  ports: MailPorts
  transport: MailTransport
  limit: AddressLimit
  digests: Digests
}

/**
 * One at a time of those that are awaited and one of the others, on each instance: when it is killed, at most one of each
 * had been accepted and not been written down.
 */
const LANES = 2
/** An attempt, and the reads and writes around it. */
const LEASE_MS = ATTEMPT_MS + 15_000
const FIRST_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 3_600_000
/** The waits between so many attempts add up to a day. */
const MOST_ATTEMPTS = 30

export class MailChannel implements JobChannel {
  readonly name = MAIL
  readonly concurrency = LANES
  readonly perLane = 1
  /** A morning of reminders does not flood the mail server. */
  readonly perSecond = 20
  readonly leaseMs = LEASE_MS
  readonly #o: MailChannelOptions
  readonly #appointments: AppointmentMails
  readonly #accounts: AccountMails
  readonly #digests: DigestMails

  constructor(options: MailChannelOptions) {
    const { ports, digests } = options
    this.#o = options
    this.#digests = new DigestMails({ ports, digests })
    this.#appointments = new AppointmentMails({ ports, digests: this.#digests })
    this.#accounts = new AccountMails(ports)
  }

  plan(slotId: string, entry: LogEntry): NewJob[] {
    return jobsOfChange(slotId, entry)
  }

  /** Reminders of what is booked; that it was booked has been told, or is too long ago. */
  async planState({ providerId, start, state, reservation }: SlotDoc): Promise<NewJob[]> {
    const now = this.#o.ports.clock.now()
    if (state !== 'confirmed' || start.getTime() <= now) return []
    if (reservation.client.id === '' || (reservation.chain && !isHead(reservation.chain))) return []
    const minutes = await this.#o.ports.reminderMinutes(providerId, reservation.service?.id)
    const { id: reservationId, moves = 0, client } = reservation
    const booking = { reservationId, moves, start: start.getTime(), providerId, recipient: client.id }
    return reminderJobs(booking, minutes, now)
  }

  async run(job: Job, signal: AbortSignal): Promise<JobResult> {
    const draft = await this.#write(job)
    return 'why' in draft ? { end: 'obsolete', why: draft.why } : this.#send(job, draft, signal)
  }

  waitMs({ attempts }: Pick<Job, 'attempts' | 'createdAt'>): number | null {
    if (attempts >= MOST_ATTEMPTS) return null
    return Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS)
  }

  #write(job: Job): Promise<Draft | Obsolete> {
    const kind = job.kind as MailKind
    switch (kind) {
      case 'held':
      case 'confirmed':
      case 'moved':
      case 'cancelled':
        return this.#appointments.change(job, kind)
      case 'reminder':
        return this.#appointments.reminder(job)
      case 'offer':
        return this.#appointments.offer(job)
      case 'digest':
        return this.#digests.write(job)
      default:
        return this.#accounts.write(job, kind)
    }
  }

  async #send(job: Job, draft: Draft, signal: AbortSignal): Promise<JobResult> {
    const { limit, transport, ports } = this.#o
    const { to, content, date, invitation, unsubscribe, isMomentary, sent } = draft
    const taken = await limit.take(to.address, groupOf[job.kind as MailKind])
    if (!taken.ok) {
      const error = 'the address has had its mails of this hour'
      const { notBefore } = taken
      return isMomentary ? { end: 'failed', error } : { end: 'again', error, notBefore, isUntried: true }
    }
    const { from, publicUrl } = ports
    const mail = mailOptions({
      jobId: job.id,
      from,
      to,
      date,
      content,
      invitation,
      unsubscribe,
      publicUrl: publicUrl(),
    })
    const result = await transport.send(mail, signal)
    if (result.how === 'accepted') {
      await sent?.()
      return { end: 'done' }
    }
    await limit.giveBack(taken.place)
    return { end: result.how === 'refused' ? 'failed' : 'again', error: result.error }
  }
}
