import type { Page } from 'playwright-core'
import t from 'tap'
import { launch, signIn, sit } from '../../helper/browser.js'
import { booked } from '../../helper/clinic.js'
import { setSchedule } from '../../helper/schedules.js'
import { publish, register, startOne } from '../../helper/servers.js'

t.test('after another provider signs in, a page shows nothing of the one before', async (t) => {
  const server = await startOne(t, { settings: { NOTICE_SECONDS: '0' } })
  const grace = await register(server, 'provider', { name: 'Grace Provider' })
  const hedy = await register(server, 'provider', { name: 'Hedy Provider' })
  const ada = await register(server, 'client', { name: 'Ada Byron' })
  // A booking outside of the hours is named on the page of hours.
  const [slotId] = await publish(server, grace, 1)
  await booked(server, ada, slotId)
  await setSchedule(server, grace, { weekly: [{ weekday: 7, from: '22:00', to: '23:00' }] })
  for (const [provider, name] of [
    [grace, 'Long talk'],
    [hedy, 'Short talk'],
  ] as const) {
    await server.call('POST', `/v1/providers/${provider.id}/services`, {
      token: provider.token,
      body: { name, durationMinutes: 60 },
    })
  }

  const browser = await launch(t)
  const pages = [
    { path: '/provider', first: 'Grace Provider', second: 'Hedy Provider' },
    { path: '/provider/list', first: /^Grace Provider/, second: /^Hedy Provider/ },
    { path: '/provider/hours', first: 'Ada Byron', second: 'A usual week to begin with' },
    { path: '/provider/services', first: 'Long talk', second: 'Short talk' },
  ]
  for (const { path, first, second } of pages) {
    await t.test(path, async (t) => {
      const { page, complaints } = await sit(browser)
      await page.goto(server.url + path)
      await signIn(page, grace.email)
      await page.locator('#content').getByText(first).first().waitFor()
      await signOut(page)
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await signIn(page, hedy.email)
      await page.locator('#content').getByText(second).first().waitFor()
      t.notMatch(await page.locator('#content').textContent(), /Grace|Ada|Long talk/)
      t.same(
        asked.filter((url) => url.includes(grace.id)),
        [],
        'nothing of the other one is asked for',
      )
      t.ok(
        asked.some((url) => url.includes('/v1/')),
        'control: requests were seen',
      )
      t.same(complaints, [])
      await page.context().close()
    })
  }

  await t.test('the same provider finds the form as it was left', async (t) => {
    const { page } = await sit(browser)
    await page.goto(`${server.url}/provider/hours`)
    await signIn(page, grace.email)
    await page.getByRole('button', { name: 'Add hours on Monday' }).click()
    await page.getByLabel('Monday, block 1 from').waitFor()
    await signOut(page)
    await signIn(page, grace.email)
    await page.getByLabel('Monday, block 1 from').waitFor()
    t.equal(await page.locator('[data-weekday="1"] .hours-span').count(), 1)
    await page.context().close()
  })
})

async function signOut(page: Page): Promise<void> {
  await page.locator('.account summary').click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'I have an account' }).waitFor()
}
