/** What mails are made of and read from: the parts of the server that this folder does not know. */
import type { Clock } from '../clock.js'
import type { Language } from '../domain/languages.js'
import type { LinkPurpose } from '../domain/link-purposes.js'
import type { Notifications } from '../domain/notifications.js'
import type { MailParty } from '../http/mail-party.js'
import type { NewJob } from '../jobs/job.js'
import type { FoundReservation } from '../slots/slot-outcomes.js'
import type { OpenName } from '../slots/slot-view.js'
import type { MailContent } from './content.js'
import type { Invitation } from './letter.js'

export interface MailAccount {
  id: string
  name: string
  timeZone: string
  language: Language
  email: string
  /** How often the address has changed, and the password. */
  emailRev: number
  passwordRev: number
  notifications: Notifications
  /** Of a provider: where appointments take place, and its public page. */
  where?: string | undefined
  page: string
}

export interface MailLink {
  purpose: LinkPurpose
  reservationId?: string
  accountId?: string
  waitId?: string
  about?: string
  expiresAt: number
  /** The same job makes the same links. */
  seed: string
}

export interface MailPorts {
  clock: Clock
  findReservation: (id: string) => Promise<FoundReservation | null>
  findAccount: (id: string) => Promise<MailAccount | null>
  /** The address that is to be an account's, or was, while the change is of use. */
  addressOfChange: (
    accountId: string,
    which: 'pendingEmail' | 'formerEmails',
    change: string,
  ) => Promise<string | null>
  /** How long before the start of a service people are reminded. */
  reminderMinutes: (providerId: string, serviceId: string | undefined) => Promise<readonly number[]>
  openName: OpenName
  makeLink: (link: MailLink) => Promise<string>
  addJobs: (jobs: readonly NewJob[]) => Promise<void>
  publicUrl: () => string
  from: MailParty
}

/** A mail that is to be sent. */
export interface Draft {
  to: MailParty
  content: MailContent
  date: Date
  invitation?: Invitation
  unsubscribe?: string
  /** Of no use later: not kept for the next hour where the address has had its mails of this one. */
  isMomentary?: boolean
  /** What is to be done once it is sent. */
  sent?: () => Promise<void>
}

export interface Obsolete {
  why: string
}
