import './booking.css'
import { Face } from '../shared/face.jsx'
import { Frame, LinkSign } from '../shared/frame.jsx'
import { link } from '../shared/live.js'
import { browserZone, zone } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { showPage } from '../shared/show-page.jsx'
import { filled } from '../shared/text/filled.jsx'
import { cityOf, todaysName } from '../shared/time.js'
import { ZonePicker } from '../shared/zone-picker.jsx'
import { text as waitingText } from '../waiting/text.js'
import { DayView } from './day.jsx'
import { Month } from './month.jsx'
import { Panel } from './panel.jsx'
import { ChosenService, ServiceChoice } from './service.jsx'
import { calendar, mustChoose, provider, providerProblem, start } from './state.js'
import { text } from './text.js'

function Booking() {
  const lost = providerProblem.value
  if (lost?.code === 'not_found') {
    return (
      <Frame page="booking">
        <div class="card empty">
          <h1>{text.value.lostTitle}</h1>
          <p class="quiet">{text.value.lostText}</p>
          <a class="button main" href="/">
            {text.value.findProvider}
          </a>
        </div>
      </Frame>
    )
  }
  return (
    <Frame page="booking">
      <div class="book-head">
        {provider.value === null ? (
          <div class="face">
            <span class="mark bone" />
            <h1>
              <span class="bone bone-name" />
            </h1>
          </div>
        ) : (
          <Face provider={provider.value} heading="h1" />
        )}
        <div class="book-facts">
          <LinkSign />
          <Zone />
        </div>
      </div>
      {calendar.problem.value !== null && (
        <div class="book-problem">
          <Refusal problem={calendar.problem.value} />
        </div>
      )}
      {mustChoose.value ? (
        <div class="book" data-step="service">
          <ServiceChoice />
          <Panel />
        </div>
      ) : (
        <>
          <ChosenService />
          <div class="book" data-away={link.value === 'away'}>
            <Month />
            <DayView />
            <Panel />
          </div>
        </>
      )}
    </Frame>
  )
}

function Zone() {
  const there = todaysName(provider.value?.timeZone ?? zone.value)
  return (
    <div class="zone">
      <label for="zone">{text.value.timesIn}</label>
      <ZonePicker
        id="zone"
        value={zone.value}
        near={{ [there]: text.value.zoneOfProvider, [browserZone]: text.value.zoneOfReader }}
        onChoose={(name) => {
          zone.value = name
        }}
      />
      {zone.value !== browserZone && (
        <button
          type="button"
          class="button plain"
          onClick={() => {
            zone.value = browserZone
          }}
        >
          {filled(text.value.useZone, { city: cityOf(browserZone) })}
        </button>
      )}
    </div>
  )
}

showPage({
  page: Booking,
  text,
  also: [waitingText],
  title: () => provider.value?.name ?? text.value.title,
  start,
})
