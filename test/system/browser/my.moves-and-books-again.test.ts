import t from 'tap'
import { enter, isLive, launch, shows, sit, slot } from '../../helper/browser.js'
import { booked, clinic, end, held, read } from '../../helper/clinic.js'
import { register } from '../../helper/servers.js'

t.test('moving keeps the old time until there is a new one', async (t) => {
  const world = await clinic(t)
  const { server, client, slots } = world
  const service = await world.offer()
  const booking = await booked(server, client, slots[4], service.id)
  const { page } = await sit(await launch(t))
  await enter(page, server.url, client.email)
  await page.getByRole('link', { name: 'Move' }).click()
  await isLive(page)
  await page.locator(`[data-slot-id="${slots[4]}"][data-old]`).waitFor()

  await t.test('it may overlap itself', async (t) => {
    await shows(page, slots[5] ?? '', 'open')
    await shows(page, slots[3] ?? '', 'open')
    t.equal(await page.locator('[data-old]').count(), 1)
  })

  await t.test('somebody faster: kind words, the nearest times, nothing lost', async (t) => {
    await slot(page, slots[8] ?? '').click()
    await page.getByText('Move it here?').waitFor()
    const rival = await register(server, 'client')
    await held(server, rival, slots[9], service.id)
    await shows(page, slots[8] ?? '', 'held')
    await page.getByRole('button', { name: 'Move it' }).click()
    await page.locator('[data-notice="refused"]').waitFor()
    t.match(await page.locator('[data-notice]').textContent(), /Nothing has changed: .* is still yours/)
    await page.locator('[data-near]').first().waitFor()
    t.match(await read(server, client, booking.id), { body: { status: 'confirmed', slotId: slots[4] } })
  })

  await t.test('one of the nearest will do', async (t) => {
    const near = page.locator('[data-near]').first()
    const id = await near.getAttribute('data-near')
    await near.click()
    await page.getByRole('button', { name: 'Move it' }).click()
    await page.locator('[data-fresh="moved"]').waitFor()
    t.match(await read(server, client, booking.id), {
      body: { status: 'confirmed', slotId: id, id: booking.id },
    })
    t.notMatch(page.url(), 'move=')
    await shows(page, id ?? '', 'confirmed')
    t.equal(await page.locator('[data-own]').count(), 1)
  })

  await t.test('who changes their mind keeps it', async (t) => {
    const { body } = await read(server, client, booking.id)
    await page.goto(`${server.url}/my`)
    await page.getByRole('link', { name: 'Move' }).click()
    await page.getByRole('button', { name: 'Keep the old time' }).click()
    await page.locator('.moving').waitFor({ state: 'detached' })
    t.match(await read(server, client, booking.id), { body: { slotId: body.slotId } })
  })
})

t.test('/my says who cancelled and why, and books again with one press', async (t) => {
  const world = await clinic(t)
  const { server, client, provider, slots } = world
  const service = await world.offer({ cancelCutoffSeconds: 3_600, moveCutoffSeconds: 3_600 })
  const cancelled = await booked(server, client, slots[0], service.id)
  await booked(server, client, slots[8], service.id)
  const { page } = await sit(await launch(t), { timezoneId: 'UTC' })
  await enter(page, server.url, client.email)
  const one = page.locator(`[data-reservation="${cancelled.id}"]`)
  await one.getByText('You can cancel or move until').waitFor()
  t.match(await one.textContent(), /until \w+ \d+ \w+, 23:00\. After that ask the practice/)
  t.match(await page.locator('.my-head').textContent(), /Times are those of/)
  await end(server, provider, cancelled.id, { note: 'The heating is broken' })
  await one.getByText('Cancelled by Grace Provider').waitFor()
  t.match(await one.textContent(), /The heating is broken/, 'in sight, though another booking is to come')
  await one.getByRole('button', { name: 'Book again' }).click()
  await shows(page, slots[0] ?? '', 'mine')
  t.match(page.url(), `service=${service.id}`)
  t.match(await page.locator('.hold').textContent(), /First visit/)
})

t.test('a hold is lengthened once; then it says why not', async (t) => {
  const world = await clinic(t, { settings: { HOLD_SECONDS: '120' } })
  const { server, client, provider, slots } = world
  const { page } = await sit(await launch(t))
  await enter(page, server.url, client.email)
  await page.goto(`${server.url}/book/${provider.id}`)
  await slot(page, slots[0] ?? '').click()
  await shows(page, slots[0] ?? '', 'mine')
  const expiry = async () => {
    const { body } = await server.call<{ items: { expiresAt: string }[] }>('GET', '/v1/reservations', {
      token: client.token,
    })
    return Date.parse(body.items[0]?.expiresAt ?? '')
  }
  const before = await expiry()
  world.clock.move(10_000)
  await page.getByRole('button', { name: 'I need more time' }).click()
  await page.locator('[data-say="polite"]', { hasText: 'lasts' }).waitFor({ state: 'attached' })
  t.ok((await expiry()) > before)
  await page.getByRole('button', { name: 'I need more time' }).click()
  await page.getByText(/This hold cannot last longer.* It ends at/).waitFor()
  t.equal(await page.getByRole('button', { name: 'I need more time' }).count(), 0)
})

t.test(
  'the time left of a hold is right from the first moment, whatever the browser takes the time for',
  async (t) => {
    const world = await clinic(t)
    const { server, client, slots, clock } = world
    const service = await world.offer()
    await held(server, client, slots[4], service.id)
    const { page } = await sit(await launch(t))
    await enter(page, server.url, client.email)
    t.ok(clock.now() - Date.now() > 86_400_000, 'control: the clocks are days apart')
    for (const visit of ['signed in here', 'signed in before']) {
      const left = await page.locator('.countdown').textContent()
      t.match(left, /^(30:00|29:\d\d|28:\d\d)$/, visit)
      await page.reload()
      await page.locator('.countdown').waitFor()
    }
  },
)
