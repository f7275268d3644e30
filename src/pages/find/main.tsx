import './find.css'
import { effect, signal } from '@preact/signals'
import type { Provider } from '../../schemas/accounts.js'
import type { OwnSlot } from '../../schemas/common.js'
import type { Service } from '../../schemas/services.js'
import { ask, type Refused, returns } from '../shared/api.js'
import { lineOf, Mark } from '../shared/face.jsx'
import { Frame, LinkSign } from '../shared/frame.jsx'
import { Icon } from '../shared/icons.jsx'
import { live } from '../shared/live.js'
import { words, zone } from '../shared/locale.js'
import { clock } from '../shared/now.js'
import { Refusal } from '../shared/refusal.jsx'
import { account } from '../shared/session.js'
import { showPage } from '../shared/show-page.jsx'
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import { text } from './text.js'

const PAGE = 12

interface Found {
  query: string
  providers: Provider[]
  cursor: string | null
}

const query = signal(new URLSearchParams(location.search).get('name') ?? '')
const found = signal<Found | null>(null)
const problem = signal<Refused | null>(null)
const nextFree = signal<ReadonlyMap<string, string | null>>(new Map())

let round = 0

async function look(name: string, after: Found | null): Promise<void> {
  const mine = ++round
  const parts = [`limit=${PAGE}`]
  if (name !== '') parts.push(`name=${encodeURIComponent(name)}`)
  if (after?.cursor) parts.push(`cursor=${encodeURIComponent(after.cursor)}`)
  const answer = await ask<{ items: Provider[]; nextCursor: string | null }>(
    `/v1/providers?${parts.join('&')}`,
  )
  if (mine !== round) return
  problem.value = answer.ok ? null : answer.problem
  if (!answer.ok) return
  const { items, nextCursor } = answer.data
  found.value = { query: name, providers: [...(after?.providers ?? []), ...items], cursor: nextCursor }
  for (const provider of items) void findNextFree(provider.id)
}

/** The longest span a list may have. */
const AHEAD_MS = 61 * 86_400_000
const REFRESH_MS = 300

async function findNextFree(providerId: string): Promise<void> {
  if (!nextFree.value.has(providerId)) await askNextFree(providerId)
}

async function askNextFree(providerId: string): Promise<void> {
  const service = await shortestOf(providerId)
  const query = new URLSearchParams({
    providerId,
    limit: '1',
    to: new Date(clock.now() + AHEAD_MS).toISOString(),
    ...(service !== null && { serviceId: service.id }),
  })
  const answer = await ask<{ items: OwnSlot[] }>(`/v1/slots?${query}`)
  // Not offered any more: the next look asks anew.
  if (!answer.ok) {
    const rest = new Map(offered.value)
    rest.delete(providerId)
    offered.value = rest
    return
  }
  nextFree.value = new Map(nextFree.value).set(providerId, answer.data.items[0]?.start ?? null)
}

/** What each provider offers, in the order of the booking page; nothing where slots are booked as they are. */
const offered = signal<ReadonlyMap<string, readonly Service[]>>(new Map())
/** Of one that offers more, the booking page has the rest. */
const SHOWN_SERVICES = 3

/** What is free for the shortest of its services is the first that can be booked. */
async function shortestOf(providerId: string): Promise<Service | null> {
  const known = offered.value.get(providerId)
  if (known !== undefined) return shortest(known)
  const answer = await ask<{ items: Service[] }>(`/v1/providers/${encodeURIComponent(providerId)}/services`)
  if (!answer.ok) return null
  const services = answer.data.items.filter(({ active }) => active)
  offered.value = new Map(offered.value).set(providerId, services)
  return shortest(services)
}

function shortest(services: readonly Service[]): Service | null {
  const [first] = [...services].sort((a, b) => a.durationMinutes - b.durationMinutes)
  return first ?? null
}

/** Of providers whose calendars have changed; asked for together, so that a busy calendar costs one question a second. */
const changed = new Set<string>()
let isAsking = false

function refreshSoon(providerIds: Iterable<string>): void {
  for (const id of providerIds) if (nextFree.value.has(id)) changed.add(id)
  if (changed.size === 0 || isAsking) return
  isAsking = true
  setTimeout(refresh, REFRESH_MS)
}

function refresh(): void {
  isAsking = false
  const ids = [...changed]
  changed.clear()
  for (const id of ids) void askNextFree(id)
}

const channel = live({
  span: () => ({ all: true }),
  onPicture() {},
  onEvent: (_name, { providerId }) => refreshSoon([providerId]),
  onReservation() {},
  onCut() {},
  // What changed while nobody listened was missed.
  onUp: () => refreshSoon(nextFree.value.keys()),
  joined: () => true,
})
function start(): void {
  let typing: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    if (found.value !== null) channel.start()
  })
  effect(() => {
    // The server is reached again: what could not be found then is looked for now.
    if (returns.value > 0 && problem.peek()?.code === 'offline') void look(query.peek().trim(), null)
  })

  effect(() => {
    const name = query.value.trim()
    clearTimeout(typing)
    typing = setTimeout(() => void look(name, null), found.peek() === null ? 0 : 200)
    const address = name === '' ? '/' : `/?name=${encodeURIComponent(name)}`
    if (location.pathname + location.search !== address) history.replaceState(null, '', address)
  })
}

function Find() {
  const list = found.value
  const t = text.value
  return (
    <Frame page="find">
      <div class="find">
        <div class="find-head">
          <h1>{t.heading}</h1>
          <p class="quiet">{t.intro}</p>
          <LinkSign />
        </div>
        <search>
          <div class="find-box">
            <label class="unseen" for="name">
              {t.name}
            </label>
            <Icon name="search" />
            <input
              class="input"
              id="name"
              type="search"
              autocomplete="off"
              placeholder={t.name}
              maxLength={100}
              value={query.value}
              onInput={(event) => {
                query.value = event.currentTarget.value
              }}
            />
          </div>
        </search>
        {problem.value !== null && (
          <Refusal problem={problem.value}>
            <div class="buttons">
              <button type="button" class="button" onClick={() => void look(query.value.trim(), null)}>
                {common.value.tryAgain}
              </button>
            </div>
          </Refusal>
        )}
        <p class="unseen" role="status">
          {list === null ? '' : t.providers({ count: list.providers.length })}
        </p>
        {list === null && problem.value === null && (
          <div class="find-list" aria-hidden="true">
            {[0, 1, 2, 3].map((index) => (
              <div key={index} class="bone find-bone" />
            ))}
          </div>
        )}
        {list !== null && list.providers.length > 0 && (
          <ul class="find-list">
            {list.providers.map((provider) => (
              <li key={provider.id}>
                <Card provider={provider} />
                <Services provider={provider} />
              </li>
            ))}
          </ul>
        )}
        {list !== null && list.providers.length === 0 && (
          <div class="card empty">
            <h2>{list.query === '' ? t.nobody : t.noneOfThatName}</h2>
            <p class="quiet">{list.query === '' ? t.beTheFirst : t.tryAPart}</p>
            {list.query === '' ? (
              <a class="button main" href="/provider">
                {t.publish}
              </a>
            ) : (
              <button
                type="button"
                class="button"
                onClick={() => {
                  query.value = ''
                }}
              >
                {t.showAll}
              </button>
            )}
          </div>
        )}
        {list?.cursor && (
          <button type="button" class="button" onClick={() => void look(list.query, list)}>
            {t.showMore}
          </button>
        )}
        {/* The bar of a phone has no room for it. */}
        {account.value === null && list !== null && list.providers.length > 0 && (
          <p class="find-own quiet">
            {t.youGive} <a href="/provider">{t.publish}</a>
          </p>
        )}
      </div>
    </Frame>
  )
}

function Card({ provider }: { provider: Provider }) {
  const start = nextFree.value.get(provider.id)
  return (
    <a class="card find-card" href={`/book/${encodeURIComponent(provider.link ?? provider.id)}`}>
      <Mark {...provider} />
      <span class="find-words">
        <strong>
          <bdi>{provider.name}</bdi>
        </strong>
        <bdi class="quiet small">{lineOf(provider)}</bdi>
        <span class="small find-next" data-free={typeof start === 'string'}>
          {start === undefined
            ? text.value.looking
            : start === null
              ? text.value.noneFree
              : common.value.nextFree({ time: words.value.moment(Date.parse(start), zone.value) })}
        </span>
      </span>
      <Icon name="right" />
    </a>
  )
}

/** Straight to the times of a service; where there is one alone, the booking page chooses it. */
function Services({ provider }: { provider: Provider }) {
  const services = offered.value.get(provider.id) ?? []
  if (services.length < 2) return null
  const link = `/book/${encodeURIComponent(provider.link ?? provider.id)}`
  return (
    <ul class="find-services" aria-label={text.value.servicesOf({ name: provider.name })}>
      {services.slice(0, SHOWN_SERVICES).map(({ id, name, durationMinutes }) => (
        <li key={id}>
          <a class="button" href={`${link}?service=${encodeURIComponent(id)}`}>
            {/* In one piece: a button keeps its pieces apart. */}
            <span>
              {filled(text.value.service, { name, span: words.value.shortMinutes(durationMinutes) })}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}

showPage({ page: Find, text, start })
