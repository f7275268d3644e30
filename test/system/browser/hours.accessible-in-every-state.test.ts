/** The page of hours in its states: what `pages.accessible-in-every-state` asks of all, and what is said there. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { launch, signIn, sit } from '../../helper/browser.js'
import { booked } from '../../helper/clinic.js'
import { lookAt } from '../../helper/look.js'
import { calendarOf, dayAhead, getSchedule, setSchedule } from '../../helper/schedules.js'
import { register, startOne } from '../../helper/servers.js'

const CALENDAR = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//Example//EN',
  ...event('1', 'DTSTART;VALUE=DATE:DAY1', 'DTEND;VALUE=DATE:DAY3', 'Midwinter'),
  ...event('2', 'DTSTART:DAY1T100000Z', 'DTEND:DAY1T110000Z', 'Breakfast'),
  'END:VCALENDAR',
  '',
].join('\r\n')

t.test('the page of hours is accessible in every state', async (t) => {
  const server = await startOne(t, { settings: { NOTICE_SECONDS: '0' } })
  const provider = await register(server, 'provider')
  const [ada, ben] = [
    await register(server, 'client', { name: 'Ada Byron' }),
    await register(server, 'client', { name: 'Ben Zander' }),
  ]
  const seat = await sit(await launch(t))
  const { page } = seat
  const look = lookAt(t, page)

  await page.goto(`${server.url}/provider/hours`)
  await signIn(page, provider.email)
  await previewSays(page, /^Opens [\d,]+ times until/)
  await look('hours-new')
  await page.getByRole('button', { name: 'Offer these hours' }).click()
  await page.locator('[data-saved]').waitFor()
  await look('hours-saved')

  // A day with times, which is no Friday, Saturday or Sunday.
  const ahead = [3, 4, 5, 6, 7].find((days) => [1, 2, 3].includes(weekdayOf(dayAhead(server, days)))) ?? 3
  const day = dayAhead(server, ahead)
  const slots = await calendarOf(server, provider, day)
  await booked(server, ada, slots[2]?.id)
  await booked(server, ben, slots[4]?.id)
  const name = ['Monday', 'Tuesday', 'Wednesday'][weekdayOf(day) - 1] ?? ''
  await page.getByLabel(`${name}, block 1 from`).selectOption('11:00')
  await previewSays(page, /^Withdraws [\d,]+ times until .*2 bookings lie outside:/)
  await page.locator('.hours-bookings').getByText('Ada Byron').waitFor()
  await look('hours-preview')
  await page.getByLabel(`${name}, block 1 to`).selectOption('10:00')
  await page.getByText('The end must be after the start.').waitFor()
  await page.getByText('How far ahead').click()
  await look('hours-fault')
  await page.getByLabel(`${name}, block 1 to`).selectOption('12:00')

  const elsewhere = await setSchedule(server, provider, {
    weekly: [{ weekday: 1, from: '08:00', to: '10:00' }],
  })
  t.equal(elsewhere.status, 200)
  await page.getByRole('button', { name: 'Save hours' }).click()
  await page.getByText('Monday 08:00–10:00').waitFor()
  seat.complaints = seat.complaints.filter((text) => !text.includes('412'))
  await look('hours-overtaken')
  await page.getByRole('button', { name: 'Save hours' }).click()
  await page.locator('[data-saved]').waitFor()
  t.equal((await getSchedule(server, provider)).body.weekly.length, 10, 'who was told may replace it')
  t.equal((await getSchedule(server, provider)).body.outside.length, 2)

  await page.getByLabel('First day off').fill(day)
  await page.locator('[data-affected="2"]').waitFor()
  await page.getByRole('button', { name: 'Move each to the nearest time' }).click()
  await page.getByRole('button', { name: /, move 2$/ }).waitFor()
  await look('hours-time-off')
  await page.locator('[data-take-off]').click()
  await page.getByText('Moved: Ben Zander').waitFor()
  await page.locator('[data-exception]').waitFor()
  await look('hours-closed')

  await page.getByLabel('Day', { exact: true }).fill(dayAhead(server, 30))
  await page.getByLabel('Other hours, block 1 to').selectOption('20:00')
  await page.locator('[data-preview="current"]').waitFor()
  await look('hours-other')
  await page.getByRole('button', { name: 'Set these hours' }).click()
  await page.locator('[data-exception]').nth(1).waitFor()

  const file = (text: string) => ({
    name: 'days.ics',
    mimeType: 'text/calendar',
    buffer: Buffer.from(text),
  })
  await page.getByLabel('Calendar file').setInputFiles(file('Dear Grace'))
  await page.getByText('This is not a calendar file.').waitFor()
  seat.complaints = seat.complaints.filter((text) => !text.includes('400'))
  await look('hours-no-calendar')
  const plain = (days: number) => dayAhead(server, days).replaceAll('-', '')
  const calendar = CALENDAR.replaceAll('DAY1', plain(20)).replaceAll('DAY3', plain(22))
  await page.getByLabel('Calendar file').setInputFiles(file(calendar))
  await page.getByText('Midwinter').waitFor()
  await page.getByText('1 event left out').click()
  await page.getByText('Breakfast').waitFor()
  await look('hours-holidays')
  await page.getByRole('button', { name: 'Close these days' }).click()
  await page.locator('[data-imported="1"]').waitFor()
  await page.locator('[data-exception]').nth(2).waitFor()
  t.same(seat.complaints, [])
})

function event(uid: string, start: string, end: string, summary: string): string[] {
  return ['BEGIN:VEVENT', `UID:${uid}`, start, end, `SUMMARY:${summary}`, 'END:VEVENT']
}

function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay()
}

async function previewSays(page: Page, text: RegExp): Promise<void> {
  await page.locator('[data-preview="current"]').filter({ hasText: text }).first().waitFor()
}
