import t from 'tap'
import type { Language } from '../../src/domain/languages.js'
import {
  countsToTwelve,
  firstWeekdayIn,
  firstWeekdayOf,
  habitsFor,
  localeFor,
  wording,
} from '../../src/pages/shared/wording.js'

const at = (instant: string) => Date.parse(instant)
/** Some versions of ICU put narrow or no-break spaces, and marks of direction. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ').replace(/[\u200e\u200f]/g, '')

t.test('a week begins as the locale says, also where Intl does not know', async (t) => {
  const rows: [string, number][] = [
    ['en-US', 7],
    ['en', 7],
    ['en-GB', 1],
    ['de', 1],
    ['de-CH', 1],
    ['fr-FR', 1],
    ['fr-CA', 7],
    ['pt-BR', 7],
    ['es-MX', 7],
    ['ja', 7],
    ['he', 7],
    ['hi', 7],
    ['zh-TW', 7],
    ['ar-EG', 6],
    ['fa', 6],
    ['dv-MV', 5],
    ['ru', 1],
    ['en-US-u-ca-buddhist', 7],
    ['en-US@posix', 1],
  ]
  for (const [language, first] of rows) t.equal(firstWeekdayOf(language), first, language)

  const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const known = letters
    .flatMap((one) => letters.map((other) => one + other))
    // Not the former codes, which no browser reports any more.
    .filter((region) => regions.of(region) !== undefined && !['BU', 'RH', 'YD'].includes(region))
  t.ok(known.length > 200)
  t.ok(
    ['weekInfo', 'getWeekInfo'].some((name) => name in Intl.Locale.prototype),
    'control: Intl knows it here',
  )
  const other = known.filter((region) => firstWeekdayIn(region) !== firstWeekdayOf(`und-${region}`))
  t.ok(other.length <= 3, `the table says what Intl says, save where a region changed: ${other}`)
})

t.test('moments, weeks and lists are written in the language of the page', async (t) => {
  const start = at('2026-12-04T10:00:00Z')
  const rows: [string, string, string, string][] = [
    ['en-GB', 'Fri 4 Dec, 10:00', '30 Nov – 6 Dec 2026', 'a, b'],
    ['de', 'Fr., 4. Dez., 10:00', '30. Nov. – 6. Dez. 2026', 'a, b'],
    ['fr', 'ven. 4 déc., 10:00', '30 nov. – 6 déc. 2026', 'a, b'],
    ['es', 'vie, 4 dic, 10:00', '30 nov – 6 dic 2026', 'a, b'],
    ['ar', 'الجمعة، 4 ديسمبر، 10:00 ص', '30 نوفمبر – 6 ديسمبر 2026', 'a، b'],
  ]
  for (const [locale, moment, week, list] of rows) {
    const words = wording(locale)
    t.equal(plain(words.moment(start, 'UTC', 'short')), moment, locale)
    t.equal(plain(words.span('2026-11-30', '2026-12-06')).replaceAll('\u2009', ' '), week, locale)
    t.equal(words.list(['a', 'b']), list, locale)
  }
  t.equal(wording('de').day('2026-12-04', 'weekdayName'), 'Freitag')
  t.equal(wording('de').day('2026-12-04', 'date'), '4. Dez.')
})

t.test('days, numbers and spans are written in the language of the page', async (t) => {
  const rows: [string, string, string, string][] = [
    ['en-GB', 'Saturday 21 November', '1 hour 30 minutes', '3,000'],
    ['en-US', 'Saturday, November 21', '1 hour 30 minutes', '3,000'],
    ['de', 'Samstag, 21. November', '1 Stunde, 30 Minuten', '3.000'],
    ['fr', 'samedi 21 novembre', '1 heure 30 minutes', '3 000'],
    ['es', 'sábado, 21 de noviembre', '1 hora 30 minutos', '3000'],
    ['ar-SA', 'السبت، ٢١ نوفمبر', 'ساعة و٣٠ دقيقة', '٣٬٠٠٠'],
  ]
  for (const [locale, day, span, number] of rows) {
    const words = wording(locale)
    t.equal(plain(words.day('2026-11-21')), day, locale)
    t.equal(plain(words.duration(5_400_000)), span, locale)
    t.equal(plain(words.number(3000)), number, locale)
    const { before, figure, after } = words.dayInParts('2026-11-21')
    t.equal(plain(before + figure + after), day, `${locale}, in parts`)
    t.match(figure, /^(?:21|٢١)$/)
  }
  const english = wording('en-GB')
  t.same([1_800_000, 60_000, 40_000, 1000, 86_400_000, 259_200_000, 0].map(english.duration), [
    '30 minutes',
    '1 minute',
    '40 seconds',
    '1 second',
    '24 hours',
    '3 days',
    '0 seconds',
  ])
  t.equal(wording('ar-EG').figures('29:58'), '٢٩:٥٨')
  t.equal(wording('de').figures('29:58'), '29:58')
  t.equal(wording('ar').day('2026-11-21', 'column').length, 1, 'seven names fit beside each other on a phone')
  t.match(wording('ar-SA').day('2026-11-21', 'month'), /٢٠٢٦/, 'the calendar of the contract')
})

t.test('the locale is the one the browser has in that language, else the language', async (t) => {
  const rows: [Language, string[], string, string][] = [
    ['en', ['en-US'], 'en-US', 'en-US'],
    ['de', ['de-AT', 'en-US'], 'de-AT', 'de-AT'],
    ['en', ['de-AT', 'en-US'], 'en-US', 'de-AT'],
    ['ar', ['en-US'], 'ar', 'en-US'],
    ['ar', ['en-GB'], 'ar', 'en-GB'],
    ['de', ['en'], 'de', 'de'],
    ['en', ['ja', 'nl'], 'en-GB', 'ja'],
    ['en', ['ja', 'en-US'], 'en-US', 'ja'],
    ['en', [], 'en-GB', 'en-GB'],
    ['en', ['en-US@posix'], 'en-GB', 'en-GB'],
  ]
  for (const [language, tags, locale, habits] of rows) {
    t.equal(localeFor(language, tags), locale, `${language} of ${tags}`)
    t.equal(habitsFor(language, tags), habits, `clock and week of ${language} of ${tags}`)
  }
  t.equal(firstWeekdayOf(habitsFor('ar', ['en-GB'])), 1, 'picked by hand in a browser of another region')
  t.equal(firstWeekdayOf(habitsFor('ar', ['ar'])), 6)
})

t.test('the clock is that of the locale, or the chosen one', async (t) => {
  const instant = at('2026-11-21T13:05:00Z')
  const rows: [string, string][] = [
    ['en-US', '1:05 PM'],
    ['en', '1:05 PM'],
    ['en-GB', '13:05'],
    ['de-DE', '13:05'],
    ['fr', '13:05'],
    ['es-ES', '13:05'],
    ['en-AU', '1:05 pm'],
    ['en-US-u-hc-h23', '13:05'],
    ['ar-EG', '١:٠٥ م'],
  ]
  for (const [locale, time] of rows) t.equal(wording(locale).time(instant, 'UTC'), time, locale)
  t.equal(wording('en-GB').time(at('2026-11-21T00:05:00Z'), 'UTC'), '00:05')

  t.equal(wording('en-US', false).time(instant, 'UTC'), '13:05', 'a choice overrides the locale')
  t.equal(wording('en-US', false).time(at('2026-11-21T00:05:00Z'), 'UTC'), '00:05')
  t.equal(wording('en-GB', true).time(instant, 'UTC'), '1:05 pm')
  t.equal(wording('en-GB', true).time(at('2026-11-21T00:05:00Z'), 'UTC'), '12:05 am')
  t.same(['ja', 'hi', 'ko', 'de'].map(countsToTwelve), [false, true, true, false])
})
