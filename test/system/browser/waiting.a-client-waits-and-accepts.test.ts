import t from 'tap'
import { axe, enter, isLive, launch, signIn, sit, slot } from '../../helper/browser.js'
import { booked, clinic, end } from '../../helper/clinic.js'
import { register } from '../../helper/servers.js'

t.test('from a full day to a booking', async (t) => {
  const world = await clinic(t, { slots: 4 })
  const { server, client, provider, slots } = world
  const rival = await register(server, 'client')
  // One booking each, so that nothing of the day is free.
  const taken = []
  for (const [index, id] of slots.entries()) {
    const who = index === 0 ? rival : await register(server, 'client')
    taken.push(await booked(server, who, id))
  }
  const browser = await launch(t)
  const { page } = await sit(browser, { timezoneId: 'UTC' })
  await enter(page, server.url, client.email)
  const day = (taken[0]?.start ?? '').slice(0, 10)
  const dayAfter = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
  await page.goto(`${server.url}/book/${provider.id}?day=${dayAfter}`)
  await page.getByText('No times on this day.').waitFor()
  t.equal(await page.getByRole('button', { name: 'On this day' }).count(), 0, 'nothing can come free there')
  await page.goto(`${server.url}/book/${provider.id}?day=${day}`)
  await slot(page, slots[0] ?? '').waitFor()
  await page.getByRole('button', { name: 'On this day' }).click()
  await page.getByText('You are on the waiting list.').waitFor({ timeout: 20_000 })
  t.same(await axe(page), [], 'accessible')

  await page.goto(`${server.url}/my`)
  await page.locator('[data-wait-state="waiting"]').getByText('You are number 1 in line.').waitFor()
  t.same(await axe(page), [], 'accessible')
  const { page: desk } = await sit(browser, { timezoneId: 'UTC' })
  await desk.goto(`${server.url}/provider?day=${day}`)
  await signIn(desk, provider.email)
  await isLive(desk)
  await desk.getByText('On the waiting list: 1').waitFor()
  await end(server, rival, taken[0]?.id ?? '')
  await desk.locator('.stream').getByText('Offered to Ada Client from the waiting list').waitFor()
  await desk.locator('.stream').getByText('no longer comes').waitFor()
  await desk.locator(`[data-slot-id="${slots[0]}"]`).click()
  await desk.locator('.chosen').getByText('left to take it').waitFor()
  t.same(await axe(desk), [], 'accessible')
  await page.locator('[data-wait-state="offered"]').waitFor()
  const offer = page.locator(`[data-slot-id="${slots[0]}"][data-state="mine"]`)
  await offer.getByText('Offered to you from the waiting list').waitFor()
  t.same(await axe(page), [], 'accessible')
  await offer.getByRole('button', { name: 'Confirm booking' }).click()
  await page.locator(`[data-slot-id="${slots[0]}"][data-state="confirmed"]`).waitFor()
  await page.locator('[data-wait]').waitFor({ state: 'detached' })
})
