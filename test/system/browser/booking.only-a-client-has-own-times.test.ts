import t from 'tap'
import { isLive, launch, shows, signIn, sit } from '../../helper/browser.js'
import { publish, register, startOne } from '../../helper/servers.js'

t.test('a provider on the own booking page sees times as others do', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Grace Provider' })
  const client = await register(server, 'client', { name: 'Ada Byron' })
  const [held = '', booked = '', free = ''] = await publish(server, provider, 8)
  const hold = async (slotId: string) =>
    (await server.call<{ id: string }>('POST', '/v1/reservations', { token: client.token, body: { slotId } }))
      .body.id
  await hold(held)
  await server.call('POST', `/v1/reservations/${await hold(booked)}/confirm`, { token: client.token })
  const browser = await launch(t)
  const { page, complaints } = await sit(browser)
  await page.goto(`${server.url}/provider`)
  await signIn(page, provider.email)
  await page.getByRole('heading', { name: 'Grace Provider' }).waitFor()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)

  await t.test('nothing of the clients is its own', async (t) => {
    await shows(page, held, 'held')
    await shows(page, booked, 'confirmed')
    // Live brings a change too, so whatever the first picture had asked for has been answered.
    await hold(free)
    await shows(page, free, 'held')
    t.equal(await page.locator('.hold, .earlier, [data-reservation], [data-own]').count(), 0)
    t.notOk(asked.includes('/v1/reservations'), 'nor is it asked for')
    t.ok(
      asked.some((path) => path === '/v1/slots'),
      'control: requests were seen',
    )
  })

  await t.test('pressing a free time says kindly what is needed', async (t) => {
    await page.locator('button.slot[data-state="open"]:not([aria-disabled])').first().click()
    const notice = page.locator('[data-notice="refused"][data-code="forbidden"]')
    await notice.waitFor()
    t.match(await notice.textContent(), /signed in as a provider.*Booking needs a client account/)
    t.same(complaints, [])
  })

  await t.test('a client who signs in after it sees the own hold', async (t) => {
    await page.locator('.account summary').click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await signIn(page, client.email)
    await shows(page, held, 'mine')
    t.equal(await page.locator('.hold').count(), 2, 'control: cards there are')
  })
})
