/** Mails with a link for the owner of an account: to prove an address, or to set another password. */
import { resetMark } from '../domain/link-purposes.js'
import type { Job } from '../jobs/job.js'
import { aboutAccount, accountTexts } from './account-content.js'
import type { AccountMailKind } from './mail-jobs.js'
import type { Draft, MailAccount, MailPorts, Obsolete } from './mail-ports.js'

export class AccountMails {
  readonly #ports: MailPorts

  constructor(ports: MailPorts) {
    this.#ports = ports
  }

  async write(job: Job, kind: AccountMailKind): Promise<Draft | Obsolete> {
    const about = typeof job.facts.about === 'string' ? job.facts.about : undefined
    const expiresAt = Number(job.facts.expiresAt)
    if (expiresAt <= this.#ports.clock.now()) return { why: 'its link has ended' }
    const account = await this.#ports.findAccount(job.recipient)
    const address = account && (await this.#addressFor(kind, account, about))
    if (!account || !address) return { why: 'there is no such address any more' }
    const link = await this.#ports.makeLink({
      purpose: accountTexts[kind].purpose,
      accountId: account.id,
      ...(about !== undefined && { about }),
      expiresAt,
      seed: job.id,
    })
    const { name, language, timeZone } = account
    return {
      to: { name, address },
      date: new Date(job.createdAt),
      content: aboutAccount(kind, { name, language, timeZone }, link, expiresAt),
      // What was changed or is to be is told later, too; a link can be asked for again.
      isMomentary: kind !== 'address-asked' && kind !== 'address-changed',
    }
  }

  async #addressFor(
    kind: AccountMailKind,
    account: MailAccount,
    about: string | undefined,
  ): Promise<string | null> {
    const { id, email, emailRev } = account
    switch (kind) {
      case 'password-reset':
      case 'password-ended':
        // It was set since, and the link would be of no use.
        return about === undefined || about === resetMark(account) ? email : null
      case 'address-check':
        // It was changed since, and the link would prove the other one.
        return about === undefined || about === String(emailRev) ? email : null
      case 'address-asked':
        // Read before it was seen to wait, so not the one that is asked for.
        return (await this.#ports.addressOfChange(id, 'pendingEmail', about ?? '')) === null ? null : email
      case 'address-change':
        return this.#ports.addressOfChange(id, 'pendingEmail', about ?? '')
      case 'address-changed':
        return this.#ports.addressOfChange(id, 'formerEmails', about ?? '')
    }
  }
}
