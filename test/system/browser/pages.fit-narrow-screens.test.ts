import type { Page } from 'playwright-core'
import t from 'tap'
import { enter, isLive, launch, shows, signIn, sit, slot } from '../../helper/browser.js'
import { publish, register, startOne } from '../../helper/servers.js'

const WIDTHS = [320, 360, 768, 1280]
const LONG = 'Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft'
/** Text of twice the size is asked for on what is wide enough for it; on less, whoever needs it has larger pixels. */
const WIDTHS_OF_LARGE_TEXT = [768, 1280]
/** WCAG 1.4.12: wider than any font makes it. */
const SPACED = `* { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important }`

interface Found {
  width: number
  beyond: string[]
  cut: string[]
}

/** Where the page is wider than the screen, something in it is out of sight, or words stand out of what they are on. */
const LOOK = `(() => {
  const scrolls = (one) => {
    for (let up = one.parentElement; up !== null && up !== document.documentElement; up = up.parentElement)
      if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return true
    return false
  }
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.closest('.skip, .unseen') === null
  const seen = [...document.querySelectorAll('a, button, summary, input, select, textarea, h1, h2, label, .card, .note')]
    .filter(shown)
  const name = (one) => one.tagName + ' "' + one.textContent.slice(0, 30) + '"'
  const standsOut = (one) => {
    const { left, right } = one.getBoundingClientRect()
    const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const text = texts.currentNode
      if (!shown(text.parentElement) || getComputedStyle(text.parentElement).textOverflow === 'ellipsis') continue
      const range = document.createRange()
      range.selectNodeContents(text)
      const box = range.getBoundingClientRect()
      if (box.width > 0 && (box.left < left - 1 || box.right > right + 1)) return text.data
    }
    return null
  }
  return {
    width: document.documentElement.scrollWidth,
    beyond: seen
      .filter((one) => {
        const { left, right } = one.getBoundingClientRect()
        return (right > innerWidth + 0.5 || left < -0.5) && !scrolls(one)
      })
      .map(name),
    cut: seen
      // The cells of the desk's week are cut on purpose; the card of a chosen one has all of it.
      .filter((one) => one.matches('a.button, button:not(.cell), summary'))
      .map(standsOut)
      .filter((text) => text !== null),
  }
})()`

async function misfits(page: Page, widths: readonly number[], what: string): Promise<string[]> {
  const wrong: string[] = []
  for (const width of widths) {
    await page.setViewportSize({ width, height: 740 })
    // What is drawn anew for this width is there in the next frame.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
    const found = await page.evaluate<Found>(LOOK)
    if (found.width > width) wrong.push(`${what}${width}: is ${found.width} wide`)
    for (const one of found.beyond) wrong.push(`${what}${width}: ${one} is out of sight`)
    for (const one of found.cut) wrong.push(`${what}${width}: "${one}" stands out of its button`)
  }
  return wrong
}

/** As it is, with the spacing that a reader may set, and with text of twice the size. */
async function fits(page: Page): Promise<string[]> {
  const wrong = await misfits(page, WIDTHS, '')
  await page.evaluate(`
    const spaced = new CSSStyleSheet()
    spaced.replaceSync(${JSON.stringify(SPACED)})
    document.adoptedStyleSheets = [spaced]`)
  wrong.push(...(await misfits(page, WIDTHS, 'spaced, ')))
  await page.evaluate('document.adoptedStyleSheets = []')
  const session = await page.context().newCDPSession(page)
  await session.send('Page.setFontSizes', { fontSizes: { standard: 32 } })
  wrong.push(...(await misfits(page, WIDTHS_OF_LARGE_TEXT, 'twice as large, ')))
  await session.send('Page.setFontSizes', { fontSizes: { standard: 16 } })
  await session.detach()
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
  for (const path of ['/my', '/provider', '/account']) {
    await page.goto(server.url + path)
    await page.getByRole('button', { name: 'I have an account' }).waitFor()
    await look(`${path}, signed out`)
  }

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
  await page.goto(`${server.url}/account`)
  await page.locator('.sessions').waitFor()
  await page.getByText('Delete this account').first().click()
  await look('account')

  const desk = await sit(browser, { timezoneId: 'UTC' })
  const deskLook = async (name: string) => t.same(await fits(desk.page), [], name)
  await desk.page.goto(`${server.url}/provider?day=${day}`)
  await signIn(desk.page, provider.email)
  await shows(desk.page, second, 'confirmed')
  await deskLook('desk')
  await slot(desk.page, second).click()
  await desk.page.locator('.chosen').waitFor()
  await deskLook('desk, chosen')
  for (const path of [
    '/provider/list',
    '/provider/hours',
    '/provider/services',
    '/provider/page',
    '/account',
  ]) {
    await desk.page.goto(server.url + path)
    await desk.page.locator('main h1').waitFor()
    await desk.page.waitForLoadState('networkidle')
    await deskLook(path)
  }

  await desk.page.setViewportSize({ width: 360, height: 740 })
  await desk.page.evaluate(`
    const wide = document.createElement('button')
    wide.className = 'button'
    wide.textContent = 'x'.repeat(80)
    document.querySelector('main').append(wide)`)
  t.ok((await misfits(desk.page, [360], '')).length > 0, 'control: what does not fit is found')
})

t.test('these are the fonts of a plain Linux', async (t) => {
  const server = await startOne(t)
  const { page } = await sit(await launch(t))
  await page.goto(server.url)
  await page.locator('h1').waitFor()
  const session = await page.context().newCDPSession(page)
  await session.send('DOM.enable')
  await session.send('CSS.enable')
  const { root } = await session.send('DOM.getDocument')
  const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector: 'h1' })
  const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId })
  t.match(fonts[0]?.familyName, /^(DejaVu|Liberation|Noto)/, 'so the tests of layout are made with them')
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
