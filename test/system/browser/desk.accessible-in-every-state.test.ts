import t from 'tap'
import { isLive, launch, shows, signIn, sit, slot } from '../../helper/browser.js'
import { bookFor, offer } from '../../helper/clinic.js'
import { lookAt } from '../../helper/look.js'
import { register, startOne } from '../../helper/servers.js'

t.test('the desk is accessible in every state', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Vera Vogt' })
  const blank = await register(server, 'provider', { name: 'Praxis am Fluss' })
  const service = await offer(server, provider, { bufferBeforeMinutes: 15, bufferAfterMinutes: 15 })
  const day = new Date(server.app.clock.now() + 3 * 86_400_000).toISOString().slice(0, 10)
  const { body } = await server.call<{ slots: string[] }>(
    'POST',
    `/v1/providers/${provider.id}/availability`,
    {
      token: provider.token,
      body: { blocks: [{ day, from: '09:00', to: '15:00' }] },
    },
  )
  const [first = '', ...slots] = body.slots
  const person = { name: 'Maximiliane Hohenstein-Wackerbarth', phone: '+49 30 1', note: 'brings X-rays' }
  const booking = { slotId: slots[3], serviceId: service.id, person, status: 'confirmed' }
  await bookFor(server, provider, booking)
  await bookFor(server, provider, { slotId: slots[9], person, status: 'held' })
  const booked = slots[3] ?? ''
  const browser = await launch(t)

  const { page, complaints } = await sit(browser)
  const look = lookAt(t, page)
  await page.goto(`${server.url}/provider?day=${day}`)
  await signIn(page, provider.email)
  await isLive(page)
  await shows(page, booked, 'confirmed')
  await slot(page, first).click()
  await page.getByText('Note and e-mail').click()
  await page.getByText('It does not fit here').waitFor()
  await look('desk-book')
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.locator('.chosen [aria-label="Close"]').click()
  await slot(page, booked).click()
  await page.locator('.details').getByText('brings X-rays').waitFor()
  await look('desk-appointment')
  await page.getByRole('button', { name: 'Cancel this booking …' }).click()
  await look('desk-ending')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('button', { name: 'Forget this person …' }).click()
  await look('desk-forgetting')
  await page.getByRole('button', { name: 'Keep', exact: true }).click()
  await page.getByRole('button', { name: 'Move …' }).click()
  await page.locator('.move-ghost').waitFor()
  await look('desk-moving')
  await page.keyboard.press('Escape')
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.locator('.by-hand > summary').click()
  await look('desk-by-hand')
  t.same(complaints, [])

  const empty = await sit(browser)
  await empty.page.goto(`${server.url}/provider`)
  await signIn(empty.page, blank.email)
  await empty.page.getByRole('link', { name: 'Set your weekly hours' }).waitFor()
  t.equal(await empty.page.locator('[data-folded]').count(), 0, 'in a week without any time no day is folded')
  t.not(await page.locator('[data-folded]').count(), 0, 'control: in another one they are')
  await lookAt(t, empty.page)('desk-empty')
})
