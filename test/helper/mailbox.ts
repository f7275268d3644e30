/** Mails that a server wrote to its folder, and the links in them. */
import type { Test } from 'tap'
import { headerOf, textOf } from '../../src/mail/read-mail.js'
import { temporaryFolder } from './database.js'
import { type ServersOptions, startServers, type TestServer } from './servers.js'
import { until } from './until.js'

/** Servers that write their mails to one folder. */
export function startMailing(t: Test, options: ServersOptions = {}): Promise<TestServer[]> {
  return startServers(t, { mail: temporaryFolder(t), ...options })
}

interface Mail {
  to: string
  subject: string
  text: string
  /** Paths of its links, in their order. */
  links: string[]
}

export async function mailsTo({ app }: TestServer, address: string): Promise<Mail[]> {
  const { folder } = app.mail
  const mails: Mail[] = []
  for (const name of (await folder?.names()) ?? []) {
    const mail = await folder?.read(name)
    if (!mail || !headerOf(mail, 'to').includes(address)) continue
    const text = textOf(mail, 'text/plain')
    const links = [...text.matchAll(/\/l\/[\w-]{43}/g)].map(([link]) => link)
    mails.push({ to: headerOf(mail, 'to'), subject: headerOf(mail, 'subject'), text, links })
  }
  return mails
}

/** Waits for the mail to an address after those that it had. */
export async function nextMail(server: TestServer, address: string, before = 0): Promise<Mail> {
  let mails: Mail[] = []
  await until(async () => {
    mails = await mailsTo(server, address)
    return mails.length > before
  }, `a mail to ${address}`)
  const [newest] = mails
  if (!newest) throw new Error('no mail')
  return newest
}
