/** What the pages of a provider have around them: the way between them, and the sign-in for whoever is not one. */
import { effect, signal, untracked } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Account } from '../../schemas/accounts.js'
import { Frame } from './frame.jsx'
import { account, signOut } from './session.js'
import { SignInForm } from './sign-in.jsx'

const pages = [
  { name: 'calendar', path: '/provider', title: 'Calendar' },
  { name: 'list', path: '/provider/list', title: 'Day list' },
  { name: 'hours', path: '/provider/hours', title: 'Hours' },
  { name: 'services', path: '/provider/services', title: 'Services' },
  { name: 'public page', path: '/provider/page', title: 'Public page' },
] as const
export type ProviderPage = (typeof pages)[number]['name']

/**
 * A page of a provider belongs to the first one who signs in on it, also after that one has signed out: what the page
 * has read stays in memory. So another account is another page.
 */
const provider = signal<Account | null>(null)
effect(() => {
  const who = account.value
  if (who === null) return
  untracked(() => {
    if (provider.value !== null && provider.value.id !== who.id) location.reload()
    else if (provider.value === null && who.role === 'provider') provider.value = who
  })
})

interface ProviderFrameProps {
  page: ProviderPage
  children: (account: Account) => ComponentChildren
}

export function ProviderFrame({ page, children }: ProviderFrameProps) {
  if (account.value === null) {
    return (
      <Frame page="provider">
        <div class="door card">
          <h1>Your calendar, live</h1>
          <p class="quiet">
            Publish when you work. Clients hold and book, and you see it in the same moment, with their names.
          </p>
          <SignInForm forRole="provider" known={false} onDone={beginAtTop} />
        </div>
      </Frame>
    )
  }
  // Until the page has been loaded for this account.
  if (provider.value !== null && provider.value.id !== account.value.id)
    return <Frame page="provider">{null}</Frame>
  if (provider.value === null) {
    return (
      <Frame page="provider">
        <div class="card empty">
          <h1>This is for providers</h1>
          <p class="quiet">You are signed in as a client. Sign out to use a provider account.</p>
          <div class="buttons">
            <a class="button main" href="/my">
              My bookings
            </a>
            <button type="button" class="button" onClick={() => void signOut()}>
              Sign out
            </button>
          </div>
        </div>
      </Frame>
    )
  }
  return (
    <Frame page="provider">
      <nav class="desk-nav" aria-label="Your practice">
        {pages.map(({ name, path, title }) => (
          <a key={path} class="tab" href={path} aria-current={name === page ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {children(provider.value)}
    </Frame>
  )
}

/** The form was longer than what takes its place, and its button stood at its foot. */
function beginAtTop(): void {
  scrollTo(0, 0)
  document.getElementById('content')?.focus({ preventScroll: true })
}
