import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { enter, isLive, launch, shows, sit, slot } from '../../helper/browser.js'
import { publish, register, startOne } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

async function scene(t: Test, settings: Record<string, string> = {}) {
  const server = await startOne(t, { settings })
  const provider = await register(server, 'provider', { name: 'Dr. Anna Vogt' })
  const client = await register(server, 'client')
  const slots = await publish(server, provider, 40)
  const browser = await launch(t)
  return { server, provider, client, slots, browser }
}

t.test('of several holds that run out each is said and shown', async (t) => {
  const { server, provider, client, slots, browser } = await scene(t, { HOLD_SECONDS: '8' })
  const { page } = await sit(browser)
  await enter(page, server.url, client.email)
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  const chosen = slots.slice(0, 3)
  for (const id of chosen) {
    await slot(page, id).click()
    await shows(page, id, 'mine')
  }
  await page.locator('[data-notice="ended"]').nth(2).waitFor()
  const times = await page.locator('[data-notice="ended"] h3').allTextContents()
  t.equal(new Set(times).size, 3, 'a card for each')
  const said = (await page.locator('[data-say="assertive"]').textContent()) ?? ''
  t.equal(said.match(/has run out/g)?.length, 3, said)

  await page.locator('[data-notice="ended"]').first().getByLabel('Close').click()
  t.equal(await page.locator('[data-notice="ended"]').count(), 2, 'one is put away, the others stay')
})

t.test(
  'a list that was read before a booking was confirmed and comes after it changes nothing',
  async (t) => {
    const { server, provider, client, slots, browser } = await scene(t)
    const { page } = await sit(browser)
    await enter(page, server.url, client.email)
    await page.goto(`${server.url}/book/${provider.id}`)
    await isLive(page)
    await slot(page, slots[0] ?? '').click()
    await shows(page, slots[0] ?? '', 'mine')
    let letGo = () => {}
    const isConfirmed = new Promise<void>((done) => {
      letGo = done
    })
    const late: string[] = []
    await page.route('**/v1/reservations?*', async (route) => {
      const response = await route.fetch()
      late.push(await response.text())
      await isConfirmed
      await route.fulfill({ response })
    })
    // Another month has another picture, and after a picture the own reservations are read.
    await page.getByRole('button', { name: 'Month after' }).click()
    await until(() => late.length > 0, 'the list has been read')
    t.match(late[0], '"status":"held"', 'control: while it was held')
    await page.getByRole('button', { name: 'Confirm booking' }).click()
    await page.locator('[data-fresh="booked"]').waitFor()
    const come = page.waitForResponse((response) => response.url().includes('/v1/reservations?'))
    letGo()
    await (await come).finished()
    await page.evaluate('new Promise((done) => setTimeout(done))')
    t.equal(await page.locator('[data-fresh="booked"]').count(), 1)
    t.equal(await page.locator('.hold').count(), 0)
  },
)

t.test('a held time does not read like an appointment that ends', async (t) => {
  const { server, provider, client, slots, browser } = await scene(t)
  const held = await server.call<{ expiresAt: string }>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId: slots[0] },
  })
  const { page } = await sit(browser, { timezoneId: 'UTC' })
  await page.goto(`${server.url}/book/${provider.id}`)
  await shows(page, slots[0] ?? '', 'held')
  const text = (await slot(page, slots[0] ?? '').textContent()) ?? ''
  const until = held.body.expiresAt.slice(11, 16)
  t.match(text, `held by someone, may come free at ${until}`)
  t.notMatch(text, /till/)
})

t.test('where it is another day for the provider the day is said', async (t) => {
  const { server, provider, slots, browser } = await scene(t)
  // The slots begin at midnight UTC or later; in Honolulu that is the day before, in Berlin not.
  const { page } = await sit(browser, { timezoneId: 'Pacific/Honolulu', locale: 'en-US' })
  await page.goto(`${server.url}/book/${provider.id}`)
  await page.locator('.slot').first().waitFor()
  const start = Number(/T(\d\d)/.exec(slots[0] ?? '')?.[1])
  t.ok(start < 10, 'control: it is another day there')
  const first = await slot(page, slots[0] ?? '').textContent()
  t.match(first, /(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d+:\d\d [AP]M in Berlin/)
})

const ACTIVE = `document.activeElement?.dataset.slotId ?? document.activeElement?.dataset.day ?? document.activeElement?.textContent`

async function tabsTo(page: Page, selector: string): Promise<number> {
  for (let tabs = 1; tabs < 60; tabs++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`))
      return tabs
  }
  throw new Error(`no ${selector} in 60 tabs`)
}

t.test('by keyboard the first free time is near, and arrows go on from it', async (t) => {
  const { server, provider, slots, browser } = await scene(t)
  const { page } = await sit(browser, { timezoneId: 'UTC' })
  await page.goto(`${server.url}/book/${provider.id}`)
  await shows(page, slots[0] ?? '', 'open')
  await isLive(page)
  t.equal(await tabsTo(page, '.skip'), 1, 'first a way past the bar')
  const tabs = await tabsTo(page, 'button.slot')
  t.ok(tabs < 15, `${tabs + 1} tabs`)
  t.equal(await page.evaluate(ACTIVE), slots[0])
  await page.keyboard.press('ArrowRight')
  t.equal(await page.evaluate(ACTIVE), slots[1], 'the next quarter')
  await page.keyboard.press('ArrowDown')
  t.equal(await page.evaluate(ACTIVE), slots[5], 'an hour later')
  await page.keyboard.press('Home')
  t.equal(await page.evaluate(ACTIVE), slots[4], 'the first of its row')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')
  t.equal(await page.evaluate(ACTIVE), slots[4], 'Tab comes back to where it was')

  const day = page.locator('.day[tabindex="0"]')
  t.equal(await day.count(), 1, 'one day is a stop')
  await day.focus()
  const from = await page.evaluate<string>(ACTIVE)
  await page.keyboard.press('ArrowRight')
  t.equal(Date.parse(await page.evaluate<string>(ACTIVE)) - Date.parse(from), 86_400_000)
})

t.test('the sign-in dialog begins at its first field', async (t) => {
  const { server, provider, slots, browser } = await scene(t)
  const { page } = await sit(browser)
  await page.goto(`${server.url}/book/${provider.id}`)
  await slot(page, slots[0] ?? '').click()
  await page.locator('dialog[open]').waitFor()
  t.equal(await page.evaluate('document.activeElement?.getAttribute("name")'), 'name')
})

t.test('the start page changes while one looks', async (t) => {
  const { server, provider, client, slots, browser } = await scene(t)
  const { page } = await sit(browser, { timezoneId: 'UTC' })
  await page.goto(server.url)
  const timeOf = (id = '') => `${/T(\d\d)/.exec(id)?.[1]}:${/T\d\d(\d\d)/.exec(id)?.[1]}`
  await page.locator('.find-next', { hasText: timeOf(slots[0]) }).waitFor()
  await isLive(page)
  const seat = page.waitForEvent('load', { timeout: 1 }).catch(() => 'no load')
  const held = await server.call<{ id: string }>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId: slots[0] },
  })
  await page.locator('.find-next', { hasText: timeOf(slots[1]) }).waitFor()
  await server.call('DELETE', `/v1/reservations/${held.body.id}`, { token: client.token })
  await page.locator('.find-next', { hasText: timeOf(slots[0]) }).waitFor()
  t.equal(await seat, 'no load')
  t.ok(provider.id)
})
