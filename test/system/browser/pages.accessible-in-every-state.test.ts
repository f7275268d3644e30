import t from 'tap'
import { axe, isLive, launch, openByHand, shows, signIn, sit, slot } from '../../helper/browser.js'
import { lookAt, small, WIDTHS } from '../../helper/look.js'
import { publish, register, startOne } from '../../helper/servers.js'

t.test('every page, in its states, is accessible and fits', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Grace Okafor' })
  await register(server, 'provider', { name: 'Physio am Fluss' })
  const client = await register(server, 'client', { name: 'Ada Byron' })
  const rival = await register(server, 'client', { name: 'Emil Zander' })
  const ids = await publish(server, provider, 32)
  await publish(server, provider, 4, 1)
  const day = /(\d{4})(\d\d)(\d\d)T/
    .exec(ids[0] ?? '')
    ?.slice(1)
    .join('-')
  const [one = '', two = '', three = '', four = '', five = '', six = '', seven = ''] = ids.slice(12)
  const hold = async (who: typeof client, slotId: string) =>
    (await server.call<{ id: string }>('POST', '/v1/reservations', { token: who.token, body: { slotId } }))
      .body.id
  await hold(rival, one)
  const booked = await hold(rival, two)
  await server.call('POST', `/v1/reservations/${booked}/confirm`, { token: rival.token })
  const browser = await launch(t)

  await t.test('in every state', async (t) => {
    const seat = await sit(browser, { timezoneId: 'America/New_York' })
    const { page } = seat
    const look = lookAt(t, page)

    await page.goto(server.url)
    await page.getByText('Physio am Fluss').waitFor()
    await look('find')
    await page.getByLabel('Name of the provider').fill('nobody of this name')
    await page.getByText('No provider of that name').waitFor()
    await look('find-nobody')
    await page.goto(`${server.url}/book/unknown`)
    await page.getByText('There is no such calendar').waitFor()
    await look('book-unknown')
    seat.complaints = seat.complaints.filter((text) => !text.includes('404')) // Asked for what is not there.
    await page.goto(`${server.url}/my`)
    await look('my-signed-out')
    await page.goto(`${server.url}/provider`)
    await look('provider-signed-out')

    await page.goto(`${server.url}/book/${provider.id}?day=2027-06-01&zone=Europe/Berlin`)
    await page.getByText('No times on this day').waitFor()
    await look('book-empty-day')
    await page.goto(`${server.url}/book/${provider.id}?day=${day}&zone=Asia/Tokyo`)
    await isLive(page)
    await shows(page, one, 'held')
    await look('book')
    await slot(page, three).click()
    await look('book-sign-in')
    await signIn(page, 'nobody@example.com')
    await page.locator('dialog [data-code="unauthenticated"]').waitFor()
    await look('book-sign-in-refused')
    seat.complaints = seat.complaints.filter((text) => !text.includes('401'))
    await page.getByLabel('E-mail').fill(client.email)
    await page.locator('dialog form button[type=submit]').click()
    await shows(page, three, 'mine')
    await page.locator('.hold').waitFor()
    await look('book-mine')
    await page.setViewportSize({ width: 360, height: 740 })
    await slot(page, five).click()
    await page.locator('.folded').waitFor()
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
    const edges = await page.evaluate<[number, number]>(
      `[[...document.querySelectorAll('.slot')].at(-1), document.querySelector('.panel')]
          .map((one) => one.getBoundingClientRect()).map((box, index) => (index === 0 ? box.bottom : box.top))`,
    )
    t.ok(edges[0] <= edges[1], `the last time, down to ${edges[0]}, is not behind the sheet from ${edges[1]}`)
    await look('book-mine-two')
    await page.locator('.hold').nth(1).getByRole('button', { name: 'Give it back' }).click()
    await shows(page, five, 'open')
    await page.getByRole('button', { name: 'Confirm booking' }).click()
    await page.locator('[data-fresh]').waitFor()
    await look('book-booked')
    await slot(page, four).click()
    await shows(page, four, 'mine')
    await page.goto(`${server.url}/my`)
    await page.locator('[data-status="confirmed"]').waitFor()
    await look('my')

    const mine = await server.call<{ items: { id: string }[] }>(
      'GET',
      '/v1/reservations?status=held,confirmed',
      {
        token: client.token,
      },
    )
    for (const { id } of mine.body.items)
      await server.call('DELETE', `/v1/reservations/${id}`, { token: client.token })
    await page.getByText('Past and ended').waitFor()
    await look('my-past')

    const desk = await sit(browser)
    const lookDesk = lookAt(t, desk.page)
    await desk.page.goto(`${server.url}/provider?day=${day}`)
    await signIn(desk.page, provider.email)
    await shows(desk.page, one, 'held')
    await isLive(desk.page)
    await lookDesk('desk')
    await slot(desk.page, one).click()
    await desk.page.locator('.chosen').waitFor()
    await lookDesk('desk-chosen')
    await desk.page.locator('.chosen [aria-label="Close"]').click()
    // Published above is the night and morning of a day that may be this Sunday.
    const span = { from: '18:00', to: '19:00' }
    await openByHand(desk.page)
    await desk.page.getByLabel('Block 1 from').fill(span.from)
    await desk.page.getByLabel('Block 1 to').fill(span.to)
    await desk.page.locator('.chip input').nth(6).check({ force: true })
    await desk.page.getByText('Opens 4 times on 1 day').waitFor()
    await lookDesk('desk-plan')
    for (const size of WIDTHS) {
      await desk.page.setViewportSize(size)
      const box = await desk.page.getByLabel('Block 1 to').boundingBox()
      t.ok(box !== null && box.width >= 132, `a time with AM or PM fits ${box?.width} px at ${size.width}`)
    }
    for (const { complaints, strangers } of [seat, desk]) t.same([complaints, strangers], [[], []])
  })

  await t.test('control: axe finds what is planted', async (t) => {
    const { page } = await sit(browser)
    await page.goto(server.url)
    await page.getByText('Physio am Fluss').waitFor()
    await page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    t.match((await axe(page)).join(), /button-name/)
    t.match((await small(page)).join(), /^BUTTON/, 'and so is what is too small for a finger')
  })

  await t.test('who asked for stillness gets no movement', async (t) => {
    const { page } = await sit(browser, { reducedMotion: 'reduce' })
    await page.goto(`${server.url}/book/${provider.id}?day=${day}`)
    await slot(page, five).waitFor()
    const duration = () =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector('[data-slot-id="${five}"]')).transitionDuration`,
      )
    t.match(await duration(), /^0(ms|s)(, 0(ms|s))*$/)
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    t.match(await duration(), /0\.32s/, 'control: others do')
  })

  await t.test('what changes is said, but at most once in five seconds', async (t) => {
    const { page } = await sit(browser, { timezoneId: 'UTC' })
    await page.goto(`${server.url}/book/${provider.id}?day=${day}&zone=UTC`)
    await isLive(page)
    await page.evaluate(
      `window.said = []; new MutationObserver(() => said.push([performance.now(), document.querySelector('[data-say=polite]').textContent]))
        .observe(document.querySelector('[data-say=polite]'), { childList: true, characterData: true, subtree: true })`,
    )
    for (let round = 0; round < 3; round++) {
      const id = await hold(rival, six)
      await server.call('DELETE', `/v1/reservations/${id}`, { token: rival.token })
    }
    const saidAtLeast = (count: number) =>
      page.evaluate<[number, string][]>(
        `new Promise((done) => { const look = () => (said.length >= ${count} ? done(said) : requestAnimationFrame(look)); look() })`,
      )
    // A slow page may hear all six at once and say one sentence, so the seventh comes after the first sentence.
    await saidAtLeast(1)
    await hold(rival, seven)
    const said = await saidAtLeast(2)
    t.ok(said.length <= 3, 'seven changes, not seven sentences')
    const [first, second] = said
    t.ok((second?.[0] ?? 0) - (first?.[0] ?? 0) >= 4900, 'five seconds apart')
    t.match(second?.[1], /is (held by someone|free again)\./)
  })
})

t.test('nothing foreign runs, and names are text', async (t) => {
  const server = await startOne(t)
  const name = '<img src=x onerror="window.bad=1"><b>Bold</b>'
  const provider = await register(server, 'provider', { name })
  const [id = ''] = await publish(server, provider, 2)
  const { page, complaints } = await sit(await launch(t))
  await page.goto(`${server.url}/book/${provider.id}`)
  await slot(page, id).waitFor()
  t.equal(await page.locator('h1').textContent(), name)
  t.equal(await page.locator('h1 b').count(), 0)
  t.same(complaints, [])
  await page.evaluate(
    "const script = document.createElement('script'); script.textContent = 'window.bad = 2'; document.body.append(script)",
  )
  await page.evaluate(
    'document.body.insertAdjacentHTML(\'beforeend\', \'<p style="color: red" onclick="window.bad=3">x</p>\')',
  )
  await page.locator('body > p').click()
  t.equal(await page.evaluate('window.bad'), undefined, 'the planted scripts did not run')
  t.ok(
    complaints.some((text) => text.includes('Content Security Policy')),
    'control: the policy said so',
  )
})

t.test('a day on which clocks change shows each time once, and says so', async (t) => {
  const server = await startOne(t, { settings: { NOTICE_SECONDS: '0' } })
  const zone = 'Europe/Berlin'
  const year = new Date(server.app.clock.now()).getUTCFullYear() + 1
  const autumn = lastSunday(year, 10)
  const provider = await register(server, 'provider', { timeZone: zone })
  const start = Date.parse(`${autumn}T00:00:00Z`)
  await server.call('POST', `/v1/providers/${provider.id}/availability`, {
    token: provider.token,
    // 02:00 comes twice that night: 02:00 to 02:00 and on to 03:00 are two hours.
    body: {
      blocks: [{ start: new Date(start).toISOString(), end: new Date(start + 2 * 3_600_000).toISOString() }],
    },
  })
  const { page } = await sit(await launch(t))
  await page.goto(`${server.url}/book/${provider.id}?day=${autumn}&zone=${zone}`)
  await page.locator('[data-slot-id]').nth(7).waitFor()
  t.equal(await page.locator('[data-slot-id]').count(), 8)
  t.equal(await page.locator('.hour').count(), 2, 'the hour stands there twice')
  const labels = await page.evaluate<string[]>(
    "[...document.querySelectorAll('[data-slot-id]')].map((one) => one.textContent)",
  )
  t.equal(new Set(labels).size, 8, 'no two are called the same')
  t.match(labels[0], /^02:00 GMT\+2/)
  t.match(labels[4], /^02:00 GMT\+1/)
  t.match(await page.locator('.times .note').textContent(), /Clocks go back by 1 hour/)
})

function lastSunday(year: number, month: number): string {
  const last = new Date(Date.UTC(year, month, 0))
  last.setUTCDate(last.getUTCDate() - last.getUTCDay())
  return last.toISOString().slice(0, 10)
}
