import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { isLive, launch, shows, signIn, sit, slot } from '../../helper/browser.js'
import { bookFor, offer, read } from '../../helper/clinic.js'
import { startJob } from '../../helper/job.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

const DAY_MS = 86_400_000

interface Practice {
  server: TestServer
  provider: SignedIn
  /** Of a day with eight hours from 09:00 in Berlin. */
  slots: string[]
  day: string
}

async function practice(t: Test): Promise<Practice> {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Vera Vogt' })
  // Not on a Sunday: the day before would be in another week.
  const ahead = new Date(server.app.clock.now() + 3 * DAY_MS).getUTCDay() === 0 ? 4 : 3
  const day = new Date(server.app.clock.now() + ahead * DAY_MS).toISOString().slice(0, 10)
  const { body } = await server.call<{ slots: string[] }>(
    'POST',
    `/v1/providers/${provider.id}/availability`,
    {
      token: provider.token,
      body: { blocks: [{ day, from: '09:00', to: '17:00' }] },
    },
  )
  return { server, provider, slots: body.slots, day }
}

/** Signed in, at the week of the day. */
async function atDesk(page: Page, { server, provider, day }: Practice): Promise<void> {
  await page.goto(`${server.url}/provider?day=${day}`)
  await signIn(page, provider.email)
  await isLive(page)
}

async function book({ server, provider, slots }: Practice, index: number, more: object = {}) {
  const person = { name: 'Hedy Lamarr', phone: '+49 30 123', note: 'brings X-rays' }
  const body = { slotId: slots[index], person, status: 'confirmed', ...more }
  const answer = await bookFor(server, provider, body)
  if (answer.status !== 201) throw new Error(`a booking answered ${answer.status} ${answer.body.code}`)
  return answer.body
}

const startOf = async ({ server, provider }: Practice, id: string) =>
  (await read(server, provider, id)).body.slotId

t.test('job: a patient on the telephone, in four presses and two fields', async (t) => {
  const world = await practice(t)
  const { server, provider, slots, day } = world
  const service = await offer(server, provider, { bufferAfterMinutes: 15 })
  const browser = await launch(t)

  await t.test('by mouse', async (t) => {
    const { page, complaints } = await sit(browser)
    const done = await startJob(page)
    await atDesk(page, world)
    const before = done()
    await slot(page, slots[4] ?? '').click()
    // The name has the keyboard already.
    await page.locator('.chosen [data-first]:focus').waitFor()
    await page.keyboard.type('Hedy Lamarr')
    await page.getByLabel('Phone').fill('+49 30 1234567')
    await page.getByRole('button', { name: 'Book', exact: true }).click()
    await page.locator('.chosen').getByText('Booked by Hedy Lamarr').waitFor()
    const job = done()
    t.ok(job.presses - before.presses <= 4, `${job.presses - before.presses} presses`)
    t.equal(job.fields - before.fields, 2)
    await shows(page, slots[4] ?? '', 'confirmed')
    const cell = slot(page, slots[4] ?? '')
    await cell.getByText('First visit').waitFor()
    t.match(await cell.getAttribute('title'), /Hedy Lamarr, First visit, \+49 30 1234567/)
    t.equal(await slot(page, slots[5] ?? '').count(), 0, 'an appointment of 45 minutes is one block')
    t.match(await page.locator('.chosen').textContent(), /First visit.*\+49 30 1234567/)
    const { body } = await server.call<{ items: { serviceId: string; durationMinutes: number }[] }>(
      'GET',
      `/v1/reservations?day=${day}`,
      { token: provider.token },
    )
    t.same(
      body.items.map((one) => [one.serviceId, one.durationMinutes]),
      [[service.id, 45]],
    )
    t.same(complaints, [])
  })

  await t.test('by keyboard alone', async (t) => {
    const { page } = await sit(browser)
    const done = await startJob(page)
    await atDesk(page, world)
    const before = done()
    await page.locator('.grid-area .cell[tabindex="0"]').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('.chosen [data-first]:focus').waitFor()
    await page.keyboard.type('Emil Zander')
    await page.keyboard.press('Tab')
    await page.keyboard.type('030 765')
    await page.keyboard.press('Tab')
    await page.getByLabel('Service').selectOption({ label: 'No service, 15 min' })
    await page.getByLabel('Phone').focus()
    await page.keyboard.press('Enter')
    await page.locator('.chosen').getByText('Booked by Emil Zander').waitFor()
    const job = done()
    t.ok(job.presses - before.presses <= 4, `${job.presses - before.presses} presses`)
    await shows(page, slots[1] ?? '', 'confirmed')
    await page.locator('.chosen h2:focus').waitFor()
    await page.keyboard.press('Escape')
    await page.locator(`[data-slot-id="${slots[1]}"]:focus`).waitFor()
    t.pass('the focus is back where the booking is')
  })

  await t.test('where the service does not fit, the nearest times do it in one press', async (t) => {
    const { page } = await sit(browser)
    await atDesk(page, world)
    await slot(page, slots[3] ?? '').click()
    await page.getByLabel('Name', { exact: true }).fill('Ada Byron')
    await page.getByText('It does not fit here').waitFor()
    await page.locator('.nearest button').first().click()
    await page.locator('.chosen').getByText('Booked by Ada Byron').waitFor()
    t.pass('booked')
  })
})

t.test('a booking is moved', async (t) => {
  const world = await practice(t)
  const { server, provider, slots } = world
  const service = await offer(server, provider, { bufferAfterMinutes: 15 })
  const { id } = await book(world, 4, { serviceId: service.id })
  const browser = await launch(t)

  await t.test('job: by a drag, and back by one press', async (t) => {
    const { page, complaints } = await sit(browser)
    await atDesk(page, world)
    const from = await slot(page, slots[4] ?? '').boundingBox()
    const to = await slot(page, slots[12] ?? '').boundingBox()
    if (!from || !to) throw new Error('no cells')
    await page.mouse.move(from.x + 30, from.y + 10)
    await page.mouse.down()
    await page.mouse.move(to.x + 30, to.y + 10, { steps: 8 })
    await page.locator('.move-ghost[data-fit="fits"]').waitFor()
    t.match(await page.locator('.move-words').textContent(), /12:00 It fits\./)
    await page.mouse.up()
    await page.locator('[data-moved]').waitFor()
    await shows(page, slots[12] ?? '', 'confirmed')
    await shows(page, slots[4] ?? '', 'open')
    t.equal(await startOf(world, id), slots[12])
    await page.getByRole('button', { name: 'Move back' }).click()
    await shows(page, slots[4] ?? '', 'confirmed')
    t.equal(await startOf(world, id), slots[4])
    t.same(complaints, [])
  })

  await t.test('a drag that ends where it does not fit changes nothing, nor does Escape', async (t) => {
    const { page } = await sit(browser)
    await atDesk(page, world)
    const from = await slot(page, slots[4] ?? '').boundingBox()
    if (!from) throw new Error('no cell')
    for (const way of ['drop', 'escape']) {
      await page.mouse.move(from.x + 30, from.y + 10)
      await page.mouse.down()
      await page.mouse.move(from.x + 30, from.y - 40, { steps: 4 })
      await page.mouse.move(from.x + 30, from.y - 130, { steps: 4 })
      await page.locator('.move-ghost[data-fit="not offered"]').waitFor()
      if (way === 'escape') await page.keyboard.press('Escape')
      await page.mouse.up()
      await page.locator('.move-ghost').waitFor({ state: 'detached' })
    }
    t.equal(await startOf(world, id), slots[4])
    await page.locator('.chosen').getByText('Booked by Hedy Lamarr').waitFor()
  })

  await t.test('job: by keyboard alone', async (t) => {
    const { page } = await sit(browser)
    await atDesk(page, world)
    await page.locator('.grid-area .cell[tabindex="0"]').focus()
    for (let presses = 0; presses < 4; presses++) await page.keyboard.press('ArrowDown')
    await page.locator(`[data-slot-id="${slots[4]}"]:focus`).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.chosen h2:focus').waitFor()
    await page.getByRole('button', { name: 'Move …' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.move-ghost:focus').waitFor()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowRight')
    t.match(
      await page.locator('.move-words').textContent(),
      /09:30 This time is not offered\./,
      'of the next day',
    )
    await page.keyboard.press('ArrowLeft')
    t.match(await page.locator('.move-words').textContent(), /09:30 It fits\./)
    await page.keyboard.press('Enter')
    await page.locator('[data-moved]').waitFor()
    await page.locator('.chosen h2:focus').waitFor()
    t.equal(await startOf(world, id), slots[2])
  })

  await t.test('one that loses the race keeps its time, and says so', async (t) => {
    const { page, complaints } = await sit(browser)
    await atDesk(page, world)
    // The page does not hear of it: what it shows is old when it asks.
    await page.route('**/move', async (route) => {
      await book(world, 20)
      await route.continue()
    })
    await slot(page, slots[2] ?? '').click()
    await page.getByRole('button', { name: 'Move …' }).click()
    await slot(page, slots[20] ?? '').click()
    await page.locator('.move-ghost[data-fit="fits"]').waitFor()
    await page.getByRole('button', { name: 'Move here' }).click()
    await page.locator('.chosen [data-code="slot_confirmed"]').waitFor()
    t.match(await page.locator('.chosen').textContent(), /stays where it was/)
    t.equal(await startOf(world, id), slots[2])
    t.same(
      complaints.filter((text) => !text.includes('409')),
      [],
    )
  })
})

t.test('what came of it is noted after the start, and a cancellation says why', async (t) => {
  const world = await practice(t)
  const { server, provider, slots } = world
  const client = await register(server, 'client', { name: 'Ada Byron' })
  const held = await server.call<{ id: string }>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId: slots[8] },
  })
  await server.call('POST', `/v1/reservations/${held.body.id}/confirm`, { token: client.token })
  const guest = await book(world, 0)
  const browser = await launch(t)
  const { page } = await sit(browser)
  await atDesk(page, world)

  await slot(page, slots[8] ?? '').click()
  await page.getByRole('button', { name: 'Cancel this booking …' }).click()
  await page.locator('.chosen textarea:focus').waitFor()
  await page.keyboard.type('The practice is closed that day.')
  await page.getByRole('button', { name: 'Cancel this booking', exact: true }).click()
  await shows(page, slots[8] ?? '', 'open')
  const { body } = await read(server, client, held.body.id)
  t.match(body, { status: 'cancelled', cancelledBy: 'provider', note: 'The practice is closed that day.' })

  await slot(page, slots[0] ?? '').click()
  t.equal(await page.getByRole('button', { name: 'Arrived' }).count(), 0, 'not before the start')
  await page.getByRole('button', { name: 'Forget this person …' }).click()
  await page.getByRole('button', { name: 'Forget Hedy Lamarr' }).click()
  await until(
    async () => (await read(server, provider, guest.id)).body.client?.name === '',
    'nobody any more',
  )
  t.equal((await read(server, provider, guest.id)).body.contact, undefined)
})

t.test('days on which nothing happens fold, and names have the room', async (t) => {
  const world = await practice(t)
  const { page } = await sit(await launch(t))
  await book(world, 0)
  await atDesk(page, world)
  const width = async (day: string) =>
    (await page.locator(`.col[data-day="${day}"]`).boundingBox())?.width ?? 0
  await page.locator('.col[data-folded]').first().waitFor()
  t.equal(await page.locator('.col[data-folded]').count(), 6)
  const wide = await width(world.day)
  t.ok(wide > 300, `${wide} px for the day with hours`)
  const name = (await page.locator('.col[data-folded]').first().getAttribute('data-day')) ?? ''
  const days = await page.locator('.col').evaluateAll((all) => all.map((one) => one.getAttribute('data-day')))
  await page.locator('.day-head').nth(days.indexOf(name)).click()
  await page.locator(`.col[data-day="${name}"]:not([data-folded])`).waitFor()
  t.ok((await width(name)) > 200, 'a press opens one')
})

t.test('a desk on which nothing was ever offered begins with the weekly hours', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/provider`)
  await signIn(page, provider.email)
  await page.getByRole('link', { name: 'Set your weekly hours' }).waitFor()
  await publish(server, provider, 4)
  await page.reload()
  await isLive(page)
  await page.locator('.day-head').first().waitFor()
  t.equal(await page.getByRole('link', { name: 'Set your weekly hours' }).count(), 0, 'control')
})
