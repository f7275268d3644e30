import type { Page } from 'playwright-core'
import t from 'tap'
import { enter, isLive, launch, shows, signIn, sit, slot } from '../../helper/browser.js'
import { publish, register, startOne } from '../../helper/servers.js'

const SIZES = [
  { width: 360, height: 640 },
  { width: 1280, height: 700 },
]
/** A field for a time has stops of its own inside. */
const STOPS_IN_ONE = 5

interface Stop {
  /** Its place among what can be pressed or filled in; -1 where the focus is on none of them. */
  index: number
  hasRing: boolean
  isSeen: boolean
}

/** What can be pressed or filled in, in the dialog where one is open. One choice of a group of radio buttons is a stop. */
const LIST = `
  const root = document.querySelector('dialog[open]') ?? document
  const radios = new Set()
  window.targets = [...root.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .filter((one) => one.type !== 'radio' || (!radios.has(one.name) && radios.add(one.name)))
  window.nameOf = (one) => one.tagName + '.' + one.className + ' "' + (one.ariaLabel ?? one.textContent).slice(0, 40) + '"'
`

/** A button that Tab passes by has one of its kind beside it from which arrow keys go on. */
const UNREACHABLE = `window.targets
  .filter((one) => one.tabIndex < 0)
  .filter((one) => !window.targets.some((other) => other.tabIndex === 0 && other.className === one.className &&
    other.tagName === one.tagName && one.className !== ''))
  .map(window.nameOf)`

const STOP = `(() => {
  const one = document.activeElement
  const ringed = [one, one.nextElementSibling, one.closest('label')].filter(Boolean)
  const box = (one.matches('input[type=checkbox], input[type=radio]') ? (one.closest('label') ?? one) : one)
    .getClientRects()[0] ?? one.getBoundingClientRect()
  const at = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2)
  return {
    index: window.targets.findIndex((target) =>
      target === one || (one.type === 'radio' && target.type === 'radio' && target.name === one.name)),
    hasRing: ringed.some((other) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(other)
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
    }),
    isSeen: at !== null && (one.contains(at) || at.closest('label')?.control === one),
  }
})()`

/** Once round: from wherever the focus was, over the end of the page, to where it began. */
async function stopsBy(page: Page, key: 'Tab' | 'Shift+Tab', most: number): Promise<Stop[]> {
  const stops: Stop[] = []
  while (stops.length < most) {
    await page.keyboard.press(key)
    const stop = await page.evaluate<Stop>(STOP)
    if (stop.index === stops[0]?.index && stops.at(-1)?.index !== stop.index) return stops
    stops.push(stop)
  }
  return stops
}

/**
 * Another round where one has not met all. At the end of the page the browser itself has the focus, and hands it back
 * when it likes: a key pressed meanwhile goes on from a stop that nobody saw.
 */
async function roundAgain(
  page: Page,
  key: 'Tab' | 'Shift+Tab',
  { met, wanted, most }: { met: Stop[]; wanted: number[]; most: number },
): Promise<Stop[]> {
  const isMet = (index: number) => met.some((stop) => stop.index === index)
  return wanted.every(isMet) ? [] : stopsBy(page, key, most)
}

/** What somebody without a mouse would complain of. */
async function complaints(page: Page): Promise<string[]> {
  const wrong: string[] = []
  for (const size of SIZES) {
    await page.setViewportSize(size)
    await page.evaluate('document.activeElement.blur()')
    await page.evaluate(LIST)
    const names = await page.evaluate<string[]>('window.targets.map(window.nameOf)')
    const wanted = await page.evaluate<number[]>(
      'window.targets.flatMap((one, index) => (one.tabIndex < 0 ? [] : [index]))',
    )
    for (const name of await page.evaluate<string[]>(UNREACHABLE))
      wrong.push(`${size.width}: no key reaches ${name}`)
    const most = wanted.length * STOPS_IN_ONE + STOPS_IN_ONE
    const there = await stopsBy(page, 'Tab', most)
    if (there.length === most)
      wrong.push(`${size.width}: Tab does not come round, ${names[there.at(-1)?.index ?? 0]} keeps it`)
    there.push(...(await roundAgain(page, 'Tab', { met: there, wanted, most })))
    const reached = new Set(there.map(({ index }) => index))
    for (const index of wanted)
      if (!reached.has(index)) wrong.push(`${size.width}: Tab does not reach ${names[index]}`)
    for (const index of wanted) {
      const stops = there.filter((stop) => stop.index === index)
      if (stops.length === 0) continue
      if (!stops.some(({ hasRing }) => hasRing))
        wrong.push(`${size.width}: nothing shows that the focus is on ${names[index]}`)
      if (stops.some(({ isSeen }) => !isSeen))
        wrong.push(`${size.width}: something hides ${names[index]} when it has the focus`)
    }
    const back = await stopsBy(page, 'Shift+Tab', most)
    back.push(...(await roundAgain(page, 'Shift+Tab', { met: back, wanted, most })))
    for (const index of wanted)
      if (!back.some((stop) => stop.index === index))
        wrong.push(`${size.width}: Shift+Tab does not reach ${names[index]}`)
  }
  return wrong
}

t.test('Tab reaches everything on every page, shows where it is, and leads out again', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Grace Okafor' })
  const client = await register(server, 'client')
  const [, second = '', third = ''] = await publish(server, provider, 24)
  const day = /\.(\d{4})(\d\d)(\d\d)T/.exec(second)?.slice(1).join('-')
  const browser = await launch(t)
  const { page } = await sit(browser, { timezoneId: 'UTC' })
  const walk = async (name: string, on = page) => t.same(await complaints(on), [], name)

  await page.goto(server.url)
  await page.getByText('Dr. Grace Okafor').waitFor()
  await walk('find')
  for (const path of ['/my', '/provider', '/account']) {
    await page.goto(server.url + path)
    await page.getByRole('button', { name: 'I have an account' }).waitFor()
    await walk(`${path}, signed out`)
  }
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  await shows(page, second, 'open')
  await walk('book')
  await slot(page, second).click()
  await page.locator('dialog[open]').waitFor()
  await walk('book, dialog')

  await enter(page, server.url, client.email)
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  await slot(page, second).click()
  await shows(page, second, 'mine')
  await walk('book, held')
  await page.getByRole('button', { name: 'Confirm booking' }).click()
  await page.locator('[data-fresh]').waitFor()
  await walk('book, booked')
  await slot(page, third).click()
  await shows(page, third, 'mine')
  await page.goto(`${server.url}/my`)
  await page.locator('[data-status="confirmed"]').waitFor()
  await walk('my')
  await page.goto(`${server.url}/account`)
  await page.locator('.sessions').waitFor()
  await page.getByText('Delete this account').first().click()
  await walk('account')

  const desk = await sit(browser, { timezoneId: 'UTC' })
  await desk.page.goto(`${server.url}/provider?day=${day}`)
  await signIn(desk.page, provider.email)
  await shows(desk.page, second, 'confirmed')
  await walk('desk', desk.page)
  await slot(desk.page, second).click()
  await desk.page.locator('.chosen').waitFor()
  await walk('desk, chosen', desk.page)
  for (const path of ['/provider/list', '/provider/hours', '/provider/services', '/provider/page']) {
    await desk.page.goto(server.url + path)
    await desk.page.locator('main h1').waitFor()
    await desk.page.waitForLoadState('networkidle')
    // What saving would do comes after a pause, with links to the bookings outside.
    if (path === '/provider/hours') await desk.page.locator('[data-preview="current"]').first().waitFor()
    await walk(path, desk.page)
  }
})

t.test('control: a trap, a lost ring, a hidden button and one that no key reaches are found', async (t) => {
  const server = await startOne(t)
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/account`)
  await page.getByRole('button', { name: 'I have an account' }).waitFor()
  t.same(await complaints(page), [])
  const found = async (change: string) => {
    await page.reload()
    await page.getByRole('button', { name: 'I have an account' }).waitFor()
    await page.evaluate(change)
    return (await complaints(page)).join('\n')
  }
  t.match(await found("document.querySelector('main button').tabIndex = -1"), /no key reaches BUTTON/)
  t.match(
    await found(`
      const plain = new CSSStyleSheet()
      plain.replaceSync('main button { outline: none !important }')
      document.adoptedStyleSheets = [plain]`),
    /nothing shows that the focus is on BUTTON/,
  )
  t.match(
    await found(`
      const cover = new CSSStyleSheet()
      cover.replaceSync('main::after { content: ""; position: fixed; inset: 60px 0 0; z-index: 9 }')
      document.adoptedStyleSheets = [cover]`),
    /something hides/,
  )
  t.match(
    await found(`
      document.querySelector('input[type=email]').addEventListener('keydown', (event) => {
        if (event.key === 'Tab') event.preventDefault()
      })`),
    /Tab does not come round, INPUT/,
  )
})
