import type { Page } from 'playwright-core'
import t from 'tap'
import { isLive, launch, openByHand, shows, signIn, signUp, sit } from '../../helper/browser.js'
import { publish, register, startOne } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

const DAY_MS = 86_400_000

/** The Monday of the week after next. */
function comingMonday(now: number): string {
  const today = new Date(now)
  const ahead = ((8 - today.getUTCDay()) % 7) + 7
  return new Date(now + ahead * DAY_MS).toISOString().slice(0, 10)
}

async function chooseFriday(page: Page): Promise<void> {
  await page.locator('.chip input').nth(4).check({ force: true })
}

t.test('withdrawing takes what is seen: one Friday, not the eight that were published', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/provider?day=${comingMonday(server.app.clock.now())}`)
  await signIn(page, provider.email)
  await isLive(page)
  await openByHand(page)
  await page.getByLabel('Block 1 from').fill('09:00')
  await page.getByLabel('Block 1 to').fill('12:00')
  await page.getByLabel('For how many weeks').fill('8')
  await chooseFriday(page)
  await page.getByText('Opens 96 times on 8 days.').waitFor()
  await page.locator('.plan button[type=submit]').click()
  await page.locator('.note').getByText('96 times opened').waitFor()

  await page.getByRole('button', { name: 'Withdraw', exact: true }).first().click()
  await chooseFriday(page)
  await page.getByText('Withdraws 12 open times').waitFor()
  t.equal(await page.locator('.ghost').count(), 1, 'one Friday is marked')
  await page.locator('.plan button[type=submit]').click()
  await page.locator('[data-withdrawn="12"]').waitFor()
  const slots = server.app.slots.collection
  t.equal(await slots.countDocuments({ providerId: provider.id, state: 'open' }), 84)

  await page.getByRole('button', { name: 'Publish', exact: true }).first().click()
  t.equal(await page.getByLabel('For how many weeks').inputValue(), '8', 'control: the field kept its eight')
})

t.test('what just happened is told with the number that was opened', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/provider?day=${comingMonday(server.app.clock.now())}`)
  await signIn(page, provider.email)
  await isLive(page)
  await openByHand(page)
  await page.getByLabel('Block 1 from').fill('08:00')
  await page.getByLabel('Block 1 to').fill('14:45')
  await page.getByLabel('For how many weeks').fill('8')
  for (const index of [0, 1, 2, 3, 4]) await page.locator('.chip input').nth(index).check({ force: true })
  await page.getByText('Opens 1,080 times on 40 days.').waitFor()
  await page.locator('.plan button[type=submit]').click()
  await page.locator('.note').getByText('1,080 times opened').waitFor()
  await page.locator('.stream li', { hasText: 'Published 1,080 times' }).waitFor()
  t.equal(await page.locator('.stream li').count(), 1, 'in one line')
  // What happens after it is told as before.
  await publish(server, provider, 1)
})

t.test("a new provider's page begins at its top", async (t) => {
  const server = await startOne(t)
  const { page } = await sit(await launch(t), { viewport: { width: 360, height: 500 } })
  await page.goto(`${server.url}/provider`)
  await page.getByRole('button', { name: 'I am new here' }).click()
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
  t.ok((await page.evaluate<number>('scrollY')) > 0, 'control: the form is longer than the screen')
  await signUp(page, { name: 'Dr. Grace Okafor', email: `grace-${process.pid}@example.com` })
  await page.getByRole('heading', { name: 'Dr. Grace Okafor' }).waitFor()
  await until(async () => (await page.evaluate<number>('scrollY')) === 0, 'the page at its top')
  t.equal(await page.evaluate('document.activeElement?.id'), 'content', 'and the keyboard with it')
})

t.test('a wrong password is said to be one', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/provider`)
  await page.getByRole('button', { name: 'I have an account' }).click()
  await page.getByLabel('E-mail').fill(provider.email)
  await page.getByLabel('Password').fill('another password')
  await page.locator('form button[type=submit]').click()
  const refusal = page.locator('[data-code="unauthenticated"]')
  await refusal.waitFor()
  t.match(await refusal.textContent(), /The e-mail address or the password is wrong/)
  t.notMatch(await refusal.textContent(), /signed in/)
})

t.test('that the server cannot be reached is said until it can', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const [slotId = ''] = await publish(server, provider, 1)
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/provider`)
  await signIn(page, provider.email)
  await isLive(page)
  const day = /\.(\d{4})(\d\d)(\d\d)T/.exec(slotId)?.slice(1).join('-')
  await page.goto(`${server.url}/provider?day=${day}`)
  await shows(page, slotId, 'open')
  await isLive(page)
  await openByHand(page)
  await page.context().setOffline(true)
  await page.locator('.chip input').nth(0).check({ force: true })
  await page.getByLabel('For how many weeks').fill('3')
  await page.locator('.plan button[type=submit]').click()
  await page.locator('.plan [data-code="offline"]').waitFor()
  await page.context().setOffline(false)
  await isLive(page)
  await page.locator('.plan [data-code="offline"]').waitFor({ state: 'detached' })
  t.equal(await page.getByText('The server cannot be reached').count(), 0)
})

t.test('Escape closes the chosen time also before the focus has moved to it', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const [slotId = ''] = await publish(server, provider, 1)
  const { page } = await sit(await launch(t))
  const day = /\.(\d{4})(\d\d)(\d\d)T/.exec(slotId)?.slice(1).join('-')
  await page.goto(`${server.url}/provider?day=${day}`)
  await signIn(page, provider.email)
  await shows(page, slotId, 'open')
  // In one step of the page, as a quick hand on a slow machine does it.
  await page.evaluate(`{
    const cell = document.querySelector('[data-slot-id="${slotId}"]')
    cell.focus()
    cell.click()
    cell.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  }`)
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  t.equal(await page.locator('.chosen').count(), 0)
  t.equal(await page.evaluate('document.activeElement?.dataset.slotId'), slotId, 'the focus stays')
})
