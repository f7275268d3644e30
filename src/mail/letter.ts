/** A mail as it goes out: headers, text, HTML and an invitation, in the form in which nodemailer takes it. */
import { createHash } from 'node:crypto'
import type { SendMailOptions } from 'nodemailer'
import type { MailParty } from '../http/mail-party.js'
import { asHtml, asText, type MailContent, oneLine } from './content.js'

export interface Invitation {
  method: 'REQUEST' | 'CANCEL'
  /** The calendar file. */
  file: string
}

export interface Letter {
  /** Of the job: the same job makes the same Message-ID, by which a mail that came twice is known. */
  jobId: string
  from: MailParty
  to: MailParty
  /** When it was asked for. */
  date: Date
  content: MailContent
  invitation?: Invitation | undefined
  /** Where its reader says that no more of these are wanted. */
  unsubscribe?: string | undefined
  publicUrl: string
}

const ID_CHARACTERS = 32

export function mailOptions(letter: Letter): SendMailOptions {
  const { from, to, content, invitation, unsubscribe, date } = letter
  return {
    from: party(from),
    to: party(to),
    // So that nobody else can come to be a recipient, whatever stands in the headers.
    envelope: { from: from.address, to: [to.address] },
    subject: headerText(content.subject),
    messageId: messageIdOf(letter.jobId, letter.publicUrl),
    date,
    text: asText(content),
    html: asHtml(content),
    ...(invitation && {
      icalEvent: { method: invitation.method, content: invitation.file, filename: 'invite.ics' },
    }),
    ...(unsubscribe !== undefined && { list: { unsubscribe: { url: unsubscribe } } }),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': content.language,
    },
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** Says nothing of whom or what the mail is about. */
export function messageIdOf(jobId: string, publicUrl: string): string {
  const id = createHash('sha256').update(jobId).digest('hex').slice(0, ID_CHARACTERS)
  return `<${id}@${new URL(publicUrl).hostname}>`
}

/** What looks like an encoded word (RFC 2047) is no longer one: readers decode it even where they should not. */
function headerText(text: string): string {
  return oneLine(text).replaceAll('=?', '= ?')
}

function party({ name, address }: MailParty): MailParty {
  return { name: headerText(name), address: address.replace(/[\p{Cc}<>]/gu, '') }
}
