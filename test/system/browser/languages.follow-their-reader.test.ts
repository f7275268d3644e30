import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Me } from '../../../src/schemas/accounts.js'
import { axe, isLive, launch, shot, shows, signIn, sit, slot } from '../../helper/browser.js'
import { PASSWORD, publish, register, startOne } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

const PHONE = { width: 360, height: 740 }
const DESK = { width: 1280, height: 900 }

const inForce = (page: Page) =>
  page.evaluate<string[]>('[document.documentElement.lang, document.documentElement.dir]')
const inLanguage = (page: Page, language: string) => page.locator(`html[lang="${language}"]`).waitFor()
const pick = (page: Page, language: string) => page.locator(`[data-language="${language}"]`).click()
const heading = (page: Page, text: string) => page.getByRole('heading', { level: 1, name: text }).waitFor()

async function looksRight(t: Test, page: Page, name: string): Promise<void> {
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size)
    await page.evaluate('scrollTo(0, 0)')
    await shot(page, `${name}-${size.width}`)
    t.ok(
      await page.evaluate(`document.documentElement.scrollWidth <= ${size.width}`),
      `${name} fits ${size.width} px`,
    )
    t.same(await axe(page), [], `${name}, ${size.width} px`)
  }
}

t.test('a page in Arabic is read from right to left, and books like any other', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Grace Provider' })
  const [first = ''] = await publish(server, provider, 12)
  const seat = await sit(await launch(t), { viewport: DESK, locale: 'ar-EG' })
  const { page } = seat
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  t.same(await inForce(page), ['ar', 'rtl'])
  await slot(page, first).waitFor()
  const weekdays = await page.locator('.month-names span').allTextContents()
  t.equal(weekdays[0], 'س', 'the week begins on Saturday')
  t.match(await page.locator('.month-head h2').textContent(), /[٠-٩]{4}/, 'in the figures of the locale')
  const order = await page.evaluate<number[]>(
    "[...document.querySelectorAll('.month-names span')].map((one) => one.getBoundingClientRect().x)",
  )
  t.ok((order[0] ?? 0) > (order[6] ?? 0), 'and stands on the right')
  await looksRight(t, page, 'languages-ar-booking')

  await slot(page, first).click()
  await page.locator('dialog[open]').waitFor()
  await looksRight(t, page, 'languages-ar-sign-up')
  await page.locator('dialog input[name=name]').fill('ليلى')
  await page.locator('dialog input[name=email]').fill(`layla-${process.pid}@example.com`)
  await page.locator('dialog input[name=password]').fill(PASSWORD)
  await page.locator('dialog button[type=submit]').click()
  await shows(page, first, 'mine')
  await looksRight(t, page, 'languages-ar-held')
  await page.getByRole('button', { name: 'تأكيد الحجز' }).click()
  await shows(page, first, 'confirmed')
  await page.getByRole('heading', { name: 'محجوز' }).waitFor()
  await looksRight(t, page, 'languages-ar-booked')
  await page.goto(`${server.url}/my`)
  await heading(page, 'حجوزاتي')
  await page.locator('[data-status=confirmed]').waitFor()
  await looksRight(t, page, 'languages-ar-my')
  await page.goto(`${server.url}/account`)
  await heading(page, 'حسابك')
  await page.locator('.sessions').waitFor()
  await looksRight(t, page, 'languages-ar-account')
  t.same(seat.complaints, [])
})

t.test('the language is picked at the foot of the page, at once and for good', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Grace Provider' })
  await publish(server, provider, 12)
  const seat = await sit(await launch(t))
  const { page } = seat
  await page.goto(server.url)
  await heading(page, 'Find a time that is really free')
  const loads = seat.loads
  for (const [language, text] of [
    ['de', 'Finden Sie einen Termin, der wirklich frei ist'],
    ['fr', 'Trouvez un créneau vraiment libre'],
    ['es', 'Encuentre una hora que esté realmente libre'],
  ] as const) {
    await pick(page, language)
    await heading(page, text)
    t.same(await inForce(page), [language, 'ltr'])
  }
  t.equal(seat.loads, loads, 'without loading the page again')
  await page.reload()
  await heading(page, 'Encuentre una hora que esté realmente libre')
  await pick(page, 'de')
  await inLanguage(page, 'de')
  await looksRight(t, page, 'languages-de-find')
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  t.equal(await page.locator('.month-names span').first().textContent(), 'Mo')
  await looksRight(t, page, 'languages-de-booking')
  const asked = await page.evaluate<string[]>(
    "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\\/(?:en|fr|es|ar)-/.test(name))",
  )
  t.same(asked, [], 'no other language was loaded')
  t.same(seat.complaints, [])
})

t.test('who is signed in has the language of the account, on each device', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'client')
  const me = async () => (await server.call<Me>('GET', '/v1/me', { token: ada.token })).body.language
  const browser = await launch(t)
  const first = await sit(browser)
  await first.page.goto(`${server.url}/my`)
  await signIn(first.page, ada.email)
  await first.page.locator('.account').waitFor()
  await pick(first.page, 'fr')
  await heading(first.page, 'Mes rendez-vous')
  const kept = () => first.page.evaluate("JSON.parse(localStorage.getItem('slotcast.account')).language")
  await until(async () => (await kept()) === 'fr', 'the page keeps it')
  await until(async () => (await me()) === 'fr', 'the account has it')

  const other = await sit(browser, { locale: 'de-DE' })
  await other.page.goto(`${server.url}/my`)
  await heading(other.page, 'Meine Termine')
  await other.page.locator('.switch button').nth(1).click()
  await other.page.locator('input[name=email]').fill(ada.email)
  await other.page.locator('input[name=password]').fill(PASSWORD)
  await other.page.locator('form button[type=submit]').click()
  await heading(other.page, 'Mes rendez-vous')
  await other.page.reload()
  await heading(other.page, 'Mes rendez-vous')

  await first.page.goto(`${server.url}/account`)
  await first.page.getByRole('combobox', { name: 'Langue' }).selectOption('es')
  await first.page.getByRole('button', { name: 'Enregistrer' }).click()
  await heading(first.page, 'Su cuenta')
  t.equal(await me(), 'es')
})
