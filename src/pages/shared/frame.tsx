/** What every page has around it: the bar, the way to the content, the connection sign, the announcer. */
import './base.css'
import { effect } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Announcer, say } from './announce.jsx'
import { Icon } from './icons.jsx'
import { awaySince, link } from './live.js'
import { words, zone } from './locale.js'
import { account, signOut } from './session.js'
import { askToSignIn, SignInDialog } from './sign-in.jsx'

type Page = 'find' | 'my' | 'provider' | 'booking' | 'account'

export function Frame({ page, children }: { page: Page; children: ComponentChildren }) {
  const who = account.value
  return (
    <>
      <a class="skip" href="#content">
        Skip to content
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
          <nav aria-label="Pages">
            {who?.role === 'provider' ? (
              <a class="tab" href="/provider" aria-current={page === 'provider' ? 'page' : undefined}>
                Your calendar
              </a>
            ) : (
              <a class="tab" href="/my" aria-current={page === 'my' ? 'page' : undefined}>
                My bookings
              </a>
            )}
            {who === null && (
              <a class="tab spare" href="/provider" aria-current={page === 'provider' ? 'page' : undefined}>
                For providers
              </a>
            )}
          </nav>
          {who === null ? (
            page !== 'provider' && (
              <button type="button" class="button" onClick={() => askToSignIn({})}>
                Sign in
              </button>
            )
          ) : (
            <details class="account">
              <summary aria-label={`Account: ${who.name}`}>
                <Icon name="person" />
                <span>{who.name}</span>
              </summary>
              <div class="account-menu">
                <p class="small quiet">
                  {who.role === 'provider' ? 'Provider' : 'Client'} · {who.name}
                </p>
                <a class="button" href="/account" aria-current={page === 'account' ? 'page' : undefined}>
                  Your account
                </a>
                <button type="button" class="button" onClick={() => void signOut()}>
                  Sign out
                </button>
              </div>
            </details>
          )}
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <SignInDialog />
      <Announcer />
    </>
  )
}

let told: 'live' | 'away' = 'live'
effect(() => {
  if (link.value === 'starting' || link.value === told) return
  told = link.value
  say(told === 'live' ? 'Live again.' : 'The live connection is lost; times may have changed.')
})

/** Quiet while all is well; in words when it is not. */
export function LinkSign() {
  const since = awaySince.value
  const text = {
    live: 'Live',
    starting: 'Connecting',
    away:
      since === null
        ? 'Reconnecting, times may have changed'
        : `Reconnecting, times may have changed since ${words.value.time(since, zone.value)}`,
  }[link.value]
  return (
    <div class="link-place">
      <p class="link" data-link={link.value}>
        {text}
      </p>
    </div>
  )
}
