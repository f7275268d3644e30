/** The client's pages where services are offered, in their states: what `pages.accessible-in-every-state` asks of all. */
import t from 'tap'
import { enter, isLive, launch, shows, sit, slot } from '../../helper/browser.js'
import { booked, clinic, end, held } from '../../helper/clinic.js'
import { lookAt } from '../../helper/look.js'
import { register } from '../../helper/servers.js'

t.test('the pages of clients are accessible in every state', async (t) => {
  const world = await clinic(t, { slots: 32, settings: { HOLD_SECONDS: '280' } })
  const { server, client, provider, slots } = world
  const visit = await world.offer({
    description: 'Please bring your insurance card.',
    cancelCutoffSeconds: 3_600,
    moveCutoffSeconds: 7_200,
  })
  await world.offer({ name: 'Check-up', durationMinutes: 30, startsEveryMinutes: 30 })
  const long = await world.offer({ name: 'Course', durationMinutes: 90, startsEveryMinutes: 60 })
  const { page, complaints } = await sit(await launch(t), { timezoneId: 'UTC' })
  const look = lookAt(t, page)
  const link = `${server.url}/book/${provider.id}`

  await page.goto(link)
  await page.locator('.service').nth(2).waitFor()
  await look('services')
  await page.goto(`${link}?service=gone`)
  await page.getByText('not offered any more').waitFor()
  await look('service-gone')
  await page.goto(`${link}?service=${visit.id}`)
  await isLive(page)
  await shows(page, slots[0] ?? '', 'open')
  await look('starts')
  const rival = await register(server, 'client')
  await held(server, rival, slots[5], visit.id)
  await shows(page, slots[5] ?? '', 'held')
  await look('starts-taken')
  await page.goto(`${link}?service=${long.id}`)
  await shows(page, slots[8] ?? '', 'open')
  await look('starts-each-hour')

  await booked(server, client, slots[14], visit.id)
  const cancelled = await booked(server, client, slots[20], visit.id)
  await end(server, provider, cancelled.id, { note: 'The heating is broken.' })
  await held(server, client, slots[10], visit.id)
  await enter(page, server.url, client.email)
  await page.locator('[data-status="held"]').waitFor()
  await page.getByRole('button', { name: 'Book again' }).waitFor()
  await look('my-appointments')

  await page.goto(`${link}?service=${visit.id}`)
  await isLive(page)
  await shows(page, slots[10] ?? '', 'mine')
  await slot(page, slots[26] ?? '').click()
  await shows(page, slots[26] ?? '', 'mine')
  await page.getByRole('button', { name: 'I need more time' }).first().waitFor()
  await look('appointments-held')
  await page.locator('.hold').first().getByRole('button', { name: 'Confirm booking' }).click()
  await page.locator('[data-fresh]').waitFor()
  await look('appointment-booked')

  await page.goto(`${server.url}/my`)
  await page.locator('[data-status="confirmed"]').getByRole('link', { name: 'Move' }).first().click()
  await isLive(page)
  await page.locator('[data-old]').waitFor()
  await look('moving')
  await page.locator('button.slot[data-state="open"]:not([aria-disabled])').last().click()
  await page.getByText('Move it here?').waitFor()
  await look('moving-to')
  await page.getByRole('button', { name: 'Move it' }).click()
  await page.locator('[data-fresh="moved"]').waitFor()
  await look('moved')
  t.same(complaints, [])
})
