/** Hands mails to a mail server, over a few connections that are kept open. */
import { createTransport, type SendMailOptions, type SMTPPoolOptions } from 'nodemailer'

/** One attempt takes no longer than this, whatever the mail server does. */
export const ATTEMPT_MS = 45_000
const CONNECT_MS = 10_000
const SILENCE_MS = 20_000
/** Mail servers close after minutes. */
const IDLE_MS = 30_000
const CONNECTIONS = 2
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

export type SendResult =
  | { how: 'accepted' }
  /** For good: the mail server does not take this mail. */
  | { how: 'refused'; error: string }
  | { how: 'later'; error: string }

export interface MailTransport {
  send(mail: SendMailOptions, signal: AbortSignal): Promise<SendResult>
  close(): Promise<void>
}

type SmtpMailer = ReturnType<typeof smtpMailer>

export class SmtpTransport implements MailTransport {
  readonly #mailer: SmtpMailer

  constructor({ url }: { url: string }) {
    this.#mailer = smtpMailer(url)
  }

  async send(mail: SendMailOptions, signal: AbortSignal): Promise<SendResult> {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)])
    try {
      await this.#mailer.sendMail({ ...mail, signal: inTime })
      return { how: 'accepted' }
    } catch (error) {
      return failureOf(error)
    }
  }

  async close(): Promise<void> {
    this.#mailer.close({ force: true })
  }
}

function smtpMailer(url: string) {
  const { hostname, username, protocol } = new URL(url)
  const options: SMTPPoolOptions & { pool: true } = {
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    // Once, where the mail server had closed a connection that was kept open; not a byte of the mail went out over it.
    // Trying again after that is the queue's, which knows for how long.
    maxRequeues: 1,
    idleTimeout: IDLE_MS,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    // A password goes over no network in the clear.
    ...(protocol === 'smtp:' && username !== '' && !LOOPBACK.test(hostname) && { requireTLS: true }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  return createTransport(options)
}

/** Says what happened by codes alone: what a mail server answers often quotes the address. */
export function failureOf(error: unknown): SendResult {
  const fields: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {}
  const { code, responseCode, response } = fields
  const extended =
    typeof response === 'string' ? /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0] : undefined
  const said = [code, responseCode, extended].filter((one) => one !== undefined).join(' ')
  const description = said === '' ? 'the mail could not be sent' : said
  // What is refused before the envelope is the mail server's trouble with this server, not with the mail.
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  const isForGood = typeof responseCode === 'number' && responseCode >= 500 && responseCode !== 503
  // An envelope that nodemailer itself finds wrong has no answer of a server.
  const isWrong = code === 'EENVELOPE' && responseCode === undefined
  return isAboutMail && (isForGood || isWrong)
    ? { how: 'refused', error: description }
    : { how: 'later', error: description }
}

/** Where mails go, without what only this server may know. */
export function smtpServerOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
