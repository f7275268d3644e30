import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Me, OwnSession } from '../../../src/schemas/accounts.js'
import { axe, isLive, launch, type Seat, shot, signIn, sit, slot } from '../../helper/browser.js'
import { booked } from '../../helper/clinic.js'
import { lookAt } from '../../helper/look.js'
import { PASSWORD, publish, register, startOne } from '../../helper/servers.js'

const NEW_PASSWORD = 'another long password'
const form = (page: Page, name: string) => page.getByRole('form', { name })
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** Refusals are answered with 4xx, which Chromium writes to the console. */
function forgetRefusals(seat: Seat): void {
  seat.complaints = seat.complaints.filter((text) => !/status of 4\d\d/.test(text))
}

t.test('a client changes name, zone, address and password', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'client', { name: 'Ada Byron' })
  const rival = await register(server, 'client')
  const seat = await sit(await launch(t))
  const { page } = seat
  const me = async (token = ada.token) => (await server.call<Me>('GET', '/v1/me', { token })).body

  await page.goto(`${server.url}/account`)
  await signIn(page, ada.email)
  const profile = form(page, 'Name, time zone and language')
  await profile.getByLabel('Your name').fill('Ada Lovelace')
  await profile.getByRole('combobox', { name: 'Time zone' }).fill('kolkata')
  await page.locator('.zone-option').first().click()
  await profile.getByRole('button', { name: 'Save' }).click()
  await profile.getByText('Saved.').waitFor()
  t.match(await me(), { name: 'Ada Lovelace', timeZone: 'Asia/Kolkata' })
  t.equal(await profile.getByLabel('Your name').inputValue(), 'Ada Lovelace', 'the field has the new name')
  await page.locator('.account summary', { hasText: 'Ada Lovelace' }).waitFor()

  const address = form(page, 'E-mail address')
  await address.getByLabel('New address').fill(rival.email)
  await address.getByLabel('Your password').fill('a wrong password')
  await address.getByRole('button', { name: 'Change address' }).click()
  await address.getByText('This is not your password.').waitFor()
  t.equal(await page.evaluate('document.activeElement.name'), 'currentPassword', 'the focus is on the fault')
  t.same(await axe(page), [], 'a refusal')
  await address.getByLabel('Your password').fill(PASSWORD)
  await address.getByRole('button', { name: 'Change address' }).click()
  await address.getByText('There is already an account with this address.').waitFor()
  await address.getByLabel('New address').fill('lovelace@example.com')
  await address.getByRole('button', { name: 'Change address' }).click()
  await address.getByText('Your address is changed.').waitFor()
  t.match(await me(), { email: 'lovelace@example.com' })

  const elsewhere = await server.call<{ accessToken: string }>('POST', '/v1/token', {
    body: { email: 'lovelace@example.com', password: PASSWORD },
  })
  const password = form(page, 'Password')
  await password.getByLabel('Current password').fill(PASSWORD)
  await password.getByLabel('New password').fill(NEW_PASSWORD)
  await password.getByRole('button').click()
  await password.getByText('Your password is changed').waitFor()
  t.equal(await password.getByLabel('New password').inputValue(), '', 'no password stays in a field')
  t.equal(
    (await server.call('GET', '/v1/me', { token: elsewhere.body.accessToken })).status,
    401,
    'the other sessions are over',
  )
  await page.locator('.sessions li').nth(1).waitFor({ state: 'detached' })
  forgetRefusals(seat)
  t.same(seat.complaints, [])
})

t.test('sessions: one is ended, then all', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'client')
  const browser = await launch(t)
  const [here, there, third] = await Promise.all([sit(browser), sit(browser), sit(browser)])
  for (const { page } of [there, third, here]) {
    await page.goto(`${server.url}/account`)
    await signIn(page, ada.email)
    await page.locator('.sessions').waitFor()
  }
  const { page } = here
  const rows = page.locator('.sessions li')
  // Three pages, and the registration of the test.
  t.equal(await rows.count(), 4)
  t.equal(await rows.filter({ hasText: 'This one' }).count(), 1)
  await rows.nth(1).getByRole('button').click()
  await rows.nth(3).waitFor({ state: 'detached' })
  await page.locator('section:has(.sessions) h2:focus').waitFor()
  await press(page, 'Sign out everywhere else')
  await rows.nth(1).waitFor({ state: 'detached' })
  t.equal(await page.getByRole('button', { name: 'Sign out everywhere else' }).count(), 0)
  await there.page.reload()
  await there.page.getByRole('button', { name: 'I have an account' }).waitFor()

  await signIn(there.page, ada.email)
  await there.page.locator('.sessions').waitFor()
  await press(there.page, 'Sign out everywhere')
  await there.page.getByRole('button', { name: 'I have an account' }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'I have an account' }).waitFor()
  const token = ada.token
  t.equal((await server.call<{ items: OwnSession[] }>('GET', '/v1/me/sessions', { token })).status, 401)
})

t.test('the export is a file with all of it', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'client', { name: 'Ada Byron' })
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/account`)
  await signIn(page, ada.email)
  await page.getByRole('button', { name: 'Download your data' }).waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Download your data')])
  t.equal(download.suggestedFilename(), 'slotcast-export.json')
  const data = JSON.parse(readFileSync(await download.path(), 'utf8')) as { account: Me }
  t.match(data.account, { id: ada.id, name: 'Ada Byron' })
})

t.test('a provider with bookings ahead is asked what becomes of them before the account goes', async (t) => {
  const server = await startOne(t, { settings: { NOTICE_SECONDS: '0' } })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [slotId] = await publish(server, provider, 4)
  const { id } = await booked(server, client, slotId)
  const seat = await sit(await launch(t))
  const { page } = seat
  await page.goto(`${server.url}/account`)
  await signIn(page, provider.email)
  await page.getByText('Delete this account').first().click()
  const leave = form(page, 'Delete this account')
  t.same(await axe(page), [], 'before it is deleted')
  await leave.getByLabel('Your password').fill('a wrong password')
  await leave.getByRole('button').click()
  await leave.getByText('This is not your password.').waitFor()
  await leave.getByLabel('Your password').fill(PASSWORD)
  await leave.getByRole('button').click()
  await leave.getByText('Bookings lie ahead.').waitFor()
  await shot(page, 'account-bookings-ahead')
  t.equal((await server.call('GET', '/v1/me', { token: provider.token })).status, 200, 'nothing is deleted')
  await leave.getByLabel('Cancel the bookings').check()
  await leave.getByLabel('Your password').fill(PASSWORD)
  await leave.getByRole('button').click()
  await page.getByRole('button', { name: 'I have an account' }).waitFor()
  t.equal((await server.call('GET', `/v1/providers/${provider.id}`)).status, 404)
  const reservation = await server.call<{ status: string }>('GET', `/v1/reservations/${id}`, {
    token: client.token,
  })
  t.not(reservation.body.status, 'confirmed')
  forgetRefusals(seat)
  t.same(seat.complaints, [])
})

t.test('the clock and the week are as the browser has them, or as the reader says', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { timeZone: 'UTC' })
  const [, , , , , , , , , , , , slotId = ''] = await publish(server, provider, 60)
  const browser = await launch(t)
  const firstDay = (page: Page) => page.locator('.month-names span').first().textContent()
  const time = async (page: Page) => (await slot(page, slotId).textContent())?.trim() ?? ''
  const { page } = await sit(browser, { locale: 'en-US', timezoneId: 'UTC' })
  const open = async () => {
    await page.goto(`${server.url}/book/${provider.id}`)
    await isLive(page)
    await slot(page, slotId).waitFor()
  }
  await open()
  t.equal(await firstDay(page), 'Sun')
  t.match(await time(page), /^3:00 AM/)
  const days = page.locator('.day:not(:disabled)')
  await days.nth(8).focus()
  await page.keyboard.press('Home')
  const inRow = () =>
    page.evaluate<string>("new Date(document.activeElement.dataset.day + 'T00:00Z').getUTCDay()")
  t.equal(await inRow(), 0, 'Home goes to Sunday')
  await page.keyboard.press('End')
  t.equal(await inRow(), 6, 'End to Saturday')

  await page.goto(`${server.url}/account`)
  await signIn(page, provider.email)
  await page.getByLabel('Clock', { exact: true }).selectOption('24')
  await page.getByLabel('Weeks begin on').selectOption('1')
  await page.getByText('Times look like this: 13:30').waitFor()
  await open()
  t.equal(await firstDay(page), 'Mon')
  t.match(await time(page), /^03:00/)
  await page.goto(`${server.url}/provider`)
  await page.locator('.day-head').first().waitFor()
  t.match(await page.locator('.day-head').first().textContent(), /^Mon/)
  await page.goto(`${server.url}/account`)
  await page.getByLabel('Weeks begin on').selectOption('6')
  await page.goto(`${server.url}/provider`)
  await page.locator('.day-head').first().waitFor()
  t.match(await page.locator('.day-head').first().textContent(), /^Sat/)

  const german = await sit(browser, { locale: 'de-DE', timezoneId: 'UTC' })
  await german.page.goto(`${server.url}/book/${provider.id}`)
  await isLive(german.page)
  await slot(german.page, slotId).waitFor()
  t.equal(await firstDay(german.page), 'Mo')
  t.match(await time(german.page), /^03:00/)
})

t.test('a key is made, and revoked only by a second press', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'provider')
  const seat = await sit(await launch(t))
  const { page } = seat
  const kept = async () =>
    (await server.call<{ items: unknown[] }>('GET', '/v1/keys', { token: ada.token })).body.items.length
  await page.goto(`${server.url}/account`)
  await signIn(page, ada.email)
  const keys = page.getByRole('region', { name: 'API keys' })
  await keys.getByLabel('Name').fill('Practice software')
  await keys.getByLabel('Change your calendar').check()
  await keys.getByRole('button', { name: 'Make a key' }).click()
  await keys.getByText('It is made.').waitFor()
  const row = keys.locator('.sessions li')
  const key = (await keys.locator('.once code').textContent()) ?? ''
  t.match(await row.textContent(), /Read what is yours · Change your calendar/)
  t.ok((await row.textContent())?.replace(/[\u2068\u2069]/g, '').includes(`Ends with ${key.slice(-4)}`))
  t.equal(await keys.getByLabel('Name').inputValue(), '', 'the form is empty again')
  t.equal(await keys.getByLabel('Change your calendar').isChecked(), false)
  await page.setViewportSize({ width: 360, height: 740 })
  t.equal((await keys.locator('.check input').last().boundingBox())?.width, 22, 'a box keeps its size')

  await row.getByRole('button', { name: 'Revoke the key Practice software' }).click()
  await row.getByText('What uses it stops working at once.').waitFor()
  await row.locator('.button:focus', { hasText: 'Keep it' }).waitFor()
  t.same(await axe(page), [], 'the question')
  await row.scrollIntoViewIfNeeded()
  await shot(page, 'account-revoke-360')
  t.equal(await kept(), 1, 'one press revokes nothing')
  await row.getByRole('button', { name: 'Keep it' }).click()
  await row.locator('.button:focus', { hasText: 'Revoke' }).click()
  await row.getByRole('button', { name: 'Yes, revoke it' }).click()
  await keys.getByText('Revoked.').waitFor()
  await row.waitFor({ state: 'detached' })
  t.equal(await kept(), 0)
  t.same(seat.complaints, [])
})

t.test('the account page is accessible', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'provider', { name: 'Dr. Ada Byron' })
  const seat = await sit(await launch(t))
  const { page } = seat
  const look = lookAt(t, page)
  await page.goto(`${server.url}/account`)
  await look('account-signed-out')
  await signIn(page, ada.email)
  await page.locator('.sessions').waitFor()
  await look('account')
  await page.getByText('Delete this account').first().click()
  await page.getByLabel('Time zone', { exact: true }).click()
  await page.locator('.zone-option').first().waitFor()
  await look('account-open')
  t.same(seat.complaints, [])
})
