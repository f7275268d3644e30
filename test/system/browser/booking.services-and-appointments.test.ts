import type { Page } from 'playwright-core'
import t from 'tap'
import { enter, isLive, launch, shows, sit, slot } from '../../helper/browser.js'
import { clinic, end, held, hold, move } from '../../helper/clinic.js'
import { register, type TestServer } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

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
  await until(async () => (await offeredOn(page)).join() === ids.join(), `${ids.length} starts`)
}

t.test('the service comes first, and then only starts at which it fits', async (t) => {
  const world = await clinic(t, { slots: 16 })
  const { server, client, provider, slots } = world
  const visit = await world.offer({ bufferAfterMinutes: 15 })
  const check = await world.offer({ name: 'Check-up', durationMinutes: 30, startsEveryMinutes: 30 })
  const of = (service: { id: string }) => `providerId=${provider.id}&serviceId=${service.id}`
  const { page } = await sit(await launch(t), { timezoneId: 'UTC' })
  // Live may be asked twice where the machine is busy; of the rest nothing is refused.
  const refused: string[] = []
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (response.status() >= 400 && pathname.startsWith('/v1/'))
      refused.push(`${response.status()} ${pathname}`)
  })
  await page.goto(`${server.url}/book/${provider.id}`)
  await page.locator('.service').nth(1).waitFor()
  t.match(await page.locator(`[data-service="${visit.id}"]`).textContent(), /First visit.*45 minutes/)
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
    t.same(refused, [])
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
