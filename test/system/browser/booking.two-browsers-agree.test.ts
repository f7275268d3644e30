import t from 'tap'
import { enter, isLive, launch, shows, signIn, sit, slot } from '../../helper/browser.js'
import { publish, register, startServers } from '../../helper/servers.js'

t.test('two browsers, on two servers, look at one calendar', async (t) => {
  const [a, b] = await startServers(t)
  if (!a || !b) throw new Error('two servers')
  const provider = await register(a, 'provider', { name: 'Grace Provider' })
  const client = await register(a, 'client', { name: 'Ada Withaname' })
  const [first = '', second = '', third = ''] = await publish(a, provider, 8)
  const browser = await launch(t)

  const here = await sit(browser)
  const there = await sit(browser, { viewport: { width: 360, height: 740 }, timezoneId: 'America/New_York' })
  const desk = await sit(browser)
  await enter(here.page, a.url, client.email)
  await here.page.goto(`${a.url}/book/${provider.id}`)
  await there.page.goto(`${b.url}/book/${provider.id}`)
  await desk.page.goto(`${b.url}/provider`)
  await signIn(desk.page, provider.email)
  for (const { page } of [here, there, desk]) await isLive(page)
  await desk.page.goto(`${b.url}/provider?day=${dayOf(first)}`)
  await shows(desk.page, first, 'open')
  await isLive(desk.page)
  await shows(there.page, first, 'open')
  there.loads = 0

  await t.test('a hold here is seen there within a second, without reload', async (t) => {
    await slot(here.page, first).click()
    await shows(here.page, first, 'mine')
    const heldAt = performance.now()
    await shows(there.page, first, 'held')
    t.ok(performance.now() - heldAt < 1000, `after ${Math.round(performance.now() - heldAt)} ms`)
    t.equal(there.loads, 0)
    t.equal(
      await there.page.locator(`button[data-slot-id="${first}"]:not([aria-disabled])`).count(),
      0,
      'nothing to press',
    )
  })

  await t.test('the provider sees who holds it, and then who booked it', async (t) => {
    await shows(desk.page, first, 'held')
    t.match(await slot(desk.page, first).textContent(), /Ada Withaname/)
    await here.page.getByRole('button', { name: 'Confirm booking' }).click()
    await shows(here.page, first, 'confirmed')
    await shows(there.page, first, 'confirmed')
    await shows(desk.page, first, 'confirmed')
    t.match(await slot(desk.page, first).textContent(), /Ada Withaname/)
    await desk.page.locator('.stream', { hasText: 'Ada Withaname booked' }).waitFor()
    await desk.page.locator('[data-number="confirmed"]', { hasText: /^1$/ }).waitFor()
  })

  await t.test('two tabs of one client agree', async (t) => {
    const tab = await here.page.context().newPage()
    await tab.goto(`${a.url}/my`)
    await slot(here.page, second).click()
    await shows(here.page, second, 'mine')
    await tab.locator('[data-status="held"]').waitFor()
    await tab.getByRole('button', { name: 'Give it back' }).click()
    await shows(here.page, second, 'open')
    await shows(there.page, second, 'open')
    await here.page.locator('.hold').waitFor({ state: 'detached' })
    await tab.close()
    t.pass('all say so')
  })

  await t.test('a withdrawn time stays in its place and says so; what is published appears', async (t) => {
    await slot(desk.page, third).click()
    await desk.page.getByRole('button', { name: 'Withdraw this time' }).click()
    await shows(there.page, third, 'withdrawn')
    await desk.page.getByRole('button', { name: 'Offer it again' }).click()
    await shows(there.page, third, 'open')
    t.pass('both were seen')
  })

  await t.test('the provider cancels, and the client is told', async (t) => {
    await slot(desk.page, first).click()
    await desk.page.getByRole('button', { name: 'Cancel this booking …' }).click()
    await desk.page.getByRole('button', { name: 'Cancel this booking', exact: true }).click()
    // The words, not the notice alone: one about the hold given back in the other tab may still stand there.
    const said = here.page.locator('[data-say="assertive"]', { hasText: 'was cancelled' })
    await said.waitFor({ state: 'attached' })
    t.equal(await here.page.locator('[data-notice="ended"]').count(), 1)
    await shows(there.page, first, 'open')
  })

  await t.test('the provider ends a hold and withdraws its time: true words, nothing to press', async (t) => {
    await slot(here.page, second).click()
    await shows(here.page, second, 'mine')
    await shows(desk.page, second, 'held')
    const left = desk.page.locator(`[data-slot-id="${second}"] .cell-left`)
    t.match(await left.textContent(), /^(30|29)′/, 'never more than there is')
    t.match(await slot(desk.page, second).getAttribute('title'), /^\d\d:\d\d, held by Ada Withaname$/)
    await slot(desk.page, second).click()
    await desk.page.getByRole('button', { name: 'End this hold …' }).click()
    await desk.page.getByRole('button', { name: '… and withdraw the time' }).click()
    await shows(here.page, second, 'withdrawn')
    const notice = here.page.locator('[data-notice="ended"][data-code="released"]')
    await notice.getByText('no longer offered').waitFor()
    t.match(await notice.textContent(), /ended by the provider or in another window/)
    t.equal(await here.page.getByRole('button', { name: 'Hold it again' }).count(), 0)
  })

  await t.test(
    'nobody but the provider ever got the name; nothing complained or went elsewhere',
    async (t) => {
      const named = (bodies: string[]) => bodies.filter((body) => body.includes('Ada Withaname')).length
      t.equal(named(there.received), 0)
      t.ok(named(desk.received) > 0, 'control: the provider got it, and this would have seen it')
      t.ok(
        there.received.some((body) => body.includes('slot-held')),
        'control: frames were read',
      )
      for (const { complaints, strangers } of [here, there, desk]) t.same([complaints, strangers], [[], []])
    },
  )
})

function dayOf(slotId: string): string {
  const [, year, month, day] = /\.(\d{4})(\d\d)(\d\d)T/.exec(slotId) ?? []
  return `${year}-${month}-${day}`
}
