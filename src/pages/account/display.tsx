/** How hours and weeks look in this browser. */
import { useId } from 'preact/hooks'
import { clockChoice, locale, usual, weekChoice, words } from '../shared/locale.js'
import { wording } from '../shared/wording.js'
import { text } from './text.js'

/** 1:30 in the afternoon of some day. */
const SAMPLE = Date.UTC(2000, 0, 1, 13, 30)
/** Which begins on a Monday. */
const weekday = (iso: number) =>
  new Intl.DateTimeFormat(locale.value, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2001, 0, iso))
const sample = (hour12: boolean) => wording(locale.value, hour12).time(SAMPLE, 'UTC')

export function Display() {
  const id = useId()
  const t = text.value.display
  return (
    <section class="card form" aria-labelledby={id}>
      <h2 id={id}>{t.title}</h2>
      <p class="quiet">{t.where}</p>
      <div class="field">
        <label for={`${id}c`}>{t.clock}</label>
        <select
          class="input"
          id={`${id}c`}
          value={clockChoice.value ?? ''}
          onChange={(event) => clockChoice.choose(event.currentTarget.value)}
        >
          <option value="">{t.usual({ value: usual.words.value.time(SAMPLE, 'UTC') })}</option>
          <option value="24">{t.hours({ count: 24, sample: sample(false) })}</option>
          <option value="12">{t.hours({ count: 12, sample: sample(true) })}</option>
        </select>
      </div>
      <div class="field">
        <label for={`${id}w`}>{t.weeks}</label>
        <select
          class="input"
          id={`${id}w`}
          value={weekChoice.value ?? ''}
          onChange={(event) => weekChoice.choose(event.currentTarget.value)}
        >
          <option value="">{t.usual({ value: weekday(usual.firstWeekday.value) })}</option>
          {[1, 6, 7].map((iso) => (
            <option key={iso} value={iso}>
              {weekday(iso)}
            </option>
          ))}
        </select>
      </div>
      <p class="small quiet" aria-live="polite">
        {t.looks({ time: words.value.time(SAMPLE, 'UTC') })}
      </p>
    </section>
  )
}
