/** The link of an offer that leaves the waiting list: it acts on the wait, whatever has become of what was offered. */
import type { FastifyInstance } from 'fastify'
import type { KnownAccount } from '../accounts/account-store.js'
import { readSlotId } from '../domain/grid.js'
import { isOver } from '../domain/wait.js'
import type { LinkPage } from '../links/link-page.js'
import type { Link } from '../links/link-store.js'
import { alertOf, type LinkShown, type LinkSubject, lookForAnother } from '../links/link-subject.js'
import { daysText } from '../links/link-times.js'
import { linkTexts } from '../links/texts/catalogue.js'
import { momentText, zoneName } from '../mail/times.js'
import type { WaitDoc } from '../waits/wait-model.js'
import { waitView } from './waits.js'

interface Waiting {
  wait: WaitDoc
  position: number | undefined
  client: KnownAccount
  provider: KnownAccount
}

/** Null where there is nothing to show: the wait is forgotten, or whom it was for is gone. */
export async function waitSubject(
  app: FastifyInstance,
  { purpose, outcome, waitId = '' }: Link,
): Promise<LinkSubject | null> {
  const read = await app.waits.read(waitId)
  if (!read) return null
  const { wait, position } = read
  const client = await app.accounts.find(wait.clientId)
  const provider = await app.accounts.find(wait.providerId)
  if (!client || !provider) return null
  return {
    about: { wait: waitId },
    state: () => ({ purpose, used: outcome !== undefined, wait: waitView(wait, position) }),
    page: (shown) => pageOf(app, { wait, position, client, provider }, shown),
    async act() {
      await app.waits.leave(waitId)
      return { outcome: 'left' }
    },
  }
}

async function pageOf(
  app: FastifyInstance,
  { wait, client, provider }: Waiting,
  shown: LinkShown,
): Promise<LinkPage> {
  const { language, timeZone } = client
  const all = linkTexts[language]
  const { facts: labels, wait: texts, notYet } = all
  const { state, serviceId, from, to, offer } = wait
  const service = serviceId === undefined ? null : await app.services.find(provider.id, serviceId)
  const days = daysText(from.getTime(), to.getTime() - 1, language, timeZone)
  const facts: [string, string][] = [
    ...(service ? [[labels.what, service.name] as [string, string]] : []),
    [labels.when, days],
    [labels.who, provider.name],
  ]
  const page = { language, facts, ...alertOf(shown, all) }
  if (state === 'booked') return { ...page, title: texts.booked, texts: [texts.bookedText] }
  if (isOver(state)) return { ...page, title: texts.left, links: lookForAnother(provider, all) }
  const start = state === 'offered' && offer ? readSlotId(offer.slotId)?.start : undefined
  const momentOf = (at: number) =>
    `${momentText(at, timeZone, language)} (${zoneName(at, timeZone, language)})`
  const given = start === undefined ? [] : [texts.givesBack(momentOf(start))]
  const { title, button } = texts.leave
  return { ...page, title, texts: [...given, notYet], forms: [{ method: 'post', button, isMain: true }] }
}
