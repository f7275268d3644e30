import type { Page } from 'playwright-core'
import t from 'tap'
import { enter, isLive, launch, signIn, sit } from '../../helper/browser.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

const CHANGES = 100
const EVERY_MS = 50
/** Of what Chromium counts; from 0.1 on a page is said to be restless. */
const STILL = 0.001

/** Shifts that no input of the reader explains, from now on, and what moved. */
const WATCH = `
  window.shifts = []
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue
      const nameOf = (node) => node?.className || node?.nodeName + ' in ' + node?.parentElement?.outerHTML.slice(0, 60)
      const moved = entry.sources.map(({ node }) => nameOf(node)).join(', ')
      window.shifts.push({ value: entry.value, moved })
    }
  }).observe({ type: 'layout-shift' })
`

interface Shift {
  value: number
  moved: string
}

/** Once two frames have passed, in which the last change was drawn. */
async function shifted(page: Page): Promise<Shift[]> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  return page.evaluate<Shift[]>('shifts')
}

const sum = (shifts: Shift[]) => shifts.reduce((total, { value }) => total + value, 0)

/** Twenty a second: holds that are given back again, one slot after the other. */
async function change(server: TestServer, clients: SignedIn[], slots: string[]): Promise<void> {
  const beganAt = performance.now()
  const held: Promise<{ token: string; id: string }>[] = []
  for (let index = 0; index < CHANGES; index++) {
    const due = beganAt + index * EVERY_MS
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    const before = index % 2 === 1 ? held.pop() : undefined
    if (before !== undefined) {
      const { token, id } = await before
      void server.call('DELETE', `/v1/reservations/${id}`, { token })
      continue
    }
    const { token } = clients[index % clients.length] ?? { token: '' }
    const body = { slotId: slots[(index / 2) % slots.length] }
    const asked = server.call<{ id: string }>('POST', '/v1/reservations', { token, body })
    held.push(asked.then((answer) => ({ token, id: answer.body.id })))
  }
}

t.test('nothing jumps while twenty changes a second arrive', async (t) => {
  const server = await startOne(t, { settings: { MAX_ACTIVE_HOLDS: '20' } })
  const provider = await register(server, 'provider', { name: 'Dr. Vera Vogt' })
  const names = ['Ada Byron', 'Maximiliane Hohenstein-Wackerbarth', 'Li Na', 'Emil Zander']
  const clients = await Promise.all(names.map((name) => register(server, 'client', { name })))
  const reader = await register(server, 'client')
  const slots = await publish(server, provider, 56)
  const day = /\.(\d{4})(\d\d)(\d\d)T/
    .exec(slots[0] ?? '')
    ?.slice(1)
    .join('-')
  const browser = await launch(t)
  const desk = (await sit(browser)).page
  await desk.goto(`${server.url}/provider?day=${day}`)
  await signIn(desk, provider.email)
  const book = (await sit(browser)).page
  await enter(book, server.url, reader.email)
  await book.goto(`${server.url}/book/${provider.id}?day=${day}`)
  const pages = { desk, book }
  for (const page of Object.values(pages)) {
    await isLive(page)
    await page.locator('[data-slot-id]').nth(20).waitFor()
    // The fonts and the first picture may still arrange themselves.
    await page.evaluate('document.fonts.ready')
  }
  for (const page of Object.values(pages)) await page.evaluate(WATCH)
  const before = await desk.locator('.stream li').count()
  await change(server, clients, slots)
  const told = async () => (await desk.locator('.stream li').count()) > before + 20
  await until(told, 'the changes on the desk')

  for (const [name, page] of Object.entries(pages)) {
    const shifts = await shifted(page)
    t.ok(sum(shifts) < STILL, `${name}: ${sum(shifts)} ${shifts.map(({ moved }) => moved).slice(0, 5)}`)
  }

  await t.test('control: what does jump is seen', async (t) => {
    for (const [name, page] of Object.entries(pages)) {
      await page.evaluate(`{
        const block = document.createElement('div')
        block.style.height = '120px'
        document.querySelector('main').prepend(block)
      }`)
      await until(async () => sum(await shifted(page)) > 0.01, `a shift on ${name}`)
      t.pass(name)
    }
  })
})
