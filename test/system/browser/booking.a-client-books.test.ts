import { readFileSync } from 'node:fs'
import t from 'tap'
import { enter, isLive, launch, shows, signUp, sit, slot } from '../../helper/browser.js'
import { publish, register, startOne } from '../../helper/servers.js'

t.test('from looking to a booking, without an account at first', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Grace Provider' })
  const rival = await register(server, 'client')
  const ids = await publish(server, provider, 12)
  const [first = '', second = '', third = '', fourth = ''] = ids
  const browser = await launch(t)
  const { page, complaints } = await sit(browser, { viewport: { width: 360, height: 740 }, locale: 'en-US' })
  const link = `${server.url}/book/${provider.id}`

  await t.test('marking text beyond the edge of the form keeps it; a press beside it leaves', async (t) => {
    const seat = await sit(browser)
    await seat.page.goto(link)
    await slot(seat.page, first).click()
    const email = seat.page.getByLabel('E-mail')
    await email.fill('ada@example.com')
    const box = await email.boundingBox()
    if (!box) throw new Error('no field')
    await seat.page.mouse.move(box.x + 100, box.y + 20)
    await seat.page.mouse.down()
    await seat.page.mouse.move(20, box.y + 20, { steps: 4 })
    await seat.page.mouse.up()
    t.equal(await seat.page.locator('dialog[open]').count(), 1)
    t.equal(await email.inputValue(), 'ada@example.com')
    await seat.page.mouse.click(20, box.y + 20)
    await seat.page.locator('dialog[open]').waitFor({ state: 'detached' })
    await seat.page.context().close()
  })

  await t.test('signing up on the way holds the chosen time', async (t) => {
    await page.goto(link)
    await isLive(page)
    await slot(page, first).click()
    await signUp(page, { name: 'Ada Newcomer', email: `new-${process.pid}@example.com` })
    await shows(page, first, 'mine')
    t.match(await page.locator('.hold .countdown').textContent(), /^(30:00|29:5\d)$/)
    // Focus is there.
    await page.locator('[data-reservation]:focus-within').waitFor()
  })

  await t.test('reload and back lose nothing', async (t) => {
    const address = page.url()
    await page.reload()
    await shows(page, first, 'mine')
    await page.locator('.hold').waitFor()
    await page.goto(server.url)
    await page.goBack()
    await shows(page, first, 'mine')
    t.equal(page.url(), address)
    t.match(address, /day=\d{4}-\d\d-\d\d&zone=Europe\/Berlin/)
  })

  await t.test('confirming says what, when and how to go on', async (t) => {
    await page.getByRole('button', { name: 'Confirm booking' }).click()
    await page.locator('[data-fresh]').waitFor()
    t.match(await page.locator('[data-fresh]').textContent(), /Booked.*15 minutes with Grace Provider/)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Add to calendar' }).click()
    const file = readFileSync(await (await download).path(), 'utf8')
    t.match(file, /BEGIN:VEVENT[\s\S]*STATUS:CONFIRMED/)
    t.match(file, /SUMMARY:Appointment with Grace Provider/)
    await page.locator('[data-fresh]').getByRole('button', { name: 'Close' }).click()
  })

  await t.test('lost to a faster rival: kind words, and the nearest free times', async (t) => {
    // The page hears nothing of the rival: its list is old and live is cut.
    await page.context().route('**/socket.io/**', (route) => route.abort())
    await page.addInitScript('window.WebSocket = class { constructor() { throw new Error("blocked") } }')
    await page.reload()
    await slot(page, second).waitFor()
    await page.locator('[data-link="away"]').waitFor()
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
    const sign = await page.locator('[data-link="away"]').boundingBox()
    t.ok(sign !== null && sign.y >= 0 && sign.y < 100, 'that it is cut is said wherever one has scrolled to')
    const taken = await server.call('POST', '/v1/reservations', {
      token: rival.token,
      body: { slotId: second },
    })
    t.equal(taken.status, 201)
    await slot(page, second).click()
    await page.locator('[data-notice="refused"][data-code="slot_held"]').waitFor()
    await page.locator('[data-near]').first().waitFor()
    t.match(await page.locator('[data-notice]').textContent(), /Someone was just faster/)
    t.equal(await page.locator('[data-near]').count(), 3)
    await shows(page, second, 'held')
    await page.locator(`[data-near="${third}"]`).click()
    await shows(page, third, 'mine')
    await page.getByRole('button', { name: 'Give it back' }).click()
    await shows(page, third, 'open')
    t.ok(complaints.length > 0, 'control: the cut sockets were complained about')
  })

  await t.test('a rival who comes while the form is filled in is seen there at once', async (t) => {
    const seat = await sit(browser)
    await seat.page.goto(link)
    await isLive(seat.page)
    await slot(seat.page, fourth).click()
    await seat.page.getByText('is free. As soon as').waitFor()
    await server.call('POST', '/v1/reservations', { token: rival.token, body: { slotId: fourth } })
    await seat.page.getByText('was taken by someone').waitFor()
    await signUp(seat.page, { name: 'Late', email: `late-${process.pid}@example.com` })
    await seat.page.locator('[data-near]').first().waitFor()
    t.equal(await seat.page.locator('[data-near]').count(), 3)
    await seat.page.context().close()
  })
})

t.test('a hold runs out while its client looks', async (t) => {
  const server = await startOne(t, { settings: { HOLD_SECONDS: '6' } })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [id = ''] = await publish(server, provider, 4)
  const browser = await launch(t)
  // A browser whose clock is an hour off, and stands still.
  const { page, complaints } = await sit(browser)
  await page.clock.setFixedTime(Date.now() + 3_600_000)
  await enter(page, server.url, client.email)
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  await slot(page, id).click()
  await shows(page, id, 'mine')
  t.match(
    await page.locator('.hold .countdown').textContent(),
    /^0:0[1-6]$/,
    'the countdown is by the server’s clock',
  )
  await page.locator('.hold .countdown[data-warn="1"]').waitFor()
  await page.locator('[data-notice="ended"][data-code="expired"]').waitFor()
  await page.locator('[data-say="assertive"]', { hasText: 'has run out' }).waitFor({ state: 'attached' })
  await shows(page, id, 'open')
  await page.getByRole('button', { name: 'Hold it again' }).click()
  await shows(page, id, 'mine')
  t.same(complaints, [])
})

t.test('a keyboard alone books a time', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [id = ''] = await publish(server, provider, 4)
  const browser = await launch(t)
  const { page } = await sit(browser)
  const until = async (found: () => Promise<boolean>) => {
    for (let presses = 0; presses < 120; presses++) {
      if (await found()) return presses
      await page.keyboard.press('Tab')
    }
    throw new Error('120 times Tab led nowhere')
  }
  const focused = (what: string) => async () =>
    (await page.evaluate(`document.activeElement?.matches('${what}')`)) === true

  await page.goto(`${server.url}/book/${provider.id}`)
  await slot(page, id).waitFor()
  await until(focused(`[data-slot-id="${id}"]`))
  await page.keyboard.press('Enter')
  await page.locator('dialog[open]').waitFor()
  await until(focused('dialog .switch button:nth-child(2)'))
  await page.keyboard.press('Space')
  await until(focused('dialog input[type=email]'))
  await page.keyboard.type(client.email)
  await until(focused('dialog input[type=password]'))
  await page.keyboard.type('a long enough password')
  await page.keyboard.press('Enter')
  await shows(page, id, 'mine')
  await until(focused('.hold .button.main'))
  await page.keyboard.press('Enter')
  await shows(page, id, 'confirmed')
  const me = await server.call<{ items: { status: string }[] }>('GET', '/v1/reservations', {
    token: client.token,
  })
  t.equal(me.body.items[0]?.status, 'confirmed')
})
