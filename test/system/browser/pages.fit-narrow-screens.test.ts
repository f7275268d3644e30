import type { Page } from 'playwright-core'
import t from 'tap'
import { enter, isLive, launch, shows, signIn, sit, slot } from '../../helper/browser.js'
import { publish, register, startOne } from '../../helper/servers.js'

const WIDTHS = [320, 360, 768, 1280]
const LONG = 'Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft'

/** The page may not be wider than the screen, and nothing in the bar may be cut off. */
async function fits(page: Page): Promise<string[]> {
  const wrong: string[] = []
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 740 })
    const found = await page.evaluate<[number, string[]]>(`[
      document.documentElement.scrollWidth,
      [...document.querySelectorAll('.bar a, .bar button, .bar summary, main .button, main .card')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
        .map((one) => one.textContent.slice(0, 30)),
    ]`)
    if (found[0] > width) wrong.push(`${width}: is ${found[0]} wide`)
    for (const text of found[1]) wrong.push(`${width}: "${text}" is cut off`)
  }
  return wrong
}

t.test('no page scrolls sideways, also with a name that has no spaces', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: LONG })
  const client = await register(server, 'client', { name: LONG })
  const [first = '', second = '', third = ''] = await publish(server, provider, 12)
  const day = /\.(\d{4})(\d\d)(\d\d)T/.exec(first)?.slice(1).join('-')
  const browser = await launch(t)
  const { page } = await sit(browser, { timezoneId: 'UTC', locale: 'en-US' })
  const look = async (name: string) => t.same(await fits(page), [], name)

  await page.goto(server.url)
  await page.getByText(LONG).first().waitFor()
  await look('find')
  await page.goto(`${server.url}/book/${provider.id}`)
  await shows(page, first, 'open')
  await look('book')
  await slot(page, second).click()
  await page.locator('dialog[open]').waitFor()
  await look('book, dialog')
  await page.goto(`${server.url}/my`)
  await look('my, signed out')
  await page.goto(`${server.url}/provider`)
  await look('desk, signed out')

  await enter(page, server.url, client.email)
  await look('my, nothing')
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  await slot(page, second).click()
  await shows(page, second, 'mine')
  await look('book, held')
  await page.getByRole('button', { name: 'Confirm booking' }).click()
  await page.locator('[data-fresh]').waitFor()
  await slot(page, third).click()
  await shows(page, third, 'mine')
  await look('book, booked and held')
  await page.goto(`${server.url}/my`)
  await page.locator('[data-status="confirmed"]').waitFor()
  await look('my')
  await page.goto(server.url)
  await page.getByText(LONG).first().waitFor()
  await look('find, signed in')

  const desk = await sit(browser, { timezoneId: 'UTC' })
  await desk.page.goto(`${server.url}/provider?day=${day}`)
  await signIn(desk.page, provider.email)
  await shows(desk.page, second, 'confirmed')
  t.same(await fits(desk.page), [], 'desk')
  await slot(desk.page, second).click()
  await desk.page.locator('.chosen').waitFor()
  t.same(await fits(desk.page), [], 'desk, chosen')
})

t.test("text is as large as the reader's own setting says", async (t) => {
  const server = await startOne(t)
  const { page } = await sit(await launch(t))
  await page.goto(server.url)
  const size = () => page.evaluate<string>('getComputedStyle(document.body).fontSize')
  t.equal(await size(), '16px')
  const session = await page.context().newCDPSession(page)
  await session.send('Page.setFontSizes', { fontSizes: { standard: 24 } })
  await page.reload()
  t.equal(await size(), '24px')
})
