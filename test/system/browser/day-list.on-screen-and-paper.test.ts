import { readFileSync } from 'node:fs'
import t from 'tap'
import { axe, isLive, launch, shot, signIn, sit } from '../../helper/browser.js'
import { bookFor, offer, read } from '../../helper/clinic.js'
import { startJob } from '../../helper/job.js'
import { lookAt } from '../../helper/look.js'
import { MovedClock, NOON } from '../../helper/moved-clock.js'
import { register, startOne } from '../../helper/servers.js'

t.test("tomorrow's list", async (t) => {
  const server = await startOne(t, { settings: { NOTICE_SECONDS: '0' } })
  const provider = await register(server, 'provider', { name: 'Dr. Vera Vogt' })
  const client = await register(server, 'client', { name: 'Ada Byron' })
  const service = await offer(server, provider)
  const berlin = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' })
  const tomorrow = berlin.format(server.app.clock.now() + 86_400_000)
  const { body } = await server.call<{ slots: string[] }>(
    'POST',
    `/v1/providers/${provider.id}/availability`,
    {
      token: provider.token,
      body: { blocks: [{ day: tomorrow, from: '09:00', to: '21:00' }] },
    },
  )
  const { slots } = body
  const book = (index: number, person: object, more: object = {}) =>
    bookFor(server, provider, { slotId: slots[index], person, status: 'confirmed', ...more })
  await book(
    4,
    { name: 'Hedy Lamarr', phone: '+49 30 123', note: '=1+1, "quoted"' },
    { serviceId: service.id },
  )
  await book(0, { name: 'Emil Zander' })
  await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId: slots[10] } })
  const browser = await launch(t)
  const seat = await sit(browser)
  const { page } = seat
  const done = await startJob(page)
  const rows = page.locator('.list tbody tr')

  await t.test('job: on paper in two presses', async (t) => {
    await page.addInitScript('print = () => { document.documentElement.dataset.printed = "true" }')
    await page.goto(`${server.url}/provider`)
    await signIn(page, provider.email)
    await page.getByRole('link', { name: 'Tomorrow’s list' }).waitFor()
    const before = done().presses
    await page.getByRole('link', { name: 'Tomorrow’s list' }).click()
    await page.locator('.list').waitFor()
    await page.getByRole('button', { name: 'Print' }).click()
    await page.locator('[data-printed="true"]').waitFor()
    t.equal(done().presses - before, 2)
  })

  await t.test('has time, name, phone, service, note and state, in the order of the day', async (t) => {
    t.same(
      await rows.evaluateAll((all) => all.map((row) => [...row.children].map((one) => one.textContent))),
      [
        ['09:00 – 09:15', 'Emil Zander', '', '15 min', '', 'Booked'],
        ['10:00 – 10:45', 'Hedy Lamarr', '+49 30 123', 'First visit', '=1+1, "quoted"', 'Booked'],
        [
          '11:30 – 11:45',
          'Ada Byron',
          '',
          '15 min',
          '',
          (await rows.nth(2).locator('td').last().textContent()) ?? '',
        ],
      ],
    )
    t.match(await rows.nth(2).textContent(), /Held until \d\d:\d\d/)
  })

  await t.test('what is booked meanwhile appears by itself', async () => {
    await isLive(page)
    await book(20, { name: 'Li Na' })
    await page.locator('.list tr', { hasText: 'Li Na' }).waitFor()
  })

  await t.test('as a file that no spreadsheet takes for formulas', async (t) => {
    const begun = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download CSV' }).click()
    const file = await begun
    t.equal(file.suggestedFilename(), `appointments-${tomorrow}.csv`)
    const text = readFileSync(await file.path(), 'utf8')
    const lines = text.split('\r\n')
    t.equal(lines[0], '\ufeffDate,From,To,Name,Phone,Service,Note,State')
    t.equal(
      lines[2],
      `${tomorrow},10:00,10:45,Hedy Lamarr,'+49 30 123,First visit,"'=1+1, ""quoted""",Booked`,
    )
    t.equal(lines.length, 6, 'the head, four rows, and the end of the last line')
  })

  await t.test('on paper it is black on white, without the way between the pages', async (t) => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    const seen = await page.evaluate<{ shown: string[]; ink: string; ground: string; head: string }>(`({
      shown: ['.bar', '.desk-nav', '.list-tools', 'h1', '.list', '.list-foot']
        .filter((name) => document.querySelector(name)?.checkVisibility()),
      ink: getComputedStyle(document.querySelector('.list td')).color,
      ground: getComputedStyle(document.documentElement).backgroundColor,
      head: getComputedStyle(document.querySelector('.list thead')).display,
    })`)
    t.same(seen, {
      shown: ['h1', '.list', '.list-foot'],
      ink: 'rgb(0, 0, 0)',
      ground: 'rgb(255, 255, 255)',
      head: 'table-header-group',
    })
    t.match(await page.locator('main').textContent(), /Dr\. Vera Vogt/, 'whose list it is')
    const paper = await page.pdf({ format: 'A4' })
    t.equal(paper.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length, 1, 'one sheet')
    await shot(page, 'day-list-print')
    await page.emulateMedia({ media: null, colorScheme: null })
    t.ok(await page.locator('.bar').isVisible(), 'control: on the screen there is one')
  })

  await t.test('is accessible at every width in both schemes', async (t) => {
    await lookAt(t, page)('day-list')
    await page.getByRole('button', { name: 'Day after' }).click()
    await page.getByText('Nobody is booked on this day.').waitFor()
    t.same(await axe(page), [])
    t.same([seat.complaints, seat.strangers], [[], []])
  })
})

t.test('whether a client came is noted with one press, and put right with another', async (t) => {
  // Two minutes before the first slot of the day that is noted.
  const clock = new MovedClock(NOON - 120_000)
  const server = await startOne(t, { clock, settings: { NOTICE_SECONDS: '0' } })
  const provider = await register(server, 'provider', { name: 'Dr. Vera Vogt' })
  const blocks = [{ start: new Date(NOON).toISOString(), end: new Date(NOON + 900_000).toISOString() }]
  const { body } = await server.call<{ slots: string[] }>(
    'POST',
    `/v1/providers/${provider.id}/availability`,
    { token: provider.token, body: { blocks } },
  )
  const person = { name: 'Emil Zander' }
  const override = ['notice']
  const { body: booking } = await bookFor(server, provider, {
    slotId: body.slots[0],
    person,
    status: 'confirmed',
    override,
  })
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/provider/list?day=2027-08-13`)
  await signIn(page, provider.email)
  await page.getByText('Emil Zander').first().waitFor()
  t.equal(await page.getByRole('button', { name: 'Arrived' }).count(), 0, 'not before it begins')
  clock.move(180_000)
  await page.reload()
  const outcome = async () => (await read(server, provider, booking.id)).body.outcome
  for (const [name, noted] of [
    ['No-show', 'no_show'],
    ['Arrived', 'arrived'],
  ] as const) {
    await page.getByRole('button', { name }).click()
    await page.locator('[aria-pressed="true"]', { hasText: name }).waitFor()
    t.equal(await outcome(), noted)
  }
})
