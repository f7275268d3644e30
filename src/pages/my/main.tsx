import './my.css'
import { effect } from '@preact/signals'
import { sayAtOnce } from '../shared/announce.jsx'
import { Frame, LinkSign } from '../shared/frame.jsx'
import { live } from '../shared/live.js'
import { words, zone } from '../shared/locale.js'
import { clock } from '../shared/now.js'
import { heard, loaded, loadReservations, onEnding, reservations } from '../shared/reservations.js'
import { account } from '../shared/session.js'
import { showPage } from '../shared/show-page.jsx'
import { SignInForm } from '../shared/sign-in.jsx'
import { cityOf } from '../shared/time.js'
import { endedAs } from './ended.js'
import { Item } from './item.jsx'
import { sorted } from './sorted.js'
import { text } from './text.js'

/** The longest a page goes without asking while live is away. */
const POLL_MS = 20_000

const channel = live({
  span: () => null,
  onPicture() {},
  onEvent() {},
  onReservation: heard,
  onCut() {},
  onUp: () => void loadReservations(),
  joined: () => true,
})

function start(): void {
  effect(() => {
    if (account.value === null) return
    void loadReservations().then(() => channel.start())
  })
  setInterval(() => {
    if (document.visibilityState === 'visible' && account.value !== null) void loadReservations()
  }, POLL_MS)
  onEnding(({ reservation, reason }) => {
    const start = Date.parse(reservation.start)
    const time = `${words.value.dayOfInstant(start, zone.value)}, ${words.value.time(start, zone.value)}`
    sayAtOnce(
      reason === 'expired'
        ? `Your hold on ${time} has run out.`
        : `Your reservation of ${time}: ${endedAs(reservation, 'the provider')}`,
    )
  })
}

function My() {
  const who = account.value
  if (who === null) {
    return (
      <Frame page="my">
        <div class="my-door card">
          <h1>My bookings</h1>
          <p class="quiet">Sign in to see what you hold and what you have booked.</p>
          <SignInForm forRole="client" known onDone={() => {}} />
        </div>
      </Frame>
    )
  }
  if (who.role === 'provider') {
    return (
      <Frame page="my">
        <div class="card empty">
          <h1>You are signed in as a provider</h1>
          <p class="quiet">
            Bookings of your clients are on your calendar. To book for yourself, use a client account.
          </p>
          <a class="button main" href="/provider">
            Your calendar
          </a>
        </div>
      </Frame>
    )
  }
  const { held, coming, lost, past } = sorted(reservations.value.values(), clock.now())
  const nothing = loaded.value && held.length + coming.length + lost.length + past.length === 0
  return (
    <Frame page="my">
      <div class="my">
        <div class="my-head">
          <div>
            <h1>My bookings</h1>
            <p class="quiet small">Times are those of {cityOf(zone.value)}.</p>
          </div>
          <LinkSign />
        </div>
        {!loaded.value && (
          <div class="my-list" aria-hidden="true">
            <div class="bone my-bone" />
            <div class="bone my-bone" />
          </div>
        )}
        {nothing && (
          <div class="card empty">
            <h2>Nothing booked yet</h2>
            <p class="quiet">Times you hold or book appear here.</p>
            <a class="button main" href="/">
              Find a free time
            </a>
          </div>
        )}
        {lost.length > 0 && (
          <section class="my-list" aria-labelledby="lost">
            <h2 id="lost">Cancelled by the provider</h2>
            {lost.map((one) => (
              <Item key={one.id} reservation={one} />
            ))}
          </section>
        )}
        {held.length > 0 && (
          <section class="my-list" aria-labelledby="held">
            <h2 id="held">Held, not yet confirmed</h2>
            {held.map((one) => (
              <Item key={one.id} reservation={one} />
            ))}
          </section>
        )}
        {coming.length > 0 && (
          <section class="my-list" aria-labelledby="coming">
            <h2 id="coming">To come</h2>
            {coming.map((one) => (
              <Item key={one.id} reservation={one} />
            ))}
          </section>
        )}
        {past.length > 0 && (
          <details class="my-past disclosure" open={held.length + coming.length + lost.length === 0}>
            <summary>
              <h2>Past and ended ({past.length})</h2>
            </summary>
            <div class="my-list">
              {past.map((one) => (
                <Item key={one.id} reservation={one} />
              ))}
            </div>
          </details>
        )}
      </div>
    </Frame>
  )
}

showPage({ page: My, text, start })
