/** Links about an appointment: confirm, cancel, move, take or leave what was offered. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { KnownAccount } from '../accounts/account-store.js'
import { readSlotId } from '../domain/grid.js'
import type { Language } from '../domain/languages.js'
import { guestId, type ReservationStatus, statusAt } from '../domain/reservation.js'
import { ZoneOffsets } from '../domain/zone-offsets.js'
import { languageOf } from '../http/accept-language.js'
import { invalid } from '../http/problems.js'
import type { LinkForm, LinkPage } from '../links/link-page.js'
import type { Link } from '../links/link-store.js'
import {
  alertOf,
  type LinkActed,
  type LinkShown,
  type LinkSubject,
  lookForAnother,
} from '../links/link-subject.js'
import { dayInZone, daySpan, dayText } from '../links/link-times.js'
import { linkTexts } from '../links/texts/catalogue.js'
import { momentText, shortText, spanText } from '../mail/times.js'
import type { LinkUse } from '../schemas/links.js'
import { cutoffAnswer, type FoundReservation } from '../slots/slot-outcomes.js'
import { contactIn, reservationView } from '../slots/slot-view.js'
import { moveTermsOf } from './appointment-terms.js'
import { freeFor, searchIn } from './free-starts.js'
import { checkGuest, guestConfirmed } from './guest-bookings.js'
import { refusalOf, viewFor } from './reservations.js'

const NEAREST = 12
const MOST_OF_A_DAY = 96
const offsets = new ZoneOffsets()

interface Visit {
  found: FoundReservation
  provider: KnownAccount
  status: ReservationStatus
  language: Language
  /** Of whoever reads it. */
  zone: string
  now: number
}

/** Null where there is nothing to show: it has begun, or whom it was for is gone. */
export async function visitSubject(
  app: FastifyInstance,
  link: Link,
  request: FastifyRequest,
): Promise<LinkSubject | null> {
  const { purpose, outcome, reservationId = '' } = link
  const visit = await visitOf(app, reservationId, request)
  if (!visit) return null
  const { found } = visit
  return {
    about: { reservation: reservationId },
    async state() {
      const reservation = await viewFor(app, found, { role: 'client' })
      return { purpose, used: outcome !== undefined, reservation }
    },
    page: (shown) => pageOf(app, link, visit, shown),
    act: (given) => act(app, link, visit, given),
  }
}

async function visitOf(
  app: FastifyInstance,
  reservationId: string,
  request: FastifyRequest,
): Promise<Visit | null> {
  const found = await app.slots.findReservation(reservationId)
  const now = app.clock.now()
  if (!found || found.reservation.client.id === '' || found.slot.start.getTime() <= now) return null
  const provider = await app.accounts.find(found.slot.providerId)
  if (!provider) return null
  const account = await app.accounts.find(found.reservation.client.id)
  const { contact = {} } = contactIn(found.reservation, app.accounts.names.open)
  const language = account?.language ?? contact.language ?? languageOf(request.raw)
  const zone = account?.timeZone ?? contact.timeZone ?? provider.timeZone
  return { found, provider, status: statusAt(found.reservation, now), language, zone, now }
}

async function pageOf(
  app: FastifyInstance,
  { purpose, outcome }: Link,
  visit: Visit,
  shown: LinkShown,
): Promise<LinkPage> {
  const { found, status, language, zone, now } = visit
  const all = linkTexts[language]
  const { visit: texts, notYet } = all
  const page = { language, facts: factsOf(visit), ...alertOf(shown, all) }
  const isHeld = status === 'held'
  if (!isHeld && status !== 'confirmed') return { ...page, ...endedPage(visit, purpose === 'decline-offer') }
  const until = 'expiresAt' in found.reservation ? found.reservation.expiresAt : undefined
  const held = isHeld && until ? [texts.heldUntil(momentText(until.getTime(), zone, language))] : []
  const press = ({ title, button }: { title: string; button: string }, ...more: string[]): LinkPage => ({
    ...page,
    title,
    texts: [...held, ...more, notYet],
    forms: [{ method: 'post', button, isMain: true }],
  })
  const isGuests = found.reservation.client.id === guestId(found.reservation.id)
  const booked = isGuests && purpose === 'confirm' ? [texts.mailFollows] : []
  const links = isHeld ? [] : await onwards(app, visit, shown)
  const asItIs = {
    ...page,
    title: isHeld ? texts.held : texts.confirmed,
    texts: isHeld ? held : booked,
    links,
  }
  if (outcome !== undefined) return outcome === 'moved' ? { ...asItIs, title: texts.moved } : asItIs
  if (purpose === 'confirm') return isHeld ? press(texts.confirm) : asItIs
  if (purpose === 'accept-offer') return isHeld ? press(texts.accept) : asItIs
  if (purpose === 'decline-offer') return isHeld ? press(texts.decline, texts.staysOnList) : asItIs
  const latest = (which: 'cancelCutoffSeconds' | 'moveCutoffSeconds') => {
    const refused = cutoffAnswer(found, which, now)
    return refused ? momentText(Date.parse(String(refused.extras?.latest)), zone, language) : null
  }
  if (purpose === 'cancel') {
    const late = latest('cancelCutoffSeconds')
    if (late !== null) return { ...asItIs, texts: [texts.cancelCutoff(late)] }
    return press(isHeld ? texts.giveBack : texts.cancel)
  }
  const [moveLate, cancelLate] = [latest('moveCutoffSeconds'), latest('cancelCutoffSeconds')]
  const move =
    moveLate === null
      ? await moveForms(app, visit, shown.day)
      : { texts: [texts.moveCutoff(moveLate)], forms: [] }
  if (purpose === 'move') return { ...page, title: texts.move.title, ...move }
  if (cancelLate !== null) {
    return { ...asItIs, texts: [...move.texts, texts.cancelCutoff(cancelLate)], forms: move.forms }
  }
  const question = isHeld ? texts.giveBack : texts.cancel
  const field = (name: string) => ({ kind: 'hidden', name, value: 'cancel' }) as const
  if (shown.ask === 'cancel') {
    return {
      ...press(question),
      forms: [
        { method: 'post', button: question.button, isMain: true, fields: [field('do')] },
        { method: 'get', button: texts.back },
      ],
    }
  }
  const cancel: LinkForm = { method: 'get', button: question.button, fields: [field('ask')] }
  return { ...asItIs, texts: [...held, ...move.texts], forms: [...move.forms, cancel] }
}

/** To where it is changed, for whoever has just booked it, and to its provider. */
async function onwards(
  app: FastifyInstance,
  { found, provider, language }: Visit,
  { hasActed = false }: LinkShown,
): Promise<NonNullable<LinkPage['links']>> {
  const all = linkTexts[language]
  const links = lookForAnother(provider, all, all.visit.theirPage(provider.name))
  if (!hasActed) return links
  // Only now: a link that was used, and is found later, must not be good for more.
  const url = await app.links.make({
    purpose: 'manage',
    reservationId: found.reservation.id,
    expiresAt: found.slot.start.getTime(),
  })
  return [{ href: new URL(url).pathname, text: all.visit.change }, ...links]
}

function endedPage({ found, status, language, provider, now }: Visit, isDeclined: boolean) {
  const all = linkTexts[language]
  const { visit: texts } = all
  const { cancelledBy } = reservationView(found.slot, found.reservation, now)
  const cancelled = cancelledBy === 'client' ? texts.youCancelled : texts.cancelled
  const title = { expired: texts.expired, released: texts.released, cancelled }
  const goesOn = isDeclined && status === 'released'
  return {
    title: goesOn ? texts.declined : title[status as Exclude<ReservationStatus, 'held' | 'confirmed'>],
    texts: [...(status === 'expired' ? [texts.expiredText] : []), ...(goesOn ? [texts.staysOnList] : [])],
    links: lookForAnother(provider, all),
  }
}

function factsOf({ found, provider, language, zone, now }: Visit): [string, string][] {
  const { facts } = linkTexts[language]
  const { start, end, serviceName } = reservationView(found.slot, found.reservation, now)
  const span = [Date.parse(start), Date.parse(end)] as const
  const own = spanText(...span, zone, language)
  const theirs = spanText(...span, provider.timeZone, language)
  const { place, address } = provider.profile ?? {}
  const where = [address, place].filter((one) => one !== undefined).join(', ')
  return [
    ...(serviceName === undefined ? [] : [[facts.what, serviceName] as [string, string]]),
    [facts.when, own],
    ...(own === theirs ? [] : [[facts.clockOf(provider.name), theirs] as [string, string]]),
    [facts.who, provider.name],
    ...(where === '' ? [] : [[facts.where, where] as [string, string]]),
  ]
}

/** The free times that are nearest, or those of a day, and a form to see another day. */
async function moveForms(
  app: FastifyInstance,
  { found, provider, language, zone, now }: Visit,
  day: string | undefined,
): Promise<{ texts: string[]; forms: LinkForm[] }> {
  const { visit: texts } = linkTexts[language]
  const booked = found.reservation.service
  const service = booked ? await app.services.find(provider.id, booked.id) : null
  const { slots } = await app.board.topic(provider.id)
  const { defaultPolicies } = app
  const offered = service?.active ? service : null
  const search = searchIn(freeFor(slots, found.reservation.id), offered, provider, {
    now,
    defaultPolicies,
    offsets,
  })
  const span = day === undefined ? null : daySpan(day, zone)
  const start = found.slot.start.getTime()
  const ofDay = span
    ? search
        .select({ ...span, after: null, limit: MOST_OF_A_DAY }, null)
        .found.filter(({ id }) => id !== found.slot._id)
        .slice(0, MOST_OF_A_DAY)
    : []
  const starts = ofDay.length > 0 ? ofDay : search.nearest({ id: found.slot._id, start }, NEAREST)
  const options = starts
    .sort((a, b) => a.start - b.start)
    .map(({ id, start }) => ({ value: id, text: shortText(start, zone, language) }))
  const shown = dayInZone(span?.from ?? start, zone)
  const dayName = span && dayText(span.from, language, zone)
  const legend = dayName && ofDay.length > 0 ? texts.thatDay(dayName) : texts.nearest
  const another: LinkForm = {
    method: 'get',
    button: texts.show,
    fields: [{ kind: 'day', name: 'day', label: texts.otherDay, value: shown }],
  }
  if (options.length === 0) return { texts: [texts.noneFree], forms: [another] }
  const choice = { kind: 'choice', name: 'slotId', legend, options } as const
  const move: LinkForm = { method: 'post', button: texts.move.button, isMain: true, fields: [choice] }
  const noneThen = dayName && ofDay.length === 0 ? [texts.noneThatDay(dayName)] : []
  return { texts: noneThen, forms: [move, another] }
}

/** On behalf of whoever the appointment is for. */
async function act(
  app: FastifyInstance,
  { purpose }: Link,
  { found }: Visit,
  { slotId, do: asked }: NonNullable<LinkUse>,
): Promise<LinkActed> {
  const { id, client } = found.reservation
  const caller = { id: client.id, role: 'client' } as const
  if (purpose === 'confirm' || purpose === 'accept-offer') {
    const isGuest = client.id === guestId(id)
    if (isGuest) await checkGuest(app, found)
    const outcome = await app.slots.confirm(caller, id)
    if (!outcome.ok) return { outcome: null, refusal: refusalOf(outcome) }
    if (isGuest) await guestConfirmed(app, found)
    return { outcome: 'confirmed' }
  }
  if (purpose === 'decline-offer') {
    const outcome = await app.slots.end(caller, id, { still: { head: found.slot._id, status: 'held' } })
    if (outcome.ok) return { outcome: 'ended' }
    // It was accepted meanwhile, which is not undone; the page says so.
    return outcome.code === 'not_found' ? { outcome: null } : { outcome: null, refusal: refusalOf(outcome) }
  }
  if (purpose === 'cancel' || asked === 'cancel') {
    const outcome = await app.slots.end(caller, id)
    return outcome.ok ? { outcome: 'ended' } : { outcome: null, refusal: refusalOf(outcome) }
  }
  if (slotId === undefined) throw invalid('slotId', 'is needed to move there')
  const terms = await moveTermsOf(app, caller, id, { slotId })
  const place = readSlotId(slotId)
  if (place && client.id === guestId(id)) await checkGuest(app, found, place)
  const outcome = await app.slots.move(caller, id, { slotId, ...terms })
  return outcome.ok ? { outcome: 'moved' } : { outcome: null, refusal: refusalOf(outcome) }
}
