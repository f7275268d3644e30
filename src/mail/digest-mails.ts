/** The daily mail of a calendar: keeps what has changed for it, and writes it. */
import { Temporal } from 'temporal-polyfill'
import type { Job } from '../jobs/job.js'
import { reservationView } from '../slots/slot-view.js'
import { type DigestRow, digest } from './account-content.js'
import type { DigestChange, Digests } from './digests.js'
import { digestJob } from './mail-jobs.js'
import type { Draft, MailAccount, MailPorts, Obsolete } from './mail-ports.js'

/** On the clock of the provider. */
const SENT_AT = { hour: 7 }

export class DigestMails {
  readonly #ports: MailPorts
  readonly #digests: Digests

  constructor({ ports, digests }: { ports: MailPorts; digests: Digests }) {
    this.#ports = ports
    this.#digests = digests
  }

  /** For the next morning. */
  async keep({ id, timeZone }: MailAccount, change: DigestChange): Promise<void> {
    const { day, at } = nextMorning(this.#ports.clock.now(), timeZone)
    await this.#digests.add(id, day, change)
    await this.#ports.addJobs([digestJob(id, day, at)])
  }

  async write(job: Job): Promise<Draft | Obsolete> {
    const [providerId, day] = [job.recipient, String(job.facts.day)]
    const changes = await this.#digests.read(providerId, day)
    const account = await this.#ports.findAccount(providerId)
    const sent = () => this.#digests.remove(providerId, day)
    const rows = account?.notifications.calendar === 'none' ? [] : await this.#rows(changes)
    if (!account || rows.length === 0) {
      await sent()
      return { why: 'there is nothing to tell' }
    }
    const { name, language, timeZone, email } = account
    const publicUrl = this.#ports.publicUrl()
    const pages = { calendar: `${publicUrl}/provider`, choice: `${publicUrl}/account` }
    return {
      to: { name, address: email },
      date: new Date(Number(job.facts.at)),
      content: digest({ name, language, timeZone }, rows, pages),
      unsubscribe: pages.choice,
      sent,
    }
  }

  /** What has become of each appointment in the end. */
  async #rows(changes: readonly DigestChange[]): Promise<DigestRow[]> {
    const { findReservation, openName, clock } = this.#ports
    const rows: DigestRow[] = []
    for (const id of new Set(changes.map(({ reservationId }) => reservationId))) {
      const found = await findReservation(id)
      if (!found) continue
      const { status } = reservationView(found.slot, found.reservation, clock.now())
      const { client, moves = 0 } = found.reservation
      const isNew = changes.some(({ reservationId, kind }) => reservationId === id && kind === 'confirmed')
      if (status !== 'confirmed' && isNew) continue
      rows.push({
        start: found.slot.start.getTime(),
        what: status !== 'confirmed' ? 'cancelled' : moves > 0 && !isNew ? 'moved' : 'booked',
        client: client.name === '' ? '' : openName(client.name, id),
      })
    }
    return rows.sort((a, b) => a.start - b.start)
  }
}

function nextMorning(now: number, timeZone: string): { day: string; at: number } {
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone)
  const today = here.toPlainDate()
  const at = (day: Temporal.PlainDate) =>
    day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(SENT_AT) }).epochMilliseconds
  const day = at(today) > now ? today : today.add({ days: 1 })
  return { day: day.toString(), at: at(day) }
}
