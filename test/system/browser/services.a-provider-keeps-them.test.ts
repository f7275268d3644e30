import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { ProviderPolicies } from '../../../src/schemas/policies.js'
import type { Service } from '../../../src/schemas/services.js'
import { launch, type Seat, signIn, signUp, sit } from '../../helper/browser.js'
import { booked, clinic, offer } from '../../helper/clinic.js'
import { startJob } from '../../helper/job.js'
import { lookAt } from '../../helper/look.js'
import { register, type SignedIn, startOne, type TestServer } from '../../helper/servers.js'

const itemOf = (page: Page, name: string) => page.locator('.service', { hasText: name })

async function listed(server: TestServer, { id, token }: SignedIn): Promise<Service[]> {
  return (await server.call<{ items: Service[] }>('GET', `/v1/providers/${id}/services`, { token })).body
    .items
}

/** Somebody else, or another tab, changes it meanwhile. */
async function changeElsewhere(server: TestServer, { id, token }: SignedIn, service: Service, body: object) {
  const answer = await server.call('PATCH', `/v1/providers/${id}/services/${service.id}`, {
    token,
    body,
    headers: { 'if-match': `"${service.rev}"` },
  })
  t.equal(answer.status, 200)
}

async function open(t: Test, server: TestServer, { email }: SignedIn): Promise<Seat> {
  const seat = await sit(await launch(t))
  await seat.page.goto(`${server.url}/provider/services`)
  await signIn(seat.page, email)
  await seat.page.getByRole('heading', { name: 'For all services' }).waitFor()
  return seat
}

const hasFocus = (page: Page, name: string) => page.locator(`[aria-label="${name}"]:focus`).waitFor()

t.test('a new provider offers the first service with six presses', async (t) => {
  const server = await startOne(t)
  const { page, complaints } = await sit(await launch(t))
  const job = await startJob(page)
  await page.goto(`${server.url}/provider/services`)
  await signUp(page, { name: 'Dr. Hedy Lamarr', email: 'hedy@example.com' })
  await page.getByRole('heading', { name: 'Your first service' }).waitFor()
  await page.getByLabel('Name', { exact: true }).fill('First visit')
  await page.getByLabel('Length').selectOption('45 minutes')
  await page.getByLabel('Price').fill('80 €')
  await page.getByRole('button', { name: 'Add service' }).click()
  await itemOf(page, 'First visit').getByText('45 minutes · 80 €').waitFor()
  const { presses, fields } = job()
  t.ok(presses <= 6, `${presses} presses`)
  t.equal(fields, 6, 'three of them for the account')
  await hasFocus(page, 'Change First visit')
  await page.getByRole('link', { name: 'See what clients see' }).click()
  await page.getByText('45 minutes · 80 €').first().waitFor()
  t.same(complaints, [])
})

t.test('a service is changed, switched off and on, and deleted by keyboard alone', async (t) => {
  const world = await clinic(t)
  const { server, provider, client, slots } = world
  const visit = await world.offer({
    bufferAfterMinutes: 15,
    description: 'With an interview',
    priceText: '80 €',
  })
  const booking = await booked(server, client, slots[0], visit.id)
  const { page, complaints } = await open(t, server, provider)
  const { keyboard } = page
  await page.getByRole('button', { name: 'Change First visit' }).focus()
  await keyboard.press('Enter')
  await page.getByLabel('Name', { exact: true }).waitFor()
  await keyboard.press('ControlOrMeta+a')
  await keyboard.type('Long visit')
  await keyboard.press('Tab')
  await keyboard.type('1 hour 30')
  await keyboard.press('Tab')
  await keyboard.press('Delete')
  // Over the description, and "more" with its starts and buffers, to the notice.
  for (let stop = 0; stop < 6; stop++) await keyboard.press('Tab')
  await keyboard.type('until (h')
  await keyboard.press('Tab')
  await keyboard.press('ControlOrMeta+a')
  await keyboard.type('2')
  await keyboard.press('Enter')
  await itemOf(page, 'Long visit').waitFor()
  await hasFocus(page, 'Change Long visit')
  const [changed] = await listed(server, provider)
  const { priceText: _, ...rest } = visit
  t.same(changed, { ...rest, name: 'Long visit', durationMinutes: 90, noticeSeconds: 7_200, rev: 2 })

  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await itemOf(page, 'Long visit').getByText('Not offered').waitFor()
  await hasFocus(page, 'Switch on Long visit')
  t.equal((await listed(server, provider))[0]?.active, false)
  await keyboard.press('Enter')
  await page.locator('.service[data-active="true"]').waitFor()
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await page.getByText('Bookings that were made stay').waitFor()
  await keyboard.press('Tab')
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await page.getByText('Bookings that were made stay').waitFor({ state: 'detached' })
  await hasFocus(page, 'Delete Long visit')
  await keyboard.press('Enter')
  await page.getByText('Bookings that were made stay').waitFor()
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Your first service' }).waitFor()
  t.same(await listed(server, provider), [])
  const kept = await server.call<{ status: string; serviceName: string }>(
    'GET',
    `/v1/reservations/${booking.id}`,
    { token: provider.token },
  )
  t.match(kept.body, { status: 'confirmed', serviceName: 'First visit' }, 'the booking stays')
  t.same(complaints, [])
})

t.test('who was slower sees what somebody else saved, and loses nothing', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const visit = await offer(server, provider)
  const { page } = await open(t, server, provider)
  await page.getByRole('button', { name: 'Change First visit' }).click()
  await page.getByLabel('Price').fill('85 €')
  await changeElsewhere(server, provider, visit, { durationMinutes: 60, priceText: '90 €' })
  await page.getByRole('button', { name: 'Save', exact: true }).first().click()
  const note = page.locator('[data-code="precondition_failed"]')
  await note.waitFor()
  t.same(await note.locator('li').allTextContents(), ['Price: 90 €', 'Length: 1 hour'])
  t.match(
    (await listed(server, provider))[0],
    { priceText: '90 €', rev: 2 },
    'control: nothing is overwritten',
  )
  t.equal(await page.getByLabel('Length').inputValue(), '60')
  t.equal(await page.getByLabel('Price').inputValue(), '85 €')
  await page.getByRole('button', { name: 'Save', exact: true }).first().click()
  await itemOf(page, 'First visit').getByText('1 hour · 85 €').waitFor()
  t.match((await listed(server, provider))[0], { durationMinutes: 60, priceText: '85 €', rev: 3 })

  await page.getByRole('button', { name: 'Change First visit' }).click()
  await page.getByLabel('Price').fill('1 €')
  await changeElsewhere(server, provider, { ...visit, rev: 3 }, { name: 'Visit' })
  await page.getByRole('button', { name: 'Save', exact: true }).first().click()
  await page.getByRole('button', { name: 'Drop my changes' }).click()
  t.equal(await page.getByLabel('Price').inputValue(), '85 €')
  t.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Visit')
  t.equal(
    (
      await server.call('DELETE', `/v1/providers/${provider.id}/services/${visit.id}`, {
        token: provider.token,
      })
    ).status,
    204,
  )
  await page.getByLabel('Price').fill('2 €')
  await page.getByRole('button', { name: 'Save', exact: true }).first().click()
  await page.getByText('Visit was deleted somewhere else.').waitFor()
  await page.getByRole('heading', { name: 'Your first service' }).waitFor()
})

t.test('what holds for all services is kept in hours and days', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const { page, complaints } = await open(t, server, provider)
  const path = `/v1/providers/${provider.id}/policies`
  const form = page.locator('form', { hasText: 'For all services' })
  await form.getByLabel('Times can be booked', { exact: true }).selectOption('until (days before):')
  await form.getByLabel('Times can be booked: how many').fill('2')
  await form.getByLabel('How far ahead', { exact: true }).selectOption('weeks ahead:')
  await form.getByLabel('How far ahead: how many').fill('')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.locator('.fault').waitFor()
  await hasFocus(page, 'How far ahead: how many')
  await form.getByLabel('How far ahead: how many').fill('8')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Saved.').waitFor()
  const read = async () => (await server.call<ProviderPolicies>('GET', path)).body
  const before = await read()
  t.match(before, { noticeSeconds: 172_800, maxAheadDays: 56, rev: 1 })

  await server.call('PATCH', path, {
    token: provider.token,
    body: { maxUpcomingBookings: 3 },
    headers: { 'if-match': '"1"' },
  })
  await form.getByLabel('Times can be booked: how many').fill('3')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Bookings ahead of one client: at most 3').waitFor()
  t.equal((await read()).rev, 2, 'control: nothing is overwritten')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Saved.').waitFor()
  t.match(await read(), { noticeSeconds: 259_200, maxAheadDays: 56, maxUpcomingBookings: 3, rev: 3 })
  t.same(
    complaints.filter((text) => !text.includes('412')),
    [],
  )
})

t.test('every state is accessible and fits', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Grace Okafor' })
  const seat = await sit(await launch(t))
  const { page } = seat
  const look = lookAt(t, page)
  await page.goto(`${server.url}/provider/services`)
  await signIn(page, provider.email)
  await page.getByRole('heading', { name: 'Your first service' }).waitFor()
  await look('services-none')
  await page.getByRole('button', { name: 'Add service' }).click()
  await page.locator('.fault').waitFor()
  t.equal(await page.locator('.fault').textContent(), 'Give it a name that clients understand.')
  await look('services-fault')
  const visit = await offer(server, provider, {
    description: 'Please bring your insurance card.',
    priceText: '80 €, insured 20 €',
    cancelCutoffSeconds: 86_400,
  })
  await offer(server, provider, {
    name: 'Donaudampfschifffahrtsgesellschaftsbetriebsuntersuchung',
    active: false,
    noticeSeconds: 3_600,
  })
  await page.reload()
  await page.locator('.service').nth(1).waitFor()
  await look('services-list')
  await page.getByRole('button', { name: 'Delete First visit' }).click()
  await look('services-delete')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('button', { name: 'Change First visit' }).click()
  await look('services-change')
  await page.getByLabel('Price').fill('1 €')
  await changeElsewhere(server, provider, visit, { durationMinutes: 60 })
  await page.getByRole('button', { name: 'Save', exact: true }).first().click()
  await page.locator('[data-code="precondition_failed"]').waitFor()
  await look('services-changed-elsewhere')
  t.same(
    seat.complaints.filter((text) => !text.includes('412')),
    [],
  )
})
