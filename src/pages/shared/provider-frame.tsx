/** What the pages of a provider have around them: the way between them, and the sign-in for whoever is not one. */
import { effect, signal, untracked } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Account } from '../../schemas/accounts.js'
import { Frame } from './frame.jsx'
import { account, signOut } from './session.js'
import { SignInForm } from './sign-in.jsx'
import { common } from './text.js'

const pages = [
  { name: 'calendar', path: '/provider', key: 'calendar' },
  { name: 'list', path: '/provider/list', key: 'dayList' },
  { name: 'hours', path: '/provider/hours', key: 'hours' },
  { name: 'services', path: '/provider/services', key: 'services' },
  { name: 'public page', path: '/provider/page', key: 'publicPage' },
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
  const text = common.value.practice
  if (account.value === null) {
    return (
      <Frame page="provider">
        <div class="door card">
          <h1>{text.doorTitle}</h1>
          <p class="quiet">{text.doorText}</p>
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
          <h1>{text.wrongTitle}</h1>
          <p class="quiet">{text.wrongText}</p>
          <div class="buttons">
            <a class="button main" href="/my">
              {common.value.myBookings}
            </a>
            <button type="button" class="button" onClick={() => void signOut()}>
              {common.value.signOut}
            </button>
          </div>
        </div>
      </Frame>
    )
  }
  return (
    <Frame page="provider">
      <nav class="desk-nav" aria-label={text.nav}>
        {pages.map(({ name, path, key }) => (
          <a key={path} class="tab" href={path} aria-current={name === page ? 'page' : undefined}>
            {text[key]}
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
