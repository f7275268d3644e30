/** How many presses and fields it takes a client to book and to move, by mouse and by keyboard alone. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { enter, launch, shows, sit, slot } from '../../helper/browser.js'
import { booked, clinic, read } from '../../helper/clinic.js'
import { type Job, startJob } from '../../helper/job.js'

let clients = 0

function newClient() {
  return { name: 'Ada Newcomer', email: `job-${process.pid}-${clients++}@example.com` }
}

async function fillIn(page: Page): Promise<void> {
  const { name, email } = newClient()
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('a long enough password')
}

function withinLimits(t: Test, job: Job, limits: { presses: number; fields: number }): void {
  const said = `${job.presses} presses, ${job.fields} fields, ${job.ms} ms`
  t.ok(job.presses > 0 && job.presses <= limits.presses && job.fields <= limits.fields, said)
  t.comment(said)
}

t.test('a new client books from the start page', async (t) => {
  const world = await clinic(t)
  const browser = await launch(t)
  const { page } = await sit(browser)
  const counted = await startJob(page)
  await page.goto(world.server.url)
  await page.locator('.find-card').click()
  await slot(page, world.slots[0] ?? '').click()
  await fillIn(page)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Confirm booking' }).click()
  await page.locator('[data-fresh="booked"]').waitFor()
  const quarter = counted()
  withinLimits(t, quarter, { presses: 4, fields: 3 })

  await t.test('45 minutes take as many presses as 15', async (t) => {
    const service = await world.offer()
    const seat = await sit(browser)
    const countedAgain = await startJob(seat.page)
    await seat.page.goto(world.server.url)
    await seat.page.locator('.find-card').click()
    await slot(seat.page, world.slots[4] ?? '').click()
    await fillIn(seat.page)
    await seat.page.getByRole('button', { name: 'Create account' }).click()
    await seat.page.getByRole('button', { name: 'Confirm booking' }).click()
    await seat.page.locator('[data-fresh="booked"]', { hasText: '45 minutes' }).waitFor()
    const job = countedAgain()
    t.equal(job.presses, quarter.presses)
    t.equal(job.fields, quarter.fields)
    t.ok(service.durationMinutes === 45, 'control')
  })
})

t.test('where there are several services, choosing one is no press more', async (t) => {
  const world = await clinic(t)
  await world.offer({ name: 'First visit' })
  await world.offer({ name: 'Check-up', durationMinutes: 15 })
  const browser = await launch(t)
  const { page } = await sit(browser)
  const counted = await startJob(page)
  await page.goto(world.server.url)
  await page.getByRole('link', { name: 'First visit, 45 min' }).click()
  await slot(page, world.slots[0] ?? '').click()
  await fillIn(page)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Confirm booking' }).click()
  await page.locator('[data-fresh="booked"]', { hasText: '45 minutes' }).waitFor()
  withinLimits(t, counted(), { presses: 4, fields: 3 })
})

t.test('a client moves a booking', async (t) => {
  const world = await clinic(t)
  const { server, client, slots } = world
  const service = await world.offer()
  const booking = await booked(server, client, slots[0], service.id)
  const { page } = await sit(await launch(t))
  await enter(page, server.url, client.email)
  const counted = await startJob(page)
  await page.goto(`${server.url}/my`)
  await page.getByRole('link', { name: 'Move' }).click()
  await slot(page, slots[6] ?? '').click()
  await page.getByRole('button', { name: 'Move it' }).click()
  await page.locator('[data-fresh="moved"]').waitFor()
  withinLimits(t, counted(), { presses: 4, fields: 0 })
  t.match(await read(server, client, booking.id), { body: { status: 'confirmed', slotId: slots[6] } })
})

t.test('by keyboard alone', async (t) => {
  const world = await clinic(t)
  const { server, slots } = world
  await world.offer()
  const { page } = await sit(await launch(t))
  const counted = await startJob(page)
  await page.goto(server.url)
  await goTo(page, '.find-card')
  await page.keyboard.press('Enter')
  await slot(page, slots[0] ?? '').waitFor()
  await goTo(page, 'button.slot')
  await page.keyboard.press('Enter')
  const { name, email } = newClient()
  // Before the dialog has the focus, the space in a name would press what had it.
  await page.locator('dialog[open] input:focus').waitFor()
  await page.keyboard.type(name)
  await goTo(page, 'input[name=email]')
  await page.keyboard.type(email)
  await goTo(page, 'input[name=password]')
  await page.keyboard.type('a long enough password')
  await page.keyboard.press('Enter')
  await shows(page, slots[0] ?? '', 'mine')
  await page.locator('.hold :focus').waitFor()
  await goTo(page, '.hold .button.main')
  await page.keyboard.press('Enter')
  await page.locator('[data-fresh="booked"]').waitFor()
  withinLimits(t, counted(), { presses: 4, fields: 3 })

  await page.goto(`${server.url}/my`)
  await page.locator('[data-status="confirmed"]').waitFor()
  const before = counted().presses
  await goTo(page, 'a.button[href*="move="]')
  await page.keyboard.press('Enter')
  await slot(page, slots[4] ?? '').waitFor()
  await goTo(page, 'button.slot')
  while (!(await isFocused(page, `[data-slot-id="${slots[6]}"]`))) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.locator('.moving :focus').waitFor()
  await goTo(page, '.moving .button.main')
  await page.keyboard.press('Enter')
  await page.locator('[data-fresh="moved"] :focus').waitFor()
  const presses = counted().presses - before
  t.ok(presses > 0 && presses <= 4, `moved with ${presses} presses`)
  await shows(page, slots[6] ?? '', 'confirmed')
})

async function isFocused(page: Page, selector: string): Promise<boolean> {
  return page.evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`)
}

async function goTo(page: Page, selector: string): Promise<void> {
  for (let tabs = 0; tabs < 60; tabs++) {
    if (await isFocused(page, selector)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`60 times Tab did not lead to ${selector}`)
}
