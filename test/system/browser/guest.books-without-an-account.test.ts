import type { Locator } from 'playwright-core'
import { type Test, test } from 'tap'
import { axe, isLive, launch, type Seat, shows, sit, slot } from '../../helper/browser.js'
import { clinic } from '../../helper/clinic.js'
import { lookAt, WIDTHS } from '../../helper/look.js'
import type { ReceivedMail } from '../../helper/mail-server.js'
import { mailed } from '../../helper/mailed.js'

const NARROW_AND_WIDE = WIDTHS.filter(({ width }) => width === 320 || width === 1280)
const LINK = /\/l\/[\w-]{43}/g

/** What a person does by hand. */
class Hand {
  presses = 0
  fields = 0

  async press(what: Locator): Promise<void> {
    await what.click()
    this.presses += 1
  }

  async fill(what: Locator, text: string): Promise<void> {
    await what.fill(text)
    this.fields += 1
  }
}

/** Paths, in the order of the mail. */
function linksIn(mail: ReceivedMail | undefined): string[] {
  return [...new Set([...(mail?.raw.replaceAll('=\r\n', '') ?? '').matchAll(LINK)].map(([link]) => link))]
}

async function looks(t: Test, { page, complaints }: Seat, name: string): Promise<void> {
  await lookAt(t, page, NARROW_AND_WIDE)(name)
  t.same(complaints, [], `${name}: nothing to complain of`)
}

test('a stranger books, sees it happen in the other tab, and cancels', async (t) => {
  const { server, provider, slots, mail, arrived } = await mailed(t)
  const [id = ''] = slots
  const browser = await launch(t)
  const booking = await sit(browser)
  const { page } = booking
  const hand = new Hand()
  await page.goto(`${server.url}/book/${provider.id}`)
  await isLive(page)
  await hand.press(slot(page, id))
  await hand.press(page.getByRole('button', { name: 'Book without an account' }))
  await looks(t, booking, 'guest-form')
  const email = `guest-${process.pid}@example.com`
  await hand.fill(page.getByLabel('Your name'), 'Noor Guest')
  await hand.fill(page.getByLabel('E-mail'), email)
  await hand.press(page.getByRole('button', { name: 'Hold it and send me the link' }))
  const card = page.locator('[data-reservation]')
  await card.getByText('Check your e-mail').waitFor()
  await card.getByText(email).waitFor()
  await shows(page, id, 'mine')
  await looks(t, booking, 'guest-held')

  const [asked] = await arrived(email, 1)
  const [confirm = ''] = linksIn(asked)
  const opened = await sit(browser)
  const link = opened.page
  await link.goto(server.url + confirm)
  await looks(t, opened, 'link-confirm')
  const scriptless = (await sit(browser, { javaScriptEnabled: false })).page
  await scriptless.goto(server.url + confirm)
  // The link of the mail itself.
  hand.presses += 1
  await hand.press(scriptless.getByRole('button', { name: 'Confirm the appointment' }))
  await scriptless.getByRole('heading', { name: 'Your appointment is confirmed' }).waitFor()
  await page.locator('[data-reservation][data-status="confirmed"]').waitFor()
  t.ok(hand.presses <= 6 && hand.fields === 2, `${hand.presses} presses, ${hand.fields} fields`)
  t.equal(booking.loads, 1, 'the booking page changed by itself')
  await looks(t, booking, 'guest-booked')

  const [, booked] = await arrived(email, 2)
  const cancel = linksIn(booked).at(-1) ?? ''
  await link.goto(server.url + cancel)
  await looks(t, opened, 'link-cancel')
  await link.getByRole('button', { name: 'Cancel the appointment' }).click()
  await link.getByRole('heading', { name: 'You have cancelled this appointment' }).waitFor()
  await looks(t, opened, 'link-cancelled')
  await page.locator('[data-reservation][data-status="cancelled"]').waitFor()
  await shows(page, id, 'open')
  t.same(await axe(page), [], 'accessible')
  t.same([...booking.strangers, ...opened.strangers], [], 'nobody else is asked')
  t.equal(mail.to(email).length >= 2, true)
})

test('a forgotten password is set anew', async (t) => {
  const { server, client, arrived } = await mailed(t)
  const browser = await launch(t)
  const seat = await sit(browser)
  const { page } = seat
  await page.goto(`${server.url}/account`)
  await page.getByLabel('E-mail').fill(client.email)
  await page.getByRole('button', { name: 'Forgotten?' }).click()
  await page.getByText('is on its way').waitFor()
  await looks(t, seat, 'forgotten-sent')

  const [mail] = await arrived(client.email, 1)
  const [path = ''] = linksIn(mail)
  const { page: link } = await sit(browser, { javaScriptEnabled: false })
  await page.goto(server.url + path)
  await looks(t, seat, 'link-password')
  await link.goto(server.url + path)
  await link.getByLabel('New password').fill('another long password')
  await link.getByRole('button', { name: 'Set the password' }).click()
  await link.getByRole('heading', { name: 'Your password is set' }).waitFor()
  await page.reload()
  await looks(t, seat, 'link-password-set')
  await page.getByRole('link', { name: 'Sign in' }).click()
  const enter = async (password: string) => {
    await page.getByLabel('E-mail').fill(client.email)
    await page.getByLabel('Password').fill(password)
    await page.locator('form button[type=submit]').click()
  }
  await enter('a long enough password')
  await page.locator('form [role=alert]').waitFor()
  await enter('another long password')
  await page.locator('.account').waitFor()
})

test('without mail nothing is offered that needs it', async (t) => {
  const { server, provider, client, slots } = await clinic(t)
  const { page } = await sit(await launch(t))
  const withMail = await mailed(t)
  const askedFor = async (url: string, providerId: string, id = '') => {
    await page.goto(`${url}/book/${providerId}`)
    await isLive(page)
    await slot(page, id).click()
    await page.getByRole('button', { name: 'I have an account' }).click()
    return page.locator('dialog button').allTextContents()
  }
  const both = [/Book without an account/, /Forgotten/]
  const without = await askedFor(server.url, provider.id, slots[0])
  const having = await askedFor(withMail.server.url, withMail.provider.id, withMail.slots[0])
  for (const one of both) {
    t.notMatch(without.join(), one)
    t.match(having.join(), one, 'control')
  }
  await page.goto(`${server.url}/account`)
  await page.getByLabel('E-mail').fill(client.email)
  await page.getByLabel('Password').fill('a long enough password')
  await page.locator('form button[type=submit]').click()
  await page.getByRole('heading', { name: 'E-mail address' }).waitFor()
  t.equal(await page.getByText('not confirmed yet').count(), 0)
  t.equal(await page.getByRole('heading', { name: 'Mails' }).count(), 0)
})
