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
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import { cityOf } from '../shared/time.js'
import { OwnWaits } from '../waiting/own-waits.jsx'
import { text as waitingText } from '../waiting/text.js'
import { heardWait, loadWaits } from '../waiting/waits.js'
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
  onWait: heardWait,
  onCut() {},
  onUp: () => {
    void loadReservations()
    void loadWaits()
  },
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
    const time = words.value.moment(Date.parse(reservation.start), zone.value, 'long')
    sayAtOnce(
      reason === 'expired'
        ? text.value.ranOutSaid({ time })
        : text.value.endedSaid({ time, how: endedAs(reservation, common.value.theProvider) }),
    )
  })
}

function My() {
  const who = account.value
  if (who === null) {
    return (
      <Frame page="my">
        <div class="my-door card">
          <h1>{text.value.title}</h1>
          <p class="quiet">{text.value.door}</p>
          <SignInForm forRole="client" known onDone={() => {}} />
        </div>
      </Frame>
    )
  }
  if (who.role === 'provider') {
    return (
      <Frame page="my">
        <div class="card empty">
          <h1>{text.value.wrongTitle}</h1>
          <p class="quiet">{text.value.wrongText}</p>
          <a class="button main" href="/provider">
            {common.value.yourCalendar}
          </a>
        </div>
      </Frame>
    )
  }
  const { held, coming, lost, past } = sorted(reservations.value.values(), clock.now())
  const t = text.value
  const nothing = loaded.value && held.length + coming.length + lost.length + past.length === 0
  return (
    <Frame page="my">
      <div class="my">
        <div class="my-head">
          <div>
            <h1>{text.value.title}</h1>
            <p class="quiet small">{filled(t.timesOf, { city: cityOf(zone.value) })}</p>
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
            <h2>{t.nothing}</h2>
            <p class="quiet">{t.nothingText}</p>
            <a class="button main" href="/">
              {t.find}
            </a>
          </div>
        )}
        {lost.length > 0 && (
          <section class="my-list" aria-labelledby="lost">
            <h2 id="lost">{t.lost}</h2>
            {lost.map((one) => (
              <Item key={one.id} reservation={one} />
            ))}
          </section>
        )}
        {held.length > 0 && (
          <section class="my-list" aria-labelledby="held">
            <h2 id="held">{t.held}</h2>
            {held.map((one) => (
              <Item key={one.id} reservation={one} />
            ))}
          </section>
        )}
        <OwnWaits />
        {coming.length > 0 && (
          <section class="my-list" aria-labelledby="coming">
            <h2 id="coming">{t.coming}</h2>
            {coming.map((one) => (
              <Item key={one.id} reservation={one} />
            ))}
          </section>
        )}
        {past.length > 0 && (
          <details class="my-past disclosure" open={held.length + coming.length + lost.length === 0}>
            <summary>
              <h2>{t.past({ figure: words.value.number(past.length) })}</h2>
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

showPage({ page: My, text, also: [waitingText], start })
