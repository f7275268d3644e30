import type { Page } from 'playwright-core'
import t from 'tap'
import { enter, isLive, launch, shows, sit, slot } from '../../helper/browser.js'
import { booked, clinic, end, held, hold, move, read } from '../../helper/clinic.js'
import { register, type TestServer } from '../../helper/servers.js'

/** Starts the page offers: those that are free and can be pressed. */
async function offeredOn(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `[...document.querySelectorAll('button.slot[data-state="open"]:not([aria-disabled])')].map((one) => one.dataset.slotId)`,
  )
}

async function listed(server: TestServer, query: string): Promise<string[]> {
  const { body } = await server.call<{ items: { id: string }[] }>('GET', `/v1/slots?limit=200&${query}`)
  return body.items.map(({ id }) => id)
}

/** Until the page offers these starts; the last change may be on its way. */
async function offers(page: Page, ids: string[]): Promise<void> {
  await page.waitForFunction(
    `JSON.stringify([...document.querySelectorAll('button.slot[data-state="open"]:not([aria-disabled])')].map((one) => one.dataset.slotId)) === ${JSON.stringify(JSON.stringify(ids))}`,
  )
}

t.test('the service comes first, and then only starts at which it fits', async (t) => {
  const world = await clinic(t, { slots: 16 })
  const { server, client, provider, slots } = world
  const visit = await world.offer({ bufferAfterMinutes: 15 })
  const check = await world.offer({ name: 'Check-up', durationMinutes: 30, startsEveryMinutes: 30 })
  const of = (service: { id: string }) => `providerId=${provider.id}&serviceId=${service.id}`
  const { page, complaints } = await sit(await launch(t), { timezoneId: 'UTC' })
  await page.goto(`${server.url}/book/${provider.id}`)
  await page.locator('.service').nth(1).waitFor()
  t.match(await page.locator('.service').first().textContent(), /First visit.*45 minutes/)
  t.equal(await page.locator('[data-slot-id]').count(), 0, 'no time before it is said what for')

  await t.test('it is in the address, so that reload and back keep it', async (t) => {
    await page.locator(`[data-service="${check.id}"]`).click()
    await page.locator('.service-chosen', { hasText: 'Check-up' }).waitFor()
    t.match(page.url(), `service=${check.id}`)
    await offers(page, await listed(server, of(check)))
    await page.reload()
    await page.locator('.service-chosen', { hasText: '30 minutes' }).waitFor()
    await page.goBack()
    await page.locator('.service').first().waitFor()
    await page.locator(`[data-service="${visit.id}"]`).click()
    await page.locator('.service-chosen', { hasText: 'First visit' }).waitFor()
    t.notMatch(page.url(), check.id)
  })

  await t.test('it offers what the server would let be held, also when others book', async (t) => {
    await isLive(page)
    await offers(page, await listed(server, of(visit)))
    const all = await listed(server, `providerId=${provider.id}`)
    t.equal((await offeredOn(page)).length, 14, 'of 16 slots two are too near the end')
    t.equal(all.length, 16, 'control: more slots are free')
    const rival = await register(server, 'client')
    const taken = await held(server, rival, slots[6], check.id)
    await offers(page, await listed(server, of(visit)))
    t.equal(
      await slot(page, slots[6] ?? '').getAttribute('data-state'),
      'held',
      'what was free stays in its place and says so',
    )
    t.equal(
      await slot(page, slots[5] ?? '').getAttribute('data-state'),
      'held',
      'also where it reaches into it',
    )
    await end(server, rival, taken.id)
    await offers(page, await listed(server, of(visit)))
    t.equal((await offeredOn(page)).length, 14)
  })

  await t.test('an own appointment is one block, one card, one countdown', async (t) => {
    await enter(page, server.url, client.email)
    await page.goto(`${server.url}/book/${provider.id}?service=${visit.id}`)
    await isLive(page)
    await slot(page, slots[2] ?? '').click()
    await shows(page, slots[2] ?? '', 'mine')
    t.equal(await page.locator('[data-state="mine"]').count(), 1)
    t.match(await slot(page, slots[2] ?? '').textContent(), /00:30 – 01:15/)
    t.equal(await page.locator('.hold').count(), 1)
    t.match(await page.locator('.hold').textContent(), /First visit.*00:30 – 01:15/)
    for (const id of [slots[3], slots[4]])
      t.equal(await slot(page, id ?? '').count(), 0, 'its other slots are no times of their own')
    await page.getByRole('button', { name: 'Give it back' }).click()
    await shows(page, slots[2] ?? '', 'open')
    await slot(page, slots[2] ?? '').click()
    await page.getByRole('button', { name: 'Confirm booking' }).click()
    await shows(page, slots[2] ?? '', 'confirmed')
    t.match(await page.locator('[data-fresh]').textContent(), /First visit, 45 minutes with/)
    t.same(complaints, [])
  })
})

t.test('one service alone is chosen already', async (t) => {
  const world = await clinic(t)
  await world.offer()
  const { page } = await sit(await launch(t))
  await page.goto(`${world.server.url}/book/${world.provider.id}`)
  await slot(page, world.slots[0] ?? '').waitFor()
  t.equal(await page.locator('.service').count(), 0)
  t.match(await page.locator('.service-chosen').textContent(), /First visit.*45 minutes/)
})

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
  await one.getByText('The heating is broken').waitFor({ state: 'attached' })
  t.match(await one.textContent(), /Cancelled by Grace Provider/)
  await page.locator('.my-past summary').click()
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
  await page.getByText('This hold cannot last longer than').waitFor()
  t.equal(await page.getByRole('button', { name: 'I need more time' }).count(), 0)
})

t.test('three holds leave a phone room for the times', async (t) => {
  const world = await clinic(t, { slots: 40 })
  const { server, client, provider, slots } = world
  const { page } = await sit(await launch(t), { viewport: { width: 360, height: 740 }, timezoneId: 'UTC' })
  await enter(page, server.url, client.email)
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  for (const id of slots.slice(0, 3)) {
    await slot(page, id).click()
    await shows(page, id, 'mine')
  }
  await page.locator('.folded').nth(1).waitFor()
  t.equal(await page.locator('.panel .card').count(), 1, 'one card alone stands open')
  t.match(await page.locator('.hold').textContent(), /00:30 – 00:45/, 'that of the newest')
  const sheet = await page.locator('.panel').boundingBox()
  t.ok(sheet !== null && sheet.y >= 740 * 0.4, `the sheet begins at ${sheet?.y}`)
  const last = slot(page, slots.at(-1) ?? '')
  await last.scrollIntoViewIfNeeded()
  await last.click({ trial: true })
  await page.locator('.folded button').first().click()
  await page.locator('.hold', { hasText: '00:00 – 00:15' }).waitFor()
  t.equal(await page.locator('.hold').count(), 1)
  t.ok(await page.evaluate(`document.activeElement?.matches('.hold h3')`), 'and the focus goes along')
  await hold(server, await register(server, 'client'), slots[20])
  await shows(page, slots[20] ?? '', 'held')
})

t.test('a readable link leads to the same calendar, and stays in the address', async (t) => {
  const world = await clinic(t)
  const { server, provider, slots } = world
  const { page } = await sit(await launch(t))
  await page.route('**/v1/providers/dr-grace', (route) =>
    route.fulfill({ json: { id: provider.id, name: 'Grace Provider', timeZone: 'Europe/Berlin' } }),
  )
  await page.goto(`${server.url}/book/dr-grace`)
  await shows(page, slots[0] ?? '', 'open')
  await isLive(page)
  t.match(page.url(), '/book/dr-grace?')
  t.match(await move(server, world.client, 'none', slots[0]), { status: 404 }, 'control: the server is asked')
})

t.test('the first load of the booking page has at most 60 KB of script', async (t) => {
  const world = await clinic(t)
  await world.offer()
  const { page } = await sit(await launch(t))
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    sizes.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize }) => responseBodySize),
    )
  })
  await page.goto(`${world.server.url}/book/${world.provider.id}`)
  await slot(page, world.slots[0] ?? '').waitFor()
  await isLive(page)
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  t.ok(sizes.length >= 3, 'control: scripts were fetched')
  t.ok(bytes > 20_000 && bytes <= 60_000, `${bytes} bytes`)
  t.comment(`${bytes} bytes in ${sizes.length} scripts`)
})
