import t from 'tap'
import { axe, isLive, launch, shows, signIn, sit, slot } from '../../helper/browser.js'
import { bookFor, read } from '../../helper/clinic.js'
import { register, startOne } from '../../helper/servers.js'

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]

t.test('bookings outside of the hours are listed live, with move and cancel beside them', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Vera Vogt' })
  const { token } = provider
  const path = `/v1/providers/${provider.id}/schedule`
  let rev = 0
  const work = async (from: string, to: string) => {
    const answer = await server.call<{ rev: number }>('PUT', path, {
      token,
      headers: { 'if-match': `"${rev}"` },
      body: { weekly: WEEKDAYS.map((weekday) => ({ weekday, from, to })) },
    })
    t.equal(answer.status, 200)
    rev = answer.body.rev
  }
  await work('09:00', '12:00')
  const day = new Date(server.app.clock.now() + 3 * 86_400_000).toISOString().slice(0, 10)
  const { body } = await server.call<{ items: { id: string }[] }>(
    'GET',
    `/v1/providers/${provider.id}/availability?day=${day}&limit=200`,
    { token },
  )
  const [nine = '', quarter = '', half = ''] = body.items.map(({ id }) => id)
  const eleven = body.items[8]?.id ?? ''
  const book = (slotId: string, name: string) =>
    bookFor(server, provider, { slotId, person: { name }, status: 'confirmed' })
  const hedy = (await book(nine, 'Hedy Lamarr')).body.id
  const emil = (await book(quarter, 'Emil Zander')).body.id
  await book(eleven, 'Li Na')

  const { page, complaints } = await sit(await launch(t))
  await page.goto(`${server.url}/provider?day=${day}`)
  await signIn(page, provider.email)
  await isLive(page)
  await shows(page, half, 'open')
  t.equal(await page.locator('.outside').count(), 0, 'control: all of them lie inside')

  await work('10:00', '12:00')
  await page.getByText('2 bookings lie outside your hours').click()
  t.same(await axe(page), [])
  await page.locator(`[data-outside="${hedy}"]`).getByRole('button', { name: 'Move …' }).click()
  await page.locator('.move-ghost').waitFor()
  const ten = body.items[4]?.id ?? ''
  await slot(page, ten).click()
  await page.getByRole('button', { name: 'Move here' }).click()
  await shows(page, ten, 'confirmed')
  await page.getByText('1 booking lies outside your hours').click()
  await page.locator(`[data-outside="${emil}"]`).getByRole('button', { name: 'Cancel …' }).click()
  // Nobody could read a message to him.
  await page.locator('.chosen .danger:focus').waitFor()
  await page.getByRole('button', { name: 'Cancel this booking', exact: true }).click()
  await page.locator('.outside').waitFor({ state: 'detached' })
  t.equal((await read(server, provider, emil)).body.status, 'cancelled')
  t.equal((await read(server, provider, hedy)).body.slotId, ten)
  t.same(complaints, [])
})
