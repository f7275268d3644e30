/** The caller's own account: read, change, export, delete. */
import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { UNDO_MS } from '../accounts/account-addresses.js'
import type { OwnedAccount } from '../accounts/account-store.js'
import { endClient, endProvider } from '../accounts/delete-account.js'
import type { SessionRecord } from '../auth/sessions.js'
import { notificationsOf } from '../domain/notifications.js'
import type { Caller } from '../http/caller.js'
import { invalid, Refusal } from '../http/problems.js'
import { mailJob } from '../mail/mail-jobs.js'
import { AccountExport, Me, MeChanges, MeDeletion } from '../schemas/accounts.js'
import { Problem } from '../schemas/common.js'
import { exportText } from './account-export.js'
import { signedIn } from './reservations.js'

/** Deleting an account takes many calls to the database, each with its own deadline. */
const WHOLE_ACCOUNT_MS = 120_000
/** An export is written as fast as it is read. */
const SLOW_READER_MS = 1_800_000
/** Of somebody whose address changes all the time. */
const ASK_AGAIN_SECONDS = 86_400

export const meRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/me',
    {
      config: { access: 'any' },
      schema: {
        operationId: 'getMe',
        summary: 'The own account',
        tags: ['accounts'],
        response: { 200: Me, 401: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return view(await own(request.caller))
    },
  )

  app.patch(
    '/v1/me',
    {
      config: { access: 'any', audit: 'account.change' },
      schema: {
        operationId: 'updateMe',
        summary: 'Change the own account',
        description:
          'A new address or password needs `currentPassword`. Where this server sends mail, a new address is `pendingEmail` until the link in a mail to it is used; the own address takes it back. The present address is told, with a link that stops it. A new password ends all other sessions of the account, the links that were mailed to set one, and a change of address that was asked for before. A new name is shown on bookings ahead as well; it takes a second, until every server knows it.',
        tags: ['accounts'],
        body: MeChanges,
        response: { 200: Me, 400: Problem, 401: Problem, 409: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const { currentPassword, ...changes } = request.body
      if (changes.email !== undefined || changes.password !== undefined) {
        if (currentPassword === undefined) {
          throw invalid('currentPassword', 'is needed to change the address or the password')
        }
        if (!(await app.accounts.isPassword(caller.id, currentPassword))) {
          throw invalid('currentPassword', 'is not the password of this account')
        }
      }
      const { notifications = {} } = changes
      const ownChoices = notificationsOf(caller.role)
      for (const name of Object.keys(notifications)) {
        if (!(name in ownChoices)) throw invalid(`notifications.${name}`, `is not for a ${caller.role}`)
      }
      if (changes.timeZone !== undefined && caller.role === 'provider') {
        await app.slots.noteAgreedTimes(caller.id)
      }
      if (changes.email !== undefined) await app.accountAddresses.release(changes.email)
      const pending = app.mail.isOn ? await askForAddress(caller.id, changes.email) : false
      if (pending) delete changes.email
      const changed = await app.accounts.change(caller.id, changes, { keepsAsked: pending })
      if (!changed.ok) throw new Refusal(changed.code === 'not_found' ? 'unauthenticated' : changed.code)
      if (changes.password !== undefined) await app.tokens.endAll(caller.id, caller.session)
      if (changes.name !== undefined || changes.timeZone !== undefined) await spread(changed.account)
      reply.header('cache-control', 'no-store')
      return view(changed.account)
    },
  )

  app.delete(
    '/v1/me',
    {
      handlerTimeout: WHOLE_ACCOUNT_MS,
      config: { access: 'any', audit: 'account.delete' },
      schema: {
        operationId: 'deleteMe',
        summary: 'Delete the own account',
        description:
          'Ends holds and bookings ahead, frees the address, ends every session; it takes a second or two, until no server believes a token of the account. Needs `password`, unless the sign-in is less than five minutes old; renewing a token is no sign-in. A provider with bookings ahead is refused (`slot_confirmed`) unless `bookings=cancel` says that they are cancelled.',
        tags: ['accounts'],
        body: MeDeletion,
        querystring: Type.Object(
          { bookings: Type.Optional(Type.Enum(['keep', 'cancel'], { default: 'keep' })) },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null(), 400: Problem, 401: Problem, 403: Problem, 409: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      await ownerAsks(caller, request.body?.password)
      if (caller.role === 'client') {
        request.audited = await endClient(app, caller)
      } else {
        const ended = await endProvider(app, caller, request.query.bookings ?? 'keep')
        if (!ended.ok) {
          const detail =
            'Confirmed bookings lie ahead: let them pass, or send bookings=cancel to cancel them.'
          throw new Refusal('slot_confirmed', detail, { slot: ended.booked })
        }
        request.audited = { ended: ended.ended }
      }
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/v1/me/export',
    {
      handlerTimeout: SLOW_READER_MS,
      config: { access: 'any', audit: 'account.export' },
      schema: {
        operationId: 'exportMe',
        summary: 'Everything the database holds about the own account',
        tags: ['accounts'],
        response: { 200: AccountExport, 401: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      reply
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="slotcast-export.json"')
      const account = await own(caller)
      const head = {
        exportedAt: new Date(app.clock.now()).toISOString(),
        account: view(account),
        formerEmails: account.formerEmails.map(({ email, until }) => ({ email, until: until.toISOString() })),
        sessions: (await app.tokens.sessionsOf(caller.id)).map(sessionView),
      }
      return sendJson(reply, exportText(app, account, head))
    },
  )

  /**
   * Where mail is sent, another address waits until a link that goes there is used. True where it does; one that only
   * looks different is changed at once.
   */
  async function askForAddress(id: string, email: string | undefined): Promise<boolean> {
    if (email === undefined) return false
    const owner = await app.accountAddresses.findByEmail(email)
    if (owner?.id === id) {
      await app.accountAddresses.cancelAsked(id)
      return false
    }
    const asked = await app.accountAddresses.ask(id, email)
    if (!asked.ok && asked.code === 'rate_limited') {
      throw new Refusal(asked.code, undefined, {}, { 'retry-after': String(ASK_AGAIN_SECONDS) })
    }
    if (!asked.ok) throw new Refusal(asked.code === 'not_found' ? 'unauthenticated' : asked.code)
    const { change, until } = asked
    const now = app.clock.now()
    const mail = { cause: change, accountId: id, about: change }
    await app.jobs.add([
      mailJob({ kind: 'address-change', ...mail, expiresAt: until }, now),
      // As long as the change can be taken back once it is made.
      mailJob({ kind: 'address-asked', ...mail, expiresAt: until + UNDO_MS }, now),
    ])
    return true
  }

  /** Somebody who finds an open browser, and so a token, must not be able to delete the account. */
  async function ownerAsks(caller: Caller, password: string | undefined): Promise<void> {
    if (password === undefined) {
      if (await app.tokens.signedInLately(caller)) return
      throw new Refusal('forbidden', 'Send { "password" } with it, or sign in again: the sign-in is too old.')
    }
    if (await app.accounts.isPassword(caller.id, password)) return
    // Without an account, this repeats a deletion that was interrupted, and finishes it.
    if (await app.accounts.findFresh(caller.id))
      throw new Refusal('unauthenticated', 'The password is wrong.')
  }

  /**
   * What others remember of the account is forgotten before the answer, so that from then on nothing is made with the
   * old name anywhere; then those ahead that have it are changed, among them any that were made meanwhile.
   */
  async function spread(account: OwnedAccount): Promise<void> {
    await app.tokens.knownEverywhere()
    if (account.role !== 'client') {
      await app.materialiser.run(account.id)
      return
    }
    await app.slots.renameClient(account)
    await app.directory.renamed(account.id, account.name)
  }

  async function own(caller: Caller | null): Promise<OwnedAccount> {
    const account = await app.accounts.own(signedIn(caller).id)
    if (!account) throw new Refusal('unauthenticated')
    return account
  }
}

/** Written as fast as it is read. */
function sendJson(reply: FastifyReply, text: AsyncIterable<string>) {
  return reply.type('application/json; charset=utf-8').send(Readable.from(text, { objectMode: false }))
}

function sessionView({ startedAt, rotatedAt, expiresAt, endedAt }: SessionRecord) {
  return {
    startedAt: startedAt.toISOString(),
    renewedAt: rotatedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  }
}

function view({ emailVerified, pendingEmail, notifications, ...account }: OwnedAccount): Me {
  const { id, role, name, timeZone, language, email, createdAt } = account
  return {
    id,
    role,
    name,
    timeZone,
    language,
    email,
    emailVerified,
    ...(pendingEmail !== undefined && { pendingEmail }),
    notifications: notificationsOf(role, notifications),
    createdAt: createdAt.toISOString(),
  }
}
