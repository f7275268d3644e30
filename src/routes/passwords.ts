/**
 * Forgotten passwords and the check of the own address: both by links that are mailed.
 *
 * The answer about a forgotten password is the same for every address, and does not wait for what is done about it, so
 * neither its text nor its time says who has an account.
 */
import { setImmediate as later } from 'node:timers/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CHECK_MS } from '../accounts/account-addresses.js'
import { resetMark } from '../domain/link-purposes.js'
import { Refusal } from '../http/problems.js'
import { type AccountMail, mailJob } from '../mail/mail-jobs.js'
import { ForgottenPassword, MailAsked } from '../schemas/accounts.js'
import { Problem } from '../schemas/common.js'
import { signedIn } from './reservations.js'

const MINUTE_MS = 60_000
export const RESET_MS = 60 * MINUTE_MS

export const passwordRoutes: FastifyPluginAsyncTypebox = async (app) => {
  /** Mails that are being asked for. */
  const asking = new Set<Promise<void>>()
  app.addHook('preClose', async () => void (await Promise.all(asking)))

  app.post(
    '/v1/password/forgotten',
    {
      config: { access: 'open', limit: 'sign-in', audit: 'password.forgotten' },
      schema: {
        operationId: 'forgotPassword',
        summary: 'Ask for a mail with a link that sets another password',
        description:
          'The same answer for every address, whether or not there is an account. The link is good for an hour; who uses it ends all sessions of the account. At most one mail a minute.',
        tags: ['accounts'],
        body: ForgottenPassword,
        response: { 202: MailAsked, 400: Problem, 409: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      mustSendMail()
      const account = await app.accountAddresses.findByEmail(request.body.email)
      if (account) {
        const work = later()
          .then(() => ask('password-reset', account, RESET_MS))
          .catch((error: unknown) => {
            app.log.warn({ err: error }, 'a mail for a forgotten password could not be asked for')
          })
        asking.add(work)
        void work.finally(() => asking.delete(work))
      }
      return reply.code(202).send({ accepted: true })
    },
  )

  app.post(
    '/v1/me/email-check',
    {
      config: { access: 'any', audit: 'account.check-email' },
      schema: {
        operationId: 'checkOwnEmail',
        summary: 'Ask for a mail with a link that proves the own address',
        description: 'At most one mail a minute. An address that is proved already gets none.',
        tags: ['accounts'],
        response: { 202: MailAsked, 401: Problem, 409: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      mustSendMail()
      const account = await app.accounts.own(signedIn(request.caller).id)
      if (!account) throw new Refusal('unauthenticated')
      if (!account.emailVerified) await ask('address-check', account, CHECK_MS)
      return reply.code(202).send({ accepted: true })
    },
  )

  function mustSendMail(): void {
    if (!app.mail.isOn) throw new Refusal('mail_unavailable')
  }

  async function ask(
    kind: 'password-reset' | 'address-check',
    account: { id: string; emailRev: number; passwordRev: number },
    forMs: number,
  ): Promise<void> {
    const now = app.clock.now()
    const mail: AccountMail = {
      kind,
      cause: `${account.id}:${Math.floor(now / MINUTE_MS)}`,
      accountId: account.id,
      about: kind === 'password-reset' ? resetMark(account) : String(account.emailRev),
      expiresAt: now + forMs,
    }
    await app.jobs.add([mailJob(mail, now)])
  }
}
