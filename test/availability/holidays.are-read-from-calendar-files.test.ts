import fc from 'fast-check'
import { test } from 'tap'
import { holidaysIn, MAX_ICS_BYTES } from '../../src/availability/holidays.js'
import { addDays } from '../../src/domain/days.js'

const reach = { today: '2026-11-26', through: '2029-12-31' }

function calendar(...lines: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n')
}

function event(...lines: string[]): string {
  return calendar('BEGIN:VEVENT', 'UID:1@test', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT')
}

const daysOf = (ics: string) => holidaysIn(ics, reach).days
const fromOf = (ics: string) => daysOf(ics).map(({ from }) => from)
const reasonOf = (ics: string) => holidaysIn(ics, reach).skipped[0]?.reason

test('as Google writes holidays', async (t) => {
  const ics = calendar(
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'X-WR-CALNAME:Feiertage in Deutschland',
    'BEGIN:VEVENT',
    'DTSTART;VALUE=DATE:20261225',
    'DTEND;VALUE=DATE:20261226',
    'DTSTAMP:20261101T101010Z',
    'UID:20261225_abc@google.com',
    'CLASS:PUBLIC',
    'DESCRIPTION:Gesetzlicher Feiertag',
    'SEQUENCE:0',
    'STATUS:CONFIRMED',
    'SUMMARY:Erster Weihnachtstag',
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
    'BEGIN:VEVENT',
    'DTSTART;VALUE=DATE:20251225',
    'DTEND;VALUE=DATE:20251226',
    'UID:20251225_abc@google.com',
    'SUMMARY:Erster Weihnachtstag',
    'END:VEVENT',
  )
  t.same(holidaysIn(ics, reach), {
    days: [{ from: '2026-12-25', to: '2026-12-25', summary: 'Erster Weihnachtstag' }],
    skipped: [],
  })
})

test('as Apple writes them: a rule, parameters in quotes, an alarm inside', async (t) => {
  const ics = calendar(
    'BEGIN:VTIMEZONE',
    'TZID:Europe/Berlin',
    'BEGIN:STANDARD',
    'DTSTART:19961027T030000',
    'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
    'END:STANDARD',
    'END:VTIMEZONE',
    'BEGIN:VEVENT',
    'UID:apple-1',
    'DTSTART;VALUE=DATE;X-NOTE="a:b;c":20200101',
    'DURATION:P1D',
    'RRULE:FREQ=YEARLY;COUNT=400',
    'SUMMARY;LANGUAGE=en:New Year\\, at last\\; a long',
    '  day',
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    'SUMMARY:not this one',
    'TRIGGER:-P1D',
    'DURATION:PT15M',
    'END:VALARM',
    'END:VEVENT',
  )
  t.same(
    daysOf(ics),
    [2027, 2028, 2029].map((year) => ({
      from: `${year}-01-01`,
      to: `${year}-01-01`,
      summary: 'New Year, at last; a long day',
    })),
  )
})

test('as Outlook writes them: its own rule, and midnights that mean whole days', async (t) => {
  const ics = calendar(
    'BEGIN:VEVENT',
    'UID:040000008200E00074C5B7101A82E008',
    'DTSTART;TZID="W. Europe Standard Time":20261224T000000',
    'DTEND;TZID="W. Europe Standard Time":20270102T000000',
    'SUMMARY;LANGUAGE=de:Praxisferien',
    'X-MICROSOFT-CDO-ALLDAYEVENT:TRUE',
    'END:VEVENT',
    'BEGIN:VEVENT',
    'UID:2',
    'DTSTART;VALUE=DATE:20151003',
    'DTEND;VALUE=DATE:20151004',
    'RRULE:FREQ=YEARLY;BYMONTHDAY=3;BYMONTH=10;WKST=MO',
    'SUMMARY:Tag der Deutschen Einheit',
    'END:VEVENT',
    'BEGIN:VEVENT',
    'UID:3',
    'DTSTART;TZID="W. Europe Standard Time":20261224T000000',
    'DTEND;TZID="W. Europe Standard Time":20261225T000000',
    'SUMMARY:On call',
    'END:VEVENT',
  )
  const { days, skipped } = holidaysIn(ics, reach)
  t.same(
    days.map(({ from, to }) => [from, to]),
    [
      ['2026-12-24', '2027-01-01'],
      ['2027-10-03', '2027-10-03'],
      ['2028-10-03', '2028-10-03'],
      ['2029-10-03', '2029-10-03'],
    ],
  )
  t.same(
    skipped,
    [{ summary: 'On call', reason: 'It is not a whole day', code: 'not_a_whole_day' }],
    'without the mark it is a time',
  )
})

test('how long an event is', async (t) => {
  const length = (...lines: string[]) => daysOf(event('DTSTART;VALUE=DATE:20261228', ...lines)).at(0)?.to
  t.equal(length(), '2026-12-28', 'one day without an end')
  t.equal(length('DTEND;VALUE=DATE:20261231'), '2026-12-30', 'the end is not part of it')
  t.equal(length('DTEND;VALUE=DATE:20261228'), '2026-12-28', 'an end that is the start is one day')
  t.equal(length('DURATION:P2D'), '2026-12-29')
  t.equal(length('DURATION:P1W'), '2027-01-03')
  t.equal(reasonOf(event('DTSTART;VALUE=DATE:20261228', 'DURATION:PT8H')), 'Its length is not whole days')
  t.equal(
    reasonOf(event('DTSTART;VALUE=DATE:20261228', 'DTEND;VALUE=DATE:99991231')),
    'It is longer than a year',
  )
})

test('what is over, too far ahead or cancelled is left out; what has begun is not', async (t) => {
  t.same(daysOf(event('DTSTART;VALUE=DATE:20261125')), [])
  t.same(fromOf(event('DTSTART;VALUE=DATE:20261126')), ['2026-11-26'], 'today')
  t.same(fromOf(event('DTSTART;VALUE=DATE:20261120', 'DTEND;VALUE=DATE:20261128')), ['2026-11-20'])
  t.same(daysOf(event('DTSTART;VALUE=DATE:20300101')), [])
  t.same(fromOf(event('DTSTART;VALUE=DATE:20291231')), ['2029-12-31'])
  t.same(daysOf(event('DTSTART;VALUE=DATE:20261225', 'STATUS:CANCELLED')), [])
  t.equal(reasonOf(event('DTSTART:20261124T090000Z')), undefined, 'nor is it named')
})

test('each year: until, count, interval, exceptions', async (t) => {
  const at = (date: string, rule: string, ...more: string[]) =>
    fromOf(event(`DTSTART;VALUE=DATE:${date}`, `RRULE:${rule}`, ...more))
  t.same(at('20201225', 'FREQ=YEARLY;UNTIL=20271225'), ['2026-12-25', '2027-12-25'])
  t.same(at('20201225', 'FREQ=YEARLY;UNTIL=20271224T235959Z'), ['2026-12-25'])
  t.same(at('20201225', 'FREQ=YEARLY;COUNT=7'), ['2026-12-25'])
  t.same(at('20201225', 'FREQ=YEARLY;COUNT=6'), [])
  t.same(at('20201225', 'FREQ=YEARLY;INTERVAL=4'), ['2028-12-25'])
  t.same(at('20240229', 'FREQ=YEARLY'), ['2028-02-29'], 'only where there is such a day')
  t.same(at('20240229', 'FREQ=YEARLY;COUNT=2'), ['2028-02-29'], 'and only those count')
  t.same(at('20201225', 'FREQ=YEARLY', 'EXDATE;VALUE=DATE:20271225,20281225'), ['2026-12-25', '2029-12-25'])
  t.same(at('20201225', 'FREQ=YEARLY;COUNT=1', 'RDATE;VALUE=DATE:20280110'), ['2028-01-10'])
  for (const rule of [
    'FREQ=WEEKLY',
    'FREQ=YEARLY;BYDAY=4TH;BYMONTH=11',
    'FREQ=YEARLY;BYMONTHDAY=25',
    'FREQ=YEARLY;BYMONTH=11',
    'FREQ=YEARLY;COUNT=0',
    'FREQ=YEARLY;INTERVAL=0',
    'FREQ=YEARLY;UNTIL=never',
    'nonsense',
  ]) {
    const ics = event('DTSTART;VALUE=DATE:20201225', `RRULE:${rule}`, 'SUMMARY:Day')
    t.same(
      holidaysIn(ics, reach),
      {
        days: [],
        skipped: [
          { summary: 'Day', reason: 'It repeats by a rule other than each year', code: 'other_rule' },
        ],
      },
      rule,
    )
  }
})

test('a single date of an event that repeats may have been moved or cancelled', async (t) => {
  const ics = calendar(
    ...['BEGIN:VEVENT', 'UID:a', 'DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY', 'END:VEVENT'],
    ...[
      'BEGIN:VEVENT',
      'UID:a',
      'RECURRENCE-ID;VALUE=DATE:20271225',
      'DTSTART;VALUE=DATE:20271227',
      'END:VEVENT',
    ],
    ...['BEGIN:VEVENT', 'UID:a', 'RECURRENCE-ID;VALUE=DATE:20281225', 'DTSTART;VALUE=DATE:20281225'],
    ...['STATUS:CANCELLED', 'END:VEVENT'],
  )
  t.same(fromOf(ics), ['2026-12-25', '2027-12-27', '2029-12-25'])
})

test('the same days are one, with both names; text is made readable', async (t) => {
  const both = calendar(
    ...['Labour Day', 'Ascension', 'Labour Day'].flatMap((name) => [
      ...['BEGIN:VEVENT', 'DTSTART;VALUE=DATE:20270501', `SUMMARY:${name}`, 'END:VEVENT'],
    ]),
  )
  t.same(daysOf(both), [{ from: '2027-05-01', to: '2027-05-01', summary: 'Labour Day, Ascension' }])
  const [odd] = daysOf(event('DTSTART:20270501', 'SUMMARY:\\n a\\Nb\u202E\u0007 \\\\ c  '))
  t.equal(odd?.summary, 'a b \\ c')
  t.equal(daysOf(event('DTSTART:20270501'))[0]?.summary, 'Untitled')
  const long = daysOf(event('DTSTART:20270501', `SUMMARY:${'🎄'.repeat(300)}`))[0]?.summary ?? ''
  t.ok(long.length <= 200 && long.endsWith('…'))
})

test('what is no calendar, or too large, is not read', async (t) => {
  for (const text of ['', 'hello', '{"a":1}', '<html>BEGIN:VCALENDAR</html>']) {
    t.same(holidaysIn(text, reach), { days: [], skipped: [], fault: 'not_a_calendar' })
  }
  t.same(holidaysIn(`\uFEFF${calendar()}`, reach), { days: [], skipped: [] }, 'control: an empty one is one')
  t.equal(holidaysIn(calendar(`X:${'é'.repeat(MAX_ICS_BYTES / 2)}`), reach).fault, 'too_large')
})

test('folding and line ends change nothing', async (t) => {
  const text = event('DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227', 'SUMMARY:A practice closed')
  const expected = holidaysIn(text, reach)
  t.equal(expected.days.length, 1)
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: text.length })),
      fc.constantFrom('\r\n', '\n'),
      fc.constantFrom(' ', '\t'),
      (places, end, space) => {
        let folded = ''
        for (const [at, letter] of [...text].entries()) {
          // Not between the two letters of a line end, nor at the begin of a line.
          const isInLine = letter !== '\r' && letter !== '\n' && text[at - 1] !== '\n' && at > 0
          if (isInLine && places.includes(at)) folded += `\r\n${space}`
          folded += letter
        }
        return JSON.stringify(holidaysIn(folded.replaceAll('\r\n', end), reach)) === JSON.stringify(expected)
      },
    ),
  )
})

test('whatever is read is in order, unique, and within reach', async (t) => {
  const date = fc
    .date({ min: new Date('2020-01-01'), max: new Date('2032-01-01'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10).replaceAll('-', ''))
  const one = fc.record({
    date,
    days: fc.integer({ min: 1, max: 400 }),
    rule: fc.option(fc.constantFrom('FREQ=YEARLY', 'FREQ=YEARLY;COUNT=8', 'FREQ=DAILY'), { nil: '' }),
  })
  let read = 0
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), (events) => {
      const lines = events.flatMap(({ date, days, rule }) => [
        ...['BEGIN:VEVENT', `DTSTART;VALUE=DATE:${date}`, `DURATION:P${days}D`],
        ...(rule === '' ? [] : [`RRULE:${rule}`]),
        'END:VEVENT',
      ])
      const { days } = holidaysIn(calendar(...lines), reach)
      read += days.length
      const keys = days.map(({ from, to }) => `${from} ${to}`)
      return (
        new Set(keys).size === keys.length &&
        JSON.stringify(keys) === JSON.stringify(keys.toSorted()) &&
        days.every(({ from, to }) => from <= to && to >= reach.today && from <= reach.through)
      )
    }),
  )
  t.ok(read > 100, `${read} days were read, so the property says something`)
})

test('nothing that is sent makes it throw, or read for long', async (t) => {
  const piece = fc.constantFrom(
    ...[
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'END:VEVENT',
      'DTSTART',
      ';VALUE=DATE',
      ':',
      '20261225',
      '\r\n',
      ' ',
    ],
    ...[
      'RRULE:FREQ=YEARLY',
      'EXDATE:',
      'SUMMARY:',
      '\\',
      '"',
      ';',
      ',',
      '00000000',
      '99999999',
      'T000000',
      '=P1D',
    ],
  )
  fc.assert(fc.property(fc.array(piece), (pieces) => holidaysIn(pieces.join(''), reach).days.length >= 0))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => holidaysIn(text, reach).days.length === 0))

  const filled = (start: string, piece: string, end = '') =>
    start + piece.repeat(Math.floor((MAX_ICS_BYTES - start.length - end.length) / piece.length)) + end
  const head = 'BEGIN:VCALENDAR\n'
  const hostile = {
    'folds without end': filled(`${head}BEGIN:VEVENT\nSUMMARY:`, 'a\n ', '\nEND:VEVENT'),
    'events since the year 1': filled(
      head,
      'BEGIN:VEVENT\nDTSTART:00010229\nRRULE:FREQ=YEARLY;COUNT=999999\nEND:VEVENT\n',
    ),
    'dates of one event': filled(
      `${head}BEGIN:VEVENT\nDTSTART:20261225\nRDATE:`,
      '20270101,',
      '\nEND:VEVENT',
    ),
    'parameters without a value': filled(`${head}BEGIN:VEVENT\nDTSTART`, ';a="b"'),
    backslashes: filled(`${head}BEGIN:VEVENT\nDTSTART:20261225\nSUMMARY:`, '\\', '\nEND:VEVENT'),
    'components in components': filled(head, 'BEGIN:VEVENT\n'),
    spaces: filled(`${head}BEGIN:VEVENT\nDTSTART:20261225\nSUMMARY:`, ' ', 'x\nEND:VEVENT'),
    'changed dates': filled(
      head,
      'BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20261225\nDTSTART:20261225\nEND:VEVENT\n',
    ),
  }
  for (const [what, text] of Object.entries(hostile)) {
    const from = performance.now()
    const { fault } = holidaysIn(text, reach)
    const ms = performance.now() - from
    t.equal(fault, undefined, `control: ${what} is read`)
    // Much longer than it takes, and much less than anything quadratic would.
    t.ok(ms < 2_000, `${what}: ${Math.round(ms)} ms`)
  }
})

test('of more days than any provider may close it reads 500', async (t) => {
  const dates = Array.from({ length: 700 }, (_, index) => addDays(reach.today, index + 1).replaceAll('-', ''))
  const [first, ...others] = dates
  const read = holidaysIn(event(`DTSTART:${first}`, `RDATE:${others.join()}`), reach)
  t.equal(read.days.length, 500)
  t.equal(daysOf(event(`DTSTART:${first}`, `RDATE:${others.slice(0, 400).join()}`)).length, 401, 'control')
})
