/** A real Chromium for the tests of the pages. Whatever a page says, asks for or complains about is written down. */
import { mkdirSync } from 'node:fs'
import axeCore from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import file, { type Test } from 'tap'
import { chromiumPath } from '../../scripts/ci/browser.js'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
]
/** A folder for pictures of all states, where somebody wants to look at them. */
const { SCREENSHOTS } = process.env
const FILES = new Set(['script', 'stylesheet', 'font', 'image'])
/** A test waits for what it wants to see, this long at most. */
const PATIENCE_MS = 30_000

export interface Seat {
  page: Page
  /** Console errors, uncaught errors and violations of the content security policy. */
  complaints: string[]
  /** Addresses of other hosts that were asked for. */
  strangers: string[]
  /** All frames that came in, and all bodies but those of files, which are the same for everybody. */
  received: string[]
  /** New page loads since the last look. */
  loads: number
}

let launched: Promise<Browser> | undefined

/** One browser for all tests of a file. What a test opens in it ends with the test. */
export async function launch(t: Test): Promise<Browser> {
  launched ??= start()
  const browser = await launched
  const others = new Set(browser.contexts())
  t.teardown(async () => {
    const own = browser.contexts().filter((context) => !others.has(context))
    await Promise.all(own.map((context) => context.close()))
  })
  return browser
}

async function start(): Promise<Browser> {
  const executablePath = chromiumPath()
  if (executablePath === null)
    throw new Error('the pages are tested in Chromium; install one, or set CHROMIUM_BINARY')
  const browser = await chromium.launch({ executablePath, args: ARGS })
  file.teardown(() => browser.close())
  return browser
}

export async function sit(browser: Browser, options: BrowserContextOptions = {}): Promise<Seat> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...options,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  return watched(page)
}

export function watched(page: Page): Seat {
  const seat: Seat = { page, complaints: [], strangers: [], received: [], loads: 0 }
  page.on('console', (message) => {
    // Which address failed to load is not in the words.
    if (message.type() === 'error') seat.complaints.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => seat.complaints.push(error.message))
  page.on('load', () => {
    seat.loads += 1
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol.startsWith('http') && url.hostname !== '127.0.0.1') seat.strangers.push(request.url())
  })
  page.on('response', (response) => {
    if (FILES.has(response.request().resourceType())) return
    response.text().then(
      (text) => seat.received.push(text),
      () => {},
    )
  })
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => seat.received.push(String(payload)))
  })
  return seat
}

export const slot = (page: Page, id: string): Locator => page.locator(`[data-slot-id="${id}"]`)

export async function shows(page: Page, id: string, state: string): Promise<void> {
  await page.locator(`[data-slot-id="${id}"][data-state="${state}"]`).waitFor()
}

export async function isLive(page: Page): Promise<void> {
  await page.locator('[data-link="live"]').waitFor()
}

/** Fills the form that is open: a new account, or one that exists. */
export async function signUp(page: Page, { name, email }: { name: string; email: string }): Promise<void> {
  await page.getByRole('button', { name: 'I am new here' }).click()
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('a long enough password')
  await page.getByRole('button', { name: 'Create account' }).click()
}

export async function signIn(page: Page, email: string): Promise<void> {
  await page.getByRole('button', { name: 'I have an account' }).click()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('a long enough password')
  await page.locator('form button[type=submit]').click()
}

/** The form for single times, which is folded as long as nobody wants it. */
export async function openByHand(page: Page): Promise<void> {
  await page.locator('.by-hand:not([open]) > summary').click()
  await page.locator('.plan').waitFor()
}

/** Where nobody is signed in yet, on any page. */
export async function enter(page: Page, url: string, email: string): Promise<void> {
  await page.goto(`${url}/my`)
  await signIn(page, email)
  await page.getByRole('heading', { name: 'My bookings' }).waitFor()
  await page.locator('.account').waitFor()
}

/**
 * In the middle of a transition every colour and contrast is a passing one. Ended, not waited for: where no frame is
 * drawn, none ends by itself.
 */
async function settle(page: Page): Promise<void> {
  await page.evaluate(
    'document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity).forEach((one) => one.finish())',
  )
}

export async function shot(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return
  mkdirSync(SCREENSHOTS, { recursive: true })
  await settle(page)
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` })
}

/** What axe finds against WCAG 2.2 AA, one line for each rule that is broken; of these rules, or of all. */
export async function axe(page: Page, rules?: string[]): Promise<string[]> {
  await settle(page)
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(axeCore.source)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const options = {
    runOnly: rules ? { type: 'rule', values: rules } : { type: 'tag', values: tags },
    // Only what is broken is described, and only in words: the rest is far more.
    resultTypes: ['violations'],
    // Of style sheets one rule wants to know whether they turn the screen, and fetching them is half of the time.
    preload: false,
  }
  return page.evaluate<string[]>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`,
  )
}
