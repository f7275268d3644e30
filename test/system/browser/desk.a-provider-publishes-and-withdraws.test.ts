import t from 'tap'
import { isLive, launch, openByHand, shows, signIn, signUp, sit, slot } from '../../helper/browser.js'
import { register, startOne } from '../../helper/servers.js'

t.test('a provider signs up, publishes, and withdraws', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client', { name: 'Ada Byron' })
  const browser = await launch(t)
  const { page, complaints, strangers } = await sit(browser)
  const monday = mondayAfter(server.app.clock.now(), 2)
  const dayAt = (index: number) =>
    new Date(Date.parse(`${monday}T00:00:00Z`) + index * 86_400_000).toISOString().slice(0, 10)
  const state = (name: string) => page.locator(`.cell[data-state="${name}"]`)
  const counted = async () => {
    const answer = await server.call<{ items: { id: string; state: string }[] }>(
      'GET',
      `/v1/slots?providerId=${providerId}&from=${monday}T00:00:00Z&limit=200`,
    )
    return answer.body.items.map(({ id }) => id)
  }
  let providerId = ''

  await t.test('signs up as a provider and sees an empty week', async (t) => {
    await page.goto(`${server.url}/provider?day=${monday}`)
    await signUp(page, { name: 'Dr. Grace Okafor', email: `grace-${process.pid}@example.com` })
    await page.getByRole('heading', { name: 'Dr. Grace Okafor' }).waitFor()
    await isLive(page)
    const found = await server.call<{ items: { id: string }[] }>('GET', '/v1/providers?name=Okafor')
    providerId = found.body.items[0]?.id ?? ''
    t.equal(await page.locator('.cell').count(), 0)
    t.equal(new URL(page.url()).searchParams.get('day'), monday)
  })

  await t.test('publishes two blocks on two days for two weeks, with a preview', async (t) => {
    await openByHand(page)
    for (const index of [0, 2]) await page.locator('.chip input').nth(index).check({ force: true })
    await page.getByLabel('Block 1 from').fill('08:00')
    await page.getByLabel('Block 1 to').fill('09:00')
    await page.getByRole('button', { name: 'Another block' }).click()
    await page.getByLabel('Block 2 to').fill('14:00')
    await page.getByLabel('For how many weeks').fill('2')
    await page.getByText('Opens 32 times on 4 days.').waitFor()
    await page.locator('.plan button[type=submit]').click()
    await page.locator('.note').getByText('32 times opened').waitFor()
    await page.waitForSelector('.cell >> nth=15')
    t.equal(await state('open').count(), 16, 'of this week')
    t.equal((await counted()).length, 32)
  })

  await t.test('the same again opens none, and the preview knew', async (t) => {
    await page.locator('.chip input').nth(0).check({ force: true })
    await page.getByText('Opens 0 times on 2 days; 16 exist already.').waitFor()
    await page.locator('.chip input').nth(0).uncheck({ force: true })
    t.pass('said')
  })

  await t.test('a drag over the week marks time, and publishes it', async (t) => {
    const column = await page.locator(`.col[data-day="${dayAt(4)}"]`).boundingBox()
    if (!column) throw new Error('no column')
    // The grid begins at 08:00 and a quarter is 28 px high: from 10:00 to 11:30.
    await page.mouse.move(column.x + 20, column.y + 8 * 28 + 5)
    await page.mouse.down()
    await page.mouse.move(column.x + 40, column.y + 14 * 28 - 5, { steps: 6 })
    await page.mouse.up()
    await page.getByText('Opens 6 times on 1 day.').waitFor()
    t.equal(await page.getByLabel('Block 1 from').inputValue(), '10:00')
    t.equal(await page.getByLabel('Block 1 to').inputValue(), '11:30')
    await page.locator('.plan button[type=submit]').click()
    await page.locator('.note').getByText('6 times opened').waitFor()
    await page.waitForSelector('.cell >> nth=21')
    t.equal(await state('open').count(), 22)
  })

  await t.test('withdraws a span; what is held stays and is named; undo opens the rest again', async (t) => {
    const [first = '', second = ''] = await counted()
    const held = await server.call('POST', '/v1/reservations', {
      token: client.token,
      body: { slotId: second },
    })
    t.equal(held.status, 201)
    await shows(page, second, 'held')
    await page.getByRole('button', { name: 'Withdraw', exact: true }).first().click()
    await page.locator('.chip input').nth(0).check({ force: true })
    await page.getByLabel('Block 1 from').fill('08:00')
    await page.getByLabel('Block 1 to').fill('09:00')
    await page.getByText('Withdraws 3 open times').waitFor()
    await page.locator('.plan button[type=submit]').click()
    await page.locator('[data-withdrawn="3"]').waitFor()
    t.match(await page.locator('.kept').textContent(), /08:15 held by Ada Byron/)
    await shows(page, first, 'withdrawn')
    await shows(page, second, 'held')
    await page.getByRole('button', { name: 'Undo' }).click()
    await shows(page, first, 'open')
  })

  await t.test('arrows walk over the week, and Enter tells about a time', async (t) => {
    const [first = '', second = ''] = await server
      .call<{ items: { id: string }[] }>(
        'GET',
        `/v1/slots?providerId=${providerId}&from=${monday}T00:00:00Z&state=open,held`,
      )
      .then(({ body }) => body.items.map(({ id }) => id))
    await slot(page, first).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('.chosen').waitFor()
    t.match(await page.locator('.chosen').textContent(), /Held by Ada Byron/)
    await page.keyboard.press('Escape')
    // Focus is back where it was.
    await page.locator(`[data-slot-id="${second}"]:focus`).waitFor()
    t.same([complaints, strangers], [[], []])
  })

  await t.test('another provider sees nothing of it', async (t) => {
    const other = await register(server, 'provider', { name: 'Other' })
    const seat = await sit(browser)
    await seat.page.goto(`${server.url}/provider?day=${monday}`)
    await signIn(seat.page, other.email)
    await isLive(seat.page)
    t.equal(await seat.page.locator('.cell').count(), 0)
    t.notOk(seat.received.some((body) => body.includes('Ada Byron')))
  })
})

function mondayAfter(now: number, weeks: number): string {
  const day = new Date(now + weeks * 7 * 86_400_000)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString().slice(0, 10)
}
