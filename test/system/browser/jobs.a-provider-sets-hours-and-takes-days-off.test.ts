import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { dayIn } from '../../../src/availability/days.js'
import { launch, signIn, sit } from '../../helper/browser.js'
import { booked, read } from '../../helper/clinic.js'
import { type Job, startJob } from '../../helper/job.js'
import { calendarOf, dayAhead, getSchedule, openStarts, setSchedule } from '../../helper/schedules.js'
import { register, type SignedIn, startOne, type TestServer } from '../../helper/servers.js'

const ZONE = 'Europe/Berlin'
const PASSWORD = 'a long enough password'

t.test('a new provider offers Monday to Friday, 9 to 17 with lunch, for ever', async (t) => {
  const server = await startOne(t)
  const browser = await launch(t)

  for (const by of ['mouse', 'keyboard'] as const) {
    await t.test(`by ${by}`, async (t) => {
      const { page, complaints } = await sit(browser)
      const done = await startJob(page)
      const email = `${by}@example.com`
      const saved = page.waitForResponse(
        (response) => response.request().method() === 'PUT' && !response.url().includes('preview'),
      )
      await page.goto(`${server.url}/provider`)
      const fields = [
        ['Your name', 'Dr. Grace Okafor'],
        ['E-mail', email],
        ['Password', PASSWORD],
      ] as const
      for (const [label, text] of fields) {
        if (by === 'mouse') await page.getByLabel(label).click()
        else
          await tabTo(
            page,
            `input[name="${label === 'Your name' ? 'name' : label === 'E-mail' ? 'email' : 'password'}"]`,
          )
        await page.keyboard.type(text)
      }
      if (by === 'mouse') await page.getByRole('button', { name: 'Create account' }).click()
      else await page.keyboard.press('Enter')
      const way = '.desk-nav a[href="/provider/hours"]'
      await page.locator(way).waitFor()
      await press(page, by, way)
      const save = 'form button[type=submit].main'
      await page.getByText(/^Opens [\d,]+ times until/).waitFor()
      await press(page, by, save)
      t.equal((await saved).status(), 200)
      await page.locator('[data-saved]').waitFor()
      await page.getByText('each day one more follows by itself').waitFor()
      within(t, done(), { presses: 8, fields: 3 })

      const token = await tokenOf(server, email)
      const provider = { id: await idOf(server, token), token } as SignedIn
      const { body } = await getSchedule(server, provider)
      t.same(
        body.weekly,
        [1, 2, 3, 4, 5].flatMap((weekday) => [
          { weekday, from: '09:00', to: '12:00' },
          { weekday, from: '13:00', to: '17:00' },
        ]),
      )
      const week = [7, 8, 9, 10, 11, 12, 13].map((days) => dayAhead(server, days))
      const counts: number[] = []
      for (const day of week) counts.push(openStarts(await calendarOf(server, provider, day)).length)
      t.same(
        counts.toSorted((a, b) => a - b),
        [0, 0, 28, 28, 28, 28, 28],
        'quarter hours of a week',
      )
      t.same(complaints, [])
      await page.context().close()
    })
  }
})

t.test('next Friday off with two bookings, one moved and one cancelled with a reason', async (t) => {
  const server = await startOne(t, { settings: { NOTICE_SECONDS: '0' } })
  const browser = await launch(t)

  for (const by of ['mouse', 'keyboard'] as const) {
    await t.test(`by ${by}`, async (t) => {
      const provider = await register(server, 'provider')
      const [ada, ben] = [
        await register(server, 'client', { name: 'Ada Byron' }),
        await register(server, 'client', { name: 'Ben Zander' }),
      ]
      await setSchedule(server, provider, {
        weekly: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '17:00' })),
      })
      const friday = nextFriday(server)
      const slots = await calendarOf(server, provider, friday)
      const moved = await booked(server, ada, slots[8]?.id)
      const cancelled = await booked(server, ben, slots[12]?.id)

      const { page, complaints } = await sit(browser)
      await page.goto(`${server.url}/provider/hours`)
      await signIn(page, provider.email)
      await page.locator('.desk-nav').waitFor()
      const done = await startJob(page)
      await page.goto(`${server.url}/provider/hours`)
      await page.locator('[data-weekday="1"]').waitFor()
      await press(page, by, 'button:text("Next Friday")')
      await page.locator('[data-affected="2"]').waitFor()
      await page.getByText('2 bookings are affected').waitFor()
      const choices = `[data-reservation="${moved.id}"] input`
      if (by === 'mouse') await page.locator(choices).nth(1).check()
      else {
        await tabTo(page, choices)
        await page.keyboard.press('ArrowDown')
      }
      const reason = page.getByLabel('Reason, which those you cancel can read')
      if (by === 'mouse') await reason.click()
      else await tabTo(page, '[data-affected] .field input')
      await page.keyboard.type('A conference')
      await press(page, by, '[data-take-off]')
      await page.locator('[data-closed]').waitFor()
      await page.getByText('Moved: Ada Byron').waitFor()
      await page.getByText('Cancelled: Ben Zander').waitFor()
      within(t, done(), { presses: 6, fields: 1 })

      const here = await read(server, ada, moved.id)
      t.equal(here.body.status, 'confirmed')
      t.not(dayIn(ZONE, Date.parse(here.body.start)), friday, 'moved to another day')
      const gone = await read(server, ben, cancelled.id)
      t.same(
        [gone.body.status, gone.body.cancelledBy, gone.body.note],
        ['cancelled', 'provider', 'A conference'],
      )
      t.same(openStarts(await calendarOf(server, provider, friday)), [], 'and nothing is open that day')
      await page.locator('[data-exception]').getByText('A conference').waitFor()

      await page.getByRole('button', { name: 'Open this day again' }).click()
      await page.getByText('None: every week is as your weekly hours say.').waitFor()
      t.equal(openStarts(await calendarOf(server, provider, friday)).length, 32, 'until it is opened again')
      t.equal((await read(server, ben, cancelled.id)).body.status, 'cancelled')
      t.same(complaints, [])
      await page.context().close()
    })
  }
})

function within(t: Test, job: Job, most: Pick<Job, 'presses' | 'fields'>): void {
  t.comment(`${job.presses} presses, ${job.fields} fields, ${job.ms} ms`)
  t.ok(job.presses > 0 && job.presses <= most.presses, `${job.presses} presses`)
  t.ok(job.fields > 0 && job.fields <= most.fields, `${job.fields} fields`)
}

async function press(page: Page, by: 'mouse' | 'keyboard', selector: string): Promise<void> {
  if (by === 'mouse') return page.locator(selector).first().click()
  await tabTo(page, selector)
  await page.keyboard.press('Enter')
}

/** As somebody without a mouse gets there. */
async function tabTo(page: Page, selector: string): Promise<void> {
  const target = page.locator(selector)
  await target.first().waitFor()
  for (let stops = 0; stops < 200; stops++) {
    await page.keyboard.press('Tab')
    if ((await target.and(page.locator(':focus')).count()) > 0) return
  }
  throw new Error(`Tab does not reach ${selector}`)
}

function nextFriday(server: TestServer): string {
  for (let days = 1; ; days++) {
    const day = dayAhead(server, days)
    if (new Date(`${day}T00:00:00Z`).getUTCDay() === 5) return day
  }
}

async function tokenOf(server: TestServer, email: string): Promise<string> {
  const { body } = await server.call<{ accessToken: string }>('POST', '/v1/token', {
    body: { email, password: PASSWORD },
  })
  return body.accessToken
}

async function idOf(server: TestServer, token: string): Promise<string> {
  return (await server.call<{ id: string }>('GET', '/v1/me', { token })).body.id
}
