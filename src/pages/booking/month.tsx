/** The month: each day with how many times are free. On a phone two weeks, or all of it on request. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import { moveFocus } from '../shared/roving-focus.js'
import { clockChange } from '../shared/time.js'
import { chooseDay, day } from './address.js'
import type { DayCount } from './days.js'
import { canGoBack, days, isKnown, month, months, today, weeks } from './state.js'
import { text } from './text.js'

const SHORT_WEEKS = 2

export function Month() {
  const whole = useSignal(false)
  const field = useRef<HTMLDivElement>(null)
  const t = text.value.month
  /** Where the keyboard was last; the one day that Tab stops at. */
  const stop = useSignal<string | null>(null)
  const all = weeks.value
  const chosen = all.findIndex((week) => week.includes(day.value ?? today.value))
  const first = Math.max(0, Math.min(chosen, all.length - SHORT_WEEKS))
  const shown = all.flat().filter((name) => name >= today.value)
  const tabStop =
    [stop.value, day.value, today.value].find((name) => name !== null && shown.includes(name)) ?? shown[0]
  return (
    <section class="month card" aria-label={t.label} data-whole={whole.value}>
      <div class="month-head">
        <h2 aria-live="polite">{words.value.day(`${month.value}-01`, 'month')}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t.before}
          disabled={!canGoBack.value}
          onClick={months.before}
        >
          <Icon name="left" />
        </button>
        <button type="button" class="icon-button" aria-label={t.after} onClick={months.after}>
          <Icon name="right" />
        </button>
      </div>
      <div class="month-names" aria-hidden="true">
        {(all[0] ?? []).map((name) => (
          <span key={name}>{words.value.day(name, 'column')}</span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: it groups days, it is not a part of a form */}
      <div
        class="month-days"
        role="group"
        aria-label={t.days}
        ref={field}
        onKeyDown={(event) => moveFocus(event, field.current, '.day')}
        onFocusIn={(event) => {
          stop.value = (event.target as HTMLElement).dataset.day ?? null
        }}
      >
        {all.map((week, index) => (
          <div key={week[0]} class="week" data-shown={index >= first && index < first + SHORT_WEEKS}>
            {week.map((name) => (
              <Day key={name} name={name} tab={name === tabStop} />
            ))}
          </div>
        ))}
      </div>
      <button
        type="button"
        class="button plain wide month-more"
        aria-expanded={whole.value}
        onClick={() => {
          whole.value = !whole.value
        }}
      >
        {whole.value ? t.twoWeeks : t.whole}
      </button>
    </section>
  )
}

/** Of a day without a free time: the word that stands there, and what ears need besides. */
function wordOf({ soon, far }: DayCount): { word: string; rest: string } {
  const t = text.value.month
  if (soon > 0) return { word: t.soon, rest: t.soonRest }
  return far > 0 ? { word: t.notYet, rest: t.notYetRest } : { word: t.full, rest: '' }
}

function Day({ name, tab }: { name: string; tab: boolean }) {
  const count = days.value.get(name)
  const free = count?.free ?? 0
  const past = name < today.value
  const known = isKnown(name)
  const change = clockChange(name, zone.value)
  const t = text.value.month
  const { before, figure, after } = words.value.dayInParts(name)
  const none = count === undefined ? { word: '', rest: known ? t.none : '' } : wordOf(count)
  const rest = past ? t.over : free > 0 ? t.free({ count: free }) : none.rest
  return (
    <button
      type="button"
      class="day"
      data-day={name}
      data-free={free > 0}
      data-other={!name.startsWith(month.value)}
      data-today={name === today.value}
      aria-pressed={name === day.value}
      disabled={past}
      tabIndex={tab ? 0 : -1}
      onClick={() => chooseDay(name, true)}
    >
      <span class="day-number">
        <span class="unseen">{before}</span>
        {figure}
        {change !== 0 && <sup aria-hidden="true">±</sup>}
        <span class="unseen">
          {after}
          {name === today.value ? t.today : ''}
          {change !== 0 ? t.clocksChange : ''}
          {words.value.comma}
        </span>
      </span>
      <span class="day-free">
        {past || !known
          ? '\u00a0'
          : free > 0
            ? words.value.number(free)
            : none.word || <span aria-hidden="true">–</span>}
        <span class="unseen">{rest}</span>
      </span>
    </button>
  )
}
