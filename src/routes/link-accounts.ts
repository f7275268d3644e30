/** Links about an account: another password, and which address is its own. */
import type { FastifyInstance } from 'fastify'
import { type AddressOutcome, UNDO_MS } from '../accounts/account-addresses.js'
import type { OwnedAccount } from '../accounts/account-store.js'
import { resetMark } from '../domain/link-purposes.js'
import { invalid, Refusal } from '../http/problems.js'
import type { LinkPage } from '../links/link-page.js'
import type { Link } from '../links/link-store.js'
import { alertOf, type LinkActed, type LinkShown, type LinkSubject } from '../links/link-subject.js'
import { linkTexts } from '../links/texts/catalogue.js'
import type { LinkTexts } from '../links/texts/en.js'
import { mailJob } from '../mail/mail-jobs.js'
import type { LinkUse } from '../schemas/links.js'
import { adoptGuests } from './guest-bookings.js'
import { RESET_MS } from './passwords.js'

const PASSWORD = { least: 8, most: 200 }
/** The notice of a change is added before it, so that it is not lost, and is due when the change is there. */
const NOTICE_AFTER_MS = 10_000
const SIGN_IN = '/account'

type Purpose = 'password-reset' | 'address-check' | 'address-change' | 'address-undo'

/** Null where there is nothing to show: no such account, or another address by now. */
export async function accountSubject(app: FastifyInstance, found: Link): Promise<LinkSubject | null> {
  const { accountId = '' } = found
  const account = await app.accounts.own(accountId)
  const link = account && (await usable(app, account, found))
  if (!link) return null
  const { outcome } = link
  const purpose = link.purpose as Purpose
  return {
    about: { account: accountId },
    state: () => ({ purpose, used: outcome !== undefined }),
    page: (shown) => pageOf(account, purpose, outcome, shown),
    act: (given) => act(app, link, given),
  }
}

/** Somebody else who presses it at this moment may be the one who has changed the account: that is seen from the link. */
async function usable(app: FastifyInstance, account: OwnedAccount, link: Link): Promise<Link | null> {
  if (link.outcome !== undefined || (await isOfUse(app, account, link))) return link
  const again = await app.links.findAgain(link)
  return again && (again.isBusy || again.outcome !== undefined) ? again : null
}

/** Whether what it was sent for is still so. */
async function isOfUse(
  { accountAddresses }: FastifyInstance,
  account: OwnedAccount,
  { purpose, about = '' }: Link,
): Promise<boolean> {
  const { id } = account
  if (purpose === 'password-reset') return about === resetMark(account)
  if (purpose === 'address-check') return about === String(account.emailRev)
  // One whose change is made is used once more where the first use did not come to its end.
  if ((await accountAddresses.addressOf(id, 'pendingEmail', about)) !== null) return true
  return (await accountAddresses.addressOf(id, 'formerEmails', about)) !== null
}

function pageOf(
  { language, email }: OwnedAccount,
  purpose: Purpose,
  outcome: string | undefined,
  shown: LinkShown,
): LinkPage {
  const all = linkTexts[language]
  const signIn = { links: [{ href: SIGN_IN, text: all.signIn }] }
  if (outcome !== undefined) return { language, ...donePage(all, purpose, outcome), ...signIn }
  const page = { language, ...alertOf(shown, all) }
  if (purpose === 'password-reset') {
    const { title, ends, button, label, hint } = all.password
    const field = { kind: 'password', name: 'password', label, hint } as const
    return {
      ...page,
      title,
      facts: [[all.facts.account, maskedEmail(email)]],
      texts: [ends],
      forms: [{ method: 'post', button, isMain: true, fields: [field] }],
    }
  }
  const { title, text, button } = textsOf(all, purpose)
  return { ...page, title, texts: [text, all.notYet], forms: [{ method: 'post', button, isMain: true }] }
}

/** Enough for its owner to tell it from another one, and too little for whoever finds the link. */
function maskedEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return `${[...email][0]}•••${email.slice(at)}`
}

function textsOf(all: LinkTexts, purpose: Exclude<Purpose, 'password-reset'>) {
  if (purpose === 'address-check') return all.check
  return purpose === 'address-change' ? all.change : all.undo
}

function donePage(all: LinkTexts, purpose: Purpose, outcome: string) {
  if (outcome !== 'done') return { title: all.used }
  if (purpose === 'password-reset') return { title: all.password.done, texts: [all.password.doneText] }
  if (purpose === 'address-undo') return { title: all.undo.done, texts: [all.undo.doneText] }
  return { title: textsOf(all, purpose).done }
}

async function act(app: FastifyInstance, link: Link, { password }: NonNullable<LinkUse>): Promise<LinkActed> {
  const { accountId = '', about = '' } = link
  const account = await app.accounts.own(accountId)
  if (!account || !(await isOfUse(app, account, link))) return outcomeOf('gone')
  const { id, emailRev } = account
  switch (link.purpose as Purpose) {
    case 'password-reset':
      return resetPassword(app, account, password)
    case 'address-check':
      return proved(app, id, await app.accountAddresses.prove(id, emailRev))
    case 'address-change': {
      const now = app.clock.now()
      const notice = {
        kind: 'address-changed',
        cause: about,
        accountId: id,
        about,
        expiresAt: now + UNDO_MS,
      } as const
      await app.jobs.add([mailJob(notice, now + NOTICE_AFTER_MS)])
      return proved(app, id, await app.accountAddresses.change(id, about))
    }
    case 'address-undo':
      return takeBack(app, id, about)
  }
}

async function takeBack(app: FastifyInstance, id: string, about: string): Promise<LinkActed> {
  // Before it as well: where this stops half way, nobody is left signed in.
  await app.tokens.endAll(id)
  await endGrants(app, id)
  const outcome = await app.accountAddresses.takeBack(id, about)
  const account = outcome === 'done' ? await app.accounts.own(id) : null
  if (!account) return outcomeOf(outcome)
  await endGrants(app, id)
  await endSessions(app, id)
  const now = app.clock.now()
  const mail = {
    kind: 'password-ended',
    cause: about,
    accountId: id,
    about: resetMark(account),
    expiresAt: now + RESET_MS,
  } as const
  await app.jobs.add([mailJob(mail, now)])
  return outcomeOf(outcome)
}

async function resetPassword(
  app: FastifyInstance,
  { id, emailRev }: OwnedAccount,
  password: string | undefined,
): Promise<LinkActed> {
  const length = password?.length ?? 0
  if (password === undefined || length < PASSWORD.least || length > PASSWORD.most) {
    throw invalid('password', `must have ${PASSWORD.least} to ${PASSWORD.most} characters`)
  }
  // Before it as well: where this stops half way, the link is of no more use.
  await app.tokens.endAll(id)
  const changed = await app.accounts.change(id, { password })
  if (!changed.ok) return { outcome: null, refusal: new Refusal(changed.code) }
  // What was sent to the address has reached its owner.
  await app.accountAddresses.prove(id, emailRev)
  await endSessions(app, id)
  return proved(app, id, 'done')
}

async function proved(app: FastifyInstance, id: string, outcome: AddressOutcome): Promise<LinkActed> {
  if (outcome === 'done') await adoptGuests(app, id)
  return outcomeOf(outcome)
}

/** Whoever changed the address may have made keys and feeds as well. */
async function endGrants(app: FastifyInstance, id: string): Promise<void> {
  for (const kind of ['key', 'feed'] as const) await app.grants.endAll(id, kind)
}

/** From the answer on no server believes a token of the account. */
async function endSessions(app: FastifyInstance, id: string): Promise<void> {
  await app.tokens.endAll(id)
  await app.tokens.knownEverywhere()
}

function outcomeOf(outcome: AddressOutcome): LinkActed {
  if (outcome === 'done') return { outcome }
  return { outcome: null, refusal: new Refusal(outcome === 'gone' ? 'not_found' : outcome) }
}
