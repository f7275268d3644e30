/**
 * How times are shown to this reader: the zone (from the link, else the browser's), the clock and the week of the
 * locale, or what the reader has chosen instead. A choice belongs to the browser, not to the account.
 */
import { computed, signal } from '@preact/signals'
import { Choice } from './choice.js'
import { language } from './language.js'
import { grammarOf } from './text/grammar.js'
import { isZone, todaysName } from './time.js'
import { countsToTwelve, firstWeekdayOf, habitsFor, localeFor, wording } from './wording.js'

const own = Intl.DateTimeFormat().resolvedOptions().timeZone
export const browserZone = isZone(own) ? todaysName(own) : 'UTC'

const asked = new URLSearchParams(location.search).get('zone')
export const zone = signal(asked !== null && isZone(asked) ? todaysName(asked) : browserZone)

/** Hours that a clock counts to. */
export const clockChoice = new Choice('slotcast.clock', ['12', '24'])
/** The first weekday: 1 is Monday, 6 is Saturday, 7 is Sunday. */
export const weekChoice = new Choice('slotcast.week', ['1', '6', '7'])

export const locale = computed(() => localeFor(language.value, navigator.languages))
export const grammar = computed(() => grammarOf(locale.value))
/** The locale of the reader's clock and weeks, where nothing else is chosen. */
const habits = computed(() => habitsFor(language.value, navigator.languages))

/** As it would be without a choice. */
export const usual = {
  words: computed(() => wording(locale.value, countsToTwelve(habits.value))),
  firstWeekday: computed(() => firstWeekdayOf(habits.value)),
}
export const words = computed(() =>
  clockChoice.value === null ? usual.words.value : wording(locale.value, clockChoice.value === '12'),
)
/** With which weeks begin: 1 is Monday, 7 is Sunday. */
export const firstWeekday = computed(() =>
  weekChoice.value === null ? usual.firstWeekday.value : Number(weekChoice.value),
)
