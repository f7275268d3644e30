/** How hours and weeks look in this browser. */
import { useId } from 'preact/hooks'
import { clockChoice, weekChoice, words } from '../shared/locale.js'
import { firstWeekdayOf, wording } from '../shared/time.js'

/** 1:30 in the afternoon of some day. */
const SAMPLE = Date.UTC(2000, 0, 1, 13, 30)
/** Which begins on a Monday. */
const weekday = (iso: number) =>
  new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2001, 0, iso))

export function Display() {
  const id = useId()
  const own = wording(navigator.languages)
  return (
    <section class="card form" aria-labelledby={id}>
      <h2 id={id}>Clock and week</h2>
      <p class="quiet">In this browser, for all pages. It is saved as soon as you choose.</p>
      <div class="field">
        <label for={`${id}c`}>Clock</label>
        <select
          class="input"
          id={`${id}c`}
          value={clockChoice.value ?? ''}
          onChange={(event) => clockChoice.choose(event.currentTarget.value)}
        >
          <option value="">As the browser has it ({own.time(SAMPLE, 'UTC')})</option>
          <option value="24">24 hours (13:30)</option>
          <option value="12">12 hours (1:30 PM)</option>
        </select>
      </div>
      <div class="field">
        <label for={`${id}w`}>Weeks begin on</label>
        <select
          class="input"
          id={`${id}w`}
          value={weekChoice.value ?? ''}
          onChange={(event) => weekChoice.choose(event.currentTarget.value)}
        >
          <option value="">As the browser has it ({weekday(firstWeekdayOf(navigator.languages))})</option>
          <option value="1">Monday</option>
          <option value="6">Saturday</option>
          <option value="7">Sunday</option>
        </select>
      </div>
      <p class="small quiet" aria-live="polite">
        Times look like this: <span class="num">{words.value.time(SAMPLE, 'UTC')}</span>
      </p>
    </section>
  )
}
