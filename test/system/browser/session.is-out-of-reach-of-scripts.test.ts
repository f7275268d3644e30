import t from 'tap'
import { launch, signUp, sit } from '../../helper/browser.js'
import { startOne } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

t.test('a page stays signed in over a reload, and no script of it can reach the refresh token', async (t) => {
  const server = await startOne(t)
  const seat = await sit(await launch(t))
  const { page } = seat
  await page.goto(`${server.url}/my`)
  await signUp(page, { name: 'Ada Lovelace', email: 'ada@example.com' })
  await page.locator('.account').waitFor()
  const cookies = await page.context().cookies(`${server.url}/v1/session`)
  const [cookie] = cookies
  t.match(cookie, { httpOnly: true, sameSite: 'Strict', path: '/v1/session' })
  t.match(cookie?.value, /^[\w-]{64}$/, 'control: there is one')

  const reach = await page.evaluate(
    'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
  )
  t.notOk(String(reach).includes(cookie?.value ?? '?'))
  t.notMatch(reach, /eyJ/, 'nor does an access token outlive the page')
  t.match(reach, 'Ada Lovelace', 'control: what it remembers is whom to expect')
  for (const text of seat.received) t.notOk(text.includes(cookie?.value ?? '?'), 'it came in no body')

  const before = cookie?.value
  const renewed = page.waitForResponse(
    (response) => response.url().endsWith('/v1/me') || response.url().includes('/v1/reservations'),
  )
  await page.reload()
  await page.locator('.account').waitFor()
  t.equal((await renewed).status(), 200)
  // The browser keeps a cookie a moment after its answer is known.
  await until(async () => {
    const [after] = await page.context().cookies(`${server.url}/v1/session`)
    return after !== undefined && after.value !== before
  }, 'each renewal replaces it')
  t.same(seat.complaints, [])
})
