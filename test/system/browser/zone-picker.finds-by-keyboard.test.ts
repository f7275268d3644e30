import type { Page } from 'playwright-core'
import t from 'tap'
import type { Provider } from '../../../src/schemas/accounts.js'
import { axe, isLive, launch, shot, signUp, sit } from '../../helper/browser.js'
import { publish, register, startOne } from '../../helper/servers.js'

const picker = (page: Page) => page.getByRole('combobox')
const options = (page: Page) => page.getByRole('option')
const hasFocus = (page: Page) => page.evaluate<boolean>("document.activeElement.matches('[role=combobox]')")
const marked = (page: Page) =>
  page.evaluate<string>(
    "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent ?? ''",
  )

t.test('a reader finds a zone by city, country and offset, by keyboard alone', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { timeZone: 'Asia/Calcutta' })
  await publish(server, provider, 4)
  const seat = await sit(await launch(t), { timezoneId: 'Europe/Kiev' })
  const { page } = seat
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  const zone = picker(page)
  t.equal(await zone.inputValue(), 'Europe/Kyiv', 'by the name of today')
  t.equal(await zone.getAttribute('aria-expanded'), 'false')

  await zone.focus()
  t.equal(await zone.getAttribute('aria-expanded'), 'false', 'reaching it opens nothing')
  await page.keyboard.press('ArrowDown')
  await options(page).first().waitFor()
  t.equal(await zone.getAttribute('aria-expanded'), 'true')
  t.match(await options(page).nth(0).textContent(), /Asia\/Kolkata \(provider\)UTC\+5:30, \d\d:\d\d/)
  t.match(await options(page).nth(1).textContent(), /Europe\/Kyiv \(yours\)UTC\+[23]/)
  t.equal(await options(page).nth(1).getAttribute('aria-selected'), 'true')
  t.match(await marked(page), /Kolkata/)
  await page.keyboard.press('ArrowDown')
  t.match(await marked(page), /Kyiv/)
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  t.match(await marked(page), /Kolkata/, 'it stops at the end')
  await page.keyboard.press('Enter')
  t.equal(await zone.inputValue(), 'Asia/Kolkata')
  t.equal(await zone.getAttribute('aria-expanded'), 'false')
  t.ok(await hasFocus(page), 'the focus stays')

  await page.keyboard.type('toky')
  await page.locator('.zone-list [role="status"]', { hasText: '1 zone' }).waitFor()
  t.match(await marked(page), /Asia\/Tokyo/)
  await page.keyboard.press('Tab')
  t.equal(await zone.inputValue(), 'Asia/Tokyo', 'Tab takes what is marked')
  t.match(page.url(), /zone=Asia\/Tokyo/)
  t.notOk(await hasFocus(page), 'and goes on')

  await zone.focus()
  await page.keyboard.type('+5:30')
  await options(page).nth(1).waitFor()
  t.same(
    (await options(page).allTextContents()).map((text) => text.slice(0, 9)),
    ['Asia/Colo', 'Asia/Kolk'],
  )
  await shot(page, 'zone-picker-offset')
  t.same(await axe(page), [], 'open')
  await page.keyboard.press('Escape')
  t.equal(await zone.inputValue(), 'Asia/Tokyo', 'Escape leaves all as it was')
  await page.keyboard.type('atlantis')
  await page.getByText('No zone of that name').waitFor()
  t.same(await axe(page), [], 'nothing found')
  await page.keyboard.press('Enter')
  t.equal(await zone.inputValue(), 'atlantis', 'Enter takes nothing where nothing is found')
  await page.keyboard.press('Tab')
  t.equal(await zone.inputValue(), 'Asia/Tokyo')

  await zone.click()
  await options(page).filter({ hasText: 'Europe/Kyiv' }).click()
  t.equal(await zone.inputValue(), 'Europe/Kyiv', 'a press takes one')
  t.equal(await options(page).count(), 0)
  t.same(seat.complaints, [])
})

t.test('who signs up is asked for a zone under the name of today', async (t) => {
  const server = await startOne(t)
  const seat = await sit(await launch(t), {
    timezoneId: 'Asia/Calcutta',
    viewport: { width: 360, height: 740 },
  })
  const { page } = seat
  await page.goto(`${server.url}/provider`)
  t.equal(await picker(page).inputValue(), 'Asia/Kolkata')
  await picker(page).fill('vietnam')
  await options(page).first().waitFor()
  t.match(await marked(page), /Asia\/Ho Chi Minh/)
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
  t.ok(wide <= 360, 'the list fits a phone')
  await shot(page, 'zone-picker-phone')
  await page.keyboard.press('Enter')
  await signUp(page, { name: 'Dr. Linh Tran', email: 'linh@example.com' })
  await page.locator('.account').waitFor()
  const { body } = await server.call<{ items: Provider[] }>('GET', '/v1/providers')
  t.match(body.items, [{ timeZone: 'Asia/Ho_Chi_Minh' }])
  t.same(seat.complaints, [])
})

t.test('a choice inside a dialog closes the list and not the dialog', async (t) => {
  const server = await startOne(t)
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/provider`)
  await picker(page).waitFor()
  await page.evaluate(`
    const dialog = document.createElement('dialog')
    dialog.append(document.querySelector('.door'))
    document.body.append(dialog)
    dialog.showModal()`)
  await picker(page).click()
  await options(page).first().waitFor()
  await page.keyboard.press('Escape')
  t.equal(await options(page).count(), 0)
  t.equal(await page.locator('dialog[open]').count(), 1, 'the dialog is still there')
  await page.keyboard.press('Escape')
  t.equal(await page.locator('dialog[open]').count(), 0, 'control: Escape closes it')
})
