/** What every page has around it: the bar, the way to the content, the connection sign, the announcer. */
import './base.css'
import { effect } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Announcer, say } from './announce.jsx'
import { Icon } from './icons.jsx'
import { LanguagePicker } from './language-picker.jsx'
import { awaySince, link } from './live.js'
import { words, zone } from './locale.js'
import { account, signOut } from './session.js'
import { askToSignIn, SignInDialog } from './sign-in.jsx'
import { common } from './text.js'

type Page = 'find' | 'my' | 'provider' | 'booking' | 'account' | 'missing'

export function Frame({ page, children }: { page: Page; children: ComponentChildren }) {
  const who = account.value
  const text = common.value
  return (
    <>
      <a class="skip" href="#content">
        {text.skip}
      </a>
      <header class="bar">
        <div class="bar-in">
          <a class="brand" href="/">
            <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
              <rect width="32" height="32" rx="9" fill="var(--accent)" />
              <g fill="var(--accent-ink)">
                <rect x="7" y="8" width="8" height="7" rx="2" opacity=".45" />
                <rect x="17" y="8" width="8" height="7" rx="2" />
                <rect x="7" y="17" width="8" height="7" rx="2" />
                <rect x="17" y="17" width="8" height="7" rx="2" opacity=".45" />
              </g>
            </svg>
            Slotcast
          </a>
          <nav aria-label={text.pages}>
            {who?.role === 'provider' ? (
              <a class="tab" href="/provider" aria-current={page === 'provider' ? 'page' : undefined}>
                {text.yourCalendar}
              </a>
            ) : (
              <a class="tab" href="/my" aria-current={page === 'my' ? 'page' : undefined}>
                {text.myBookings}
              </a>
            )}
            {who === null && (
              <a class="tab spare" href="/provider" aria-current={page === 'provider' ? 'page' : undefined}>
                {text.forProviders}
              </a>
            )}
          </nav>
          {who === null ? (
            page !== 'provider' && (
              <button type="button" class="button" onClick={() => askToSignIn({})}>
                {text.signIn}
              </button>
            )
          ) : (
            <details class="account">
              <summary aria-label={text.accountOf({ name: who.name })}>
                <Icon name="person" />
                <bdi>{who.name}</bdi>
              </summary>
              <div class="account-menu">
                <p class="small quiet">
                  {who.role === 'provider' ? text.provider : text.client} · <bdi>{who.name}</bdi>
                </p>
                <a class="button" href="/account" aria-current={page === 'account' ? 'page' : undefined}>
                  {text.yourAccount}
                </a>
                <button type="button" class="button" onClick={() => void signOut()}>
                  {text.signOut}
                </button>
              </div>
            </details>
          )}
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <LanguagePicker />
      <SignInDialog />
      <Announcer />
    </>
  )
}

let told: 'live' | 'away' = 'live'
effect(() => {
  if (link.value === 'starting' || link.value === told) return
  told = link.value
  say(told === 'live' ? common.value.liveAgain : common.value.liveLost)
})

/** Quiet while all is well; in words when it is not. */
export function LinkSign() {
  const since = awaySince.value
  const text = {
    live: common.value.live,
    starting: common.value.connecting,
    away:
      since === null
        ? common.value.reconnecting
        : common.value.reconnectingSince({ time: words.value.time(since, zone.value) }),
  }[link.value]
  return (
    <div class="link-place">
      <p class="link" data-link={link.value}>
        {text}
      </p>
    </div>
  )
}
