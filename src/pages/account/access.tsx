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
import { SureToCancel } from '../shared/sure-to-cancel.jsx'
import { isolated } from '../shared/text/isolated.js'
import { feeds, keys, makeFeed, makeKey, newFeed, newKey, revoke } from './access-state.js'
import { Done } from './done.jsx'
import { text } from './text.js'

type Scope = NewKey['scopes'][number]
/** Whether it was done. */
type Act = (work: () => Promise<Refused | null>, done: string) => Promise<boolean>

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
    const isMade = await act(() => makeKey({ name, scopes: chosen.value }), t.made)
    if (!isMade) return
    form.reset()
    chosen.value = ['read']
  }

  return (
    <Section title={t.keysTitle} about={t.keysAbout}>
      {(act, problem) => (
        <>
          <List
            items={(keys.value ?? []).map((key) => ({
              path: `/v1/keys/${key.id}`,
              title: <bdi>{key.name}</bdi>,
              facts: [
                key.scopes.map((scope) => t[scope]).join(' · '),
                `${t.ending({ hint: isolated(key.hint) })} · ${restOf(key)}`,
              ],
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
            </div>
          </form>
          {(keys.value?.length ?? 0) > 1 && <Revoke path="/v1/keys" button={t.revokeAll} act={act} />}
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
              title: t.ending({ hint: isolated(feed.hint) }),
              facts: [restOf(feed)],
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
  const isDone = useSignal<string | null>(null)
  const isBusy = useSignal(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const id = useId()

  async function act(work: () => Promise<Refused | null>, done: string) {
    if (isBusy.value) return false
    isBusy.value = true
    isDone.value = null
    problem.value = await work()
    isBusy.value = false
    if (problem.value !== null) return false
    isDone.value = done
    say(done)
    // The button may have gone with what it revoked.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) heading.current?.focus()
    })
    return true
  }

  return (
    <section class="card form" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p class="quiet">{about}</p>
      {problem.value !== null && <Refusal problem={problem.value} />}
      {isDone.value !== null && <Done>{isDone.value}</Done>}
      {children(act, problem.value)}
    </section>
  )
}

interface ListedItem {
  path: string
  title: ComponentChildren
  facts: string[]
  /** What the button that revokes it says to ears. */
  label: string
}

function List({ items, act }: { items: ListedItem[]; act: Act }) {
  if (items.length === 0) return null
  return (
    <ul class="sessions">
      {items.map(({ path, title, facts, label }) => (
        <li key={path}>
          <div>
            <p>
              <strong>{title}</strong>
            </p>
            {facts.map((fact) => (
              <p key={fact} class="small quiet">
                {fact}
              </p>
            ))}
          </div>
          <Revoke path={path} button={text.value.access.revoke} label={label} act={act} />
        </li>
      ))}
    </ul>
  )
}

interface RevokeProps {
  path: string
  button: string
  label?: string
  act: Act
}

/** What is revoked does not come back: the button asks first. */
function Revoke({ path, button, label, act }: RevokeProps) {
  const isAsking = useSignal(false)
  const isBusy = useSignal(false)
  const place = useRef<HTMLDivElement>(null)
  const t = text.value.access

  /** The button that had the focus is not there any more; after the question, the safe answer has it. */
  function turn(toAsking: boolean) {
    isAsking.value = toAsking
    if (toAsking) say(t.revokeWhat)
    requestAnimationFrame(() => place.current?.querySelector<HTMLElement>('.button:last-child')?.focus())
  }

  async function sure() {
    isBusy.value = true
    await act(() => revoke(path), t.revoked)
    isBusy.value = false
    if (place.current !== null) turn(false)
  }

  return (
    <div class="revoke" ref={place}>
      {isAsking.value ? (
        <>
          <p class="small">{t.revokeWhat}</p>
          <SureToCancel
            yes={t.revokeSure}
            isBusy={isBusy.value}
            onCancel={() => void sure()}
            onKeep={() => turn(false)}
          />
        </>
      ) : (
        <button type="button" class="button" aria-label={label} onClick={() => turn(true)}>
          {button}
        </button>
      )}
    </div>
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
