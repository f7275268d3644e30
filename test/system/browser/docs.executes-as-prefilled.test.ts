import t from 'tap'
import { launch, sit } from '../../helper/browser.js'
import { publish, register, startOne } from '../../helper/servers.js'

/** The viewer draws eighty operations by itself, which takes five seconds where nothing else runs. */
const DRAWN_MS = 120_000

/** Violations of the content security policy, also those that Chromium does not count as console errors. */
const NOTE_VIOLATIONS = `
  window.violations = []
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    window.violations.push(violatedDirective + ' ' + blockedURI)
  })
`

t.test('the docs page lists slots with the values it fills in, and breaks no policy', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const [first = ''] = await publish(server, provider, 2)
  const browser = await launch(t)
  const { page, complaints, strangers } = await sit(browser)
  page.setDefaultTimeout(DRAWN_MS)
  await page.addInitScript(NOTE_VIOLATIONS)
  await page.goto(`${server.url}/docs`)
  const operation = page.locator('#operations-slots-listSlots')
  await operation.locator('.opblock-summary-control').click()
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/v1/slots')
  await operation.getByRole('button', { name: 'Execute' }).click()
  const answer = await answered
  t.equal(answer.status(), 200, answer.url())
  t.match(await answer.text(), first)
  await operation.locator('.live-responses-table .response-col_status').getByText('200').waitFor()
  t.same(complaints, [])
  t.same(strangers, [])
  t.same(await page.evaluate('window.violations'), [])
})

t.test('the docs page shows our icon and no logo of another project', async (t) => {
  const server = await startOne(t)
  const browser = await launch(t)
  const { page } = await sit(browser)
  page.setDefaultTimeout(DRAWN_MS)
  await page.goto(`${server.url}/docs`)
  await page.locator('#operations-slots-listSlots').waitFor()
  t.equal(await page.locator('.topbar, img').count(), 0)
  const icons = page.locator('link[rel="icon"]')
  t.equal(await icons.count(), 1)
  const address = new URL((await icons.getAttribute('href')) ?? '', page.url())
  t.match(await (await page.request.get(address.href)).text(), '<title>Slotcast</title>')
})
