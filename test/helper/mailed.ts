/** A clinic whose mails go to a real mail server on loopback. */
import type { Test } from 'tap'
import type { JobDoc } from '../../src/jobs/job-model.js'
import { type Clinic, clinic } from './clinic.js'
import { type MailServer, mailServer, type ReceivedMail } from './mail-server.js'
import type { ServersOptions } from './servers.js'
import { until } from './until.js'

export interface MailedClinic extends Clinic {
  mail: MailServer
  /** As soon as so many have come to that address. */
  arrived(address: string, count: number): Promise<ReceivedMail[]>
  /** The jobs of mails to a recipient, once what is due has been tried. */
  jobs(recipient: string): Promise<JobDoc[]>
  /** As soon as a job of that recipient and kind is as described. */
  job(recipient: string, kind: string, isSo: (job: JobDoc) => boolean): Promise<JobDoc>
}

export async function mailed(
  t: Test,
  { settings, ...options }: ServersOptions & { slots?: number } = {},
): Promise<MailedClinic> {
  const mail = await mailServer(t)
  const at = await clinic(t, {
    settings: { SMTP_URL: mail.url, PUBLIC_URL: 'https://booking.example.org', ...settings },
    ...options,
  })
  const { jobs } = at.server.app
  const listed = (recipient: string) =>
    jobs.store.list({ of: { recipient }, channel: 'mail', states: undefined, after: null, limit: 50 })
  return {
    ...at,
    mail,
    jobs: listed,
    async arrived(address, count) {
      await until(async () => {
        await jobs.look()
        return mail.to(address).length >= count
      }, `${count} mails to the address`)
      return mail.to(address)
    },
    async job(recipient, kind, isSo) {
      let found: JobDoc | undefined
      await until(async () => {
        await jobs.look()
        found = (await listed(recipient)).find((one) => one.kind === kind && isSo(one))
        return found !== undefined
      }, `a job of the kind ${kind}`)
      return found as JobDoc
    },
  }
}
