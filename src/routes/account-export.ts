/** An account's export as the text of one JSON document, piece by piece: it is never in memory as a whole. */
import type { FastifyInstance } from 'fastify'
import type { OwnedAccount } from '../accounts/account-store.js'
import type { ScheduleDoc } from '../schedules/schedule-model.js'
import type { AccountExport, Me } from '../schemas/accounts.js'
import { type ReservationKey, reservationKey } from '../slots/slot-queries.js'
import { contactIn, noteIn, publicSlot, reservationView } from '../slots/slot-view.js'
import { feedView } from './feeds.js'
import { keyView } from './keys.js'
import { profileView } from './profiles.js'
import { wallTimeWasOf } from './reservations.js'
import { waitView } from './waits.js'
import { webhookView } from './webhooks.js'

type Parts = Pick<
  FastifyInstance,
  'grants' | 'lists' | 'accounts' | 'services' | 'profiles' | 'schedules' | 'waitStore' | 'webhooks' | 'clock'
>

/** Items read and written at a time; in between, other requests are served and a slow reader is waited for. */
const BATCH = 200
const ALWAYS = { from: 0, to: Date.UTC(9999, 0, 1) }

/** The first piece follows the first reads, so that a database that does not answer leads to 503 and not to half a file. */
export async function* exportText(
  parts: Parts,
  account: OwnedAccount,
  head: Pick<AccountExport, 'exportedAt' | 'account' | 'formerEmails' | 'sessions'>,
): AsyncGenerator<string> {
  const { exportedAt, account: me, formerEmails, sessions } = head
  const start = JSON.stringify({ exportedAt, account: me satisfies Me, formerEmails, sessions }).slice(0, -1)
  yield* joined(`${start},"reservations":[`, reservations(parts, account))
  yield* joined('],"slots":[', account.role === 'provider' ? slots(parts, account) : [])
  yield* joined('],"services":[', account.role === 'provider' ? services(parts, account) : [])
  yield* joined('],"waits":[', account.role === 'client' ? waits(parts, account) : [])
  yield* joined('],"webhooks":[', account.role === 'provider' ? webhooks(parts, account) : [])
  const schedule = account.role === 'provider' ? await parts.schedules.findFresh(account.id) : null
  const [keys, feeds] = await Promise.all([
    parts.grants.listOf(account.id, 'key'),
    parts.grants.listOf(account.id, 'feed'),
  ])
  const rest = {
    keys: keys.map(keyView),
    feeds: feeds.map(feedView),
    policies: account.policies,
    profile: account.profile && (await profile(parts, account)),
    schedule: schedule ? scheduleView(schedule) : undefined,
  }
  const fields = Object.entries(rest).flatMap(([name, value]) =>
    value === undefined ? [] : [`,"${name}":${JSON.stringify(value)}`],
  )
  yield `]${fields.join('')}}`
}

/** Batches of items as the inside of an array. */
async function* joined(
  before: string,
  batches: AsyncIterable<object[]> | Iterable<object[]>,
): AsyncGenerator<string> {
  let lead = before
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield lead + batch.map((item) => JSON.stringify(item)).join(',')
    lead = ','
  }
  if (lead === before) yield before
}

async function* reservations({ lists, accounts, clock }: Parts, account: OwnedAccount) {
  const { id, role, createdAt } = account
  const names = role === 'provider' ? accounts.names.open : undefined
  for (let after: ReservationKey | null = null; ; ) {
    const found = await lists.reservations({ id, role }, {}, null, after, BATCH, createdAt.getTime())
    const page = found.slice(0, BATCH)
    const views = page.map(async ({ slot, reservation }) => ({
      ...reservationView(slot, reservation, clock.now(), names),
      ...(await wallTimeWasOf({ clock, accounts }, { slot, reservation })),
      // What the client has left for the provider is its own data too.
      ...contactIn(reservation, accounts.names.open),
      ...noteIn(reservation, accounts.names.open),
    }))
    yield await Promise.all(views)
    const last = page.at(-1)
    if (!last || found.length <= BATCH) return
    after = reservationKey(last)
  }
}

function scheduleView({ weekly, horizonDays, validFrom, validTo, exceptions }: ScheduleDoc) {
  return {
    weekly,
    horizonDays,
    ...(validFrom !== undefined && { validFrom }),
    ...(validTo !== undefined && { validTo }),
    exceptions,
  }
}

async function* waits({ waitStore }: Parts, { id }: OwnedAccount) {
  yield (await waitStore.allOf(id)).map((wait) => waitView(wait))
}

async function* services({ services }: Parts, { id }: OwnedAccount) {
  yield [...(await services.listFresh(id))]
}

async function* webhooks({ webhooks, clock }: Parts, { id }: OwnedAccount) {
  yield (await webhooks.list(id)).map((endpoint) => webhookView(endpoint, clock.now()))
}

async function profile({ profiles }: Parts, { id, profile }: OwnedAccount) {
  const portrait = await profiles.portrait(id)
  return {
    ...profileView(id, profile, true),
    ...(portrait && { picture: `data:${portrait.type};base64,${portrait.bytes.toString('base64')}` }),
  }
}

async function* slots({ lists, clock }: Parts, { id, createdAt }: OwnedAccount) {
  for (let after: readonly [number, string] | null = null; ; ) {
    const found = await lists.calendar(id, ALWAYS, after, BATCH, createdAt.getTime())
    const page = found.slice(0, BATCH)
    yield page.map((slot) => publicSlot(slot, clock.now()))
    const last = page.at(-1)
    if (!last || found.length <= BATCH) return
    after = [last.start, last.id]
  }
}
