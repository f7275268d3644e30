/** What the account hands out to programs and calendars. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'
import type { ApiKey, Feed, NewKey } from '../../schemas/grants.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { CopyLink } from '../shared/copy-link.jsx'
import { faultOf } from '../shared/faults.js'
import { TextField } from '../shared/field.jsx'
import { words, zone } from '../shared/locale.js'
import { clock } from '../shared/now.js'
import { Refusal } from '../shared/refusal.jsx'
import { feeds, keys, makeFeed, makeKey, newFeed, newKey, revoke } from './access-state.js'
import { text } from './text.js'

type Scope = NewKey['scopes'][number]
type Act = (work: () => Promise<Refused | null>, done: string) => Promise<void>

export function Keys({ isProvider }: { isProvider: boolean }) {
  const t = text.value.access
  const chosen = useSignal<Scope[]>(['read'])
  const scopes: Scope[] = [
    'read',
    isProvider ? 'calendar' : 'book',
    ...(isProvider ? ['webhooks' as const] : []),
  ]
  const isNothing = chosen.value.length === 0

  async function submit(event: SubmitEvent, act: Act) {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    if (isNothing) return say(t.needsScope)
    const name = String(new FormData(form).get('name') ?? '').trim()
    await act(() => makeKey({ name, scopes: chosen.value }), t.made)
  }

  return (
    <Section title={t.keysTitle} about={t.keysAbout}>
      {(act, problem) => (
        <>
          <List
            items={(keys.value ?? []).map((key) => ({
              path: `/v1/keys/${key.id}`,
              title: <bdi>{key.name}</bdi>,
              rest: restOf(key),
              label: t.revokeKey({ name: key.name }),
            }))}
            act={act}
          />
          {newKey.value !== null && <Once address={newKey.value} title={t.copyKey} label={t.key} />}
          <form class="form" onSubmit={(event) => void submit(event, act)}>
            <TextField label={t.name} fault={faultOf(problem, 'name')} name="name" maxLength={60} required />
            <fieldset class="scopes">
              <legend>{t.scopes}</legend>
              {scopes.map((scope) => (
                <label key={scope} class="check">
                  <input
                    type="checkbox"
                    checked={chosen.value.includes(scope)}
                    onChange={(event) => {
                      const others = chosen.value.filter((one) => one !== scope)
                      chosen.value = event.currentTarget.checked ? [...others, scope] : others
                    }}
                  />
                  {t[scope]}
                </label>
              ))}
              {isNothing && <p class="small">{t.needsScope}</p>}
            </fieldset>
            <div class="buttons">
              <button type="submit" class="button main">
                {t.makeKey}
              </button>
              {(keys.value?.length ?? 0) > 1 && (
                <button
                  type="button"
                  class="button danger"
                  onClick={() => void act(() => revoke('/v1/keys'), t.revoked)}
                >
                  {t.revokeAll}
                </button>
              )}
            </div>
          </form>
        </>
      )}
    </Section>
  )
}

export function Feeds() {
  const t = text.value.access
  const address = newFeed.value
  return (
    <Section title={t.feedsTitle} about={t.feedsAbout}>
      {(act) => (
        <>
          <List
            items={(feeds.value ?? []).map((feed) => ({
              path: `/v1/feeds/${feed.id}`,
              title: t.ending({ hint: feed.hint }),
              rest: restOf(feed),
              label: t.revokeFeed({ hint: feed.hint }),
            }))}
            act={act}
          />
          {address !== null && (
            <Once address={address} title={t.copyFeed} label={t.feed}>
              <a class="button" href={address.replace(/^https?:/, 'webcal:')}>
                {t.openFeed}
              </a>
            </Once>
          )}
          <div class="buttons">
            <button type="button" class="button main" onClick={() => void act(makeFeed, t.made)}>
              {t.makeFeed}
            </button>
          </div>
        </>
      )}
    </Section>
  )
}

interface SectionProps {
  title: string
  about: string
  children: (act: Act, problem: Refused | null) => ComponentChildren
}

/** One thing at a time, with what went wrong with it. */
function Section({ title, about, children }: SectionProps) {
  const problem = useSignal<Refused | null>(null)
  const isBusy = useSignal(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const id = useId()

  async function act(work: () => Promise<Refused | null>, done: string) {
    if (isBusy.value) return
    isBusy.value = true
    problem.value = await work()
    isBusy.value = false
    if (problem.value !== null) return
    say(done)
    // The button may have gone with what it revoked.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) heading.current?.focus()
    })
  }

  return (
    <section class="card form" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p class="quiet">{about}</p>
      {problem.value !== null && <Refusal problem={problem.value} />}
      {children(act, problem.value)}
    </section>
  )
}

interface ListedItem {
  path: string
  title: ComponentChildren
  rest: string
  label: string
}

function List({ items, act }: { items: ListedItem[]; act: Act }) {
  const t = text.value.access
  if (items.length === 0) return null
  return (
    <ul class="sessions">
      {items.map(({ path, title, rest, label }) => (
        <li key={path}>
          <div>
            <p>
              <strong>{title}</strong>
            </p>
            <p class="small quiet">{rest}</p>
          </div>
          <button
            type="button"
            class="button"
            aria-label={label}
            onClick={() => void act(() => revoke(path), t.revoked)}
          >
            {t.revoke}
          </button>
        </li>
      ))}
    </ul>
  )
}

interface OnceProps {
  address: string
  title: string
  label: string
  children?: ComponentChildren
}

/** What is shown this once. */
function Once({ address, title, label, children }: OnceProps) {
  return (
    <div class="note once">
      <p>{text.value.access.once}</p>
      <code dir="ltr">{address}</code>
      <div class="buttons">
        <CopyLink address={address} title={title} label={label} />
        {children}
      </div>
    </div>
  )
}

function restOf({ createdAt, lastUsedAt, ...rest }: ApiKey | Feed): string {
  const t = text.value.access
  const expiresAt = 'expiresAt' in rest ? rest.expiresAt : undefined
  if (expiresAt !== undefined && Date.parse(expiresAt) <= clock.now()) return t.over({ day: day(expiresAt) })
  const used = lastUsedAt === undefined ? t.unused : t.used({ day: day(lastUsedAt) })
  return `${t.created({ day: day(createdAt) })}; ${used}`
}

function day(instant: string): string {
  return words.value.dayOfInstant(Date.parse(instant), zone.value)
}
