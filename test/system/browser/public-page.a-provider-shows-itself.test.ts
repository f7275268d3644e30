import type { Page } from 'playwright-core'
import t from 'tap'
import type { Provider } from '../../../src/schemas/accounts.js'
import type { Profile } from '../../../src/schemas/profiles.js'
import { launch, signIn, sit, watched } from '../../helper/browser.js'
import { lookAt } from '../../helper/look.js'
import { png, pngPart } from '../../helper/portraits.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../../helper/servers.js'
import { until } from '../../helper/until.js'

const SECRET = 'taken at 52.5163 N, 13.3777 E'
/** As a telephone would take it: much larger than it is shown, and with the place in it. */
const photo = png({ width: 1600, height: 1200, parts: [pngPart('eXIf', SECRET), pngPart('tEXt', SECRET)] })
const file = (name: string, buffer: Buffer, mimeType = 'image/png') => ({ name, mimeType, buffer })

async function openEditor(page: Page, server: TestServer, provider: SignedIn): Promise<void> {
  await page.goto(`${server.url}/provider/page`)
  await signIn(page, provider.email)
  await page.getByLabel('What you do').waitFor()
}

/** The policy of the pages lets nothing be evaluated in them again and again. */
const so = (page: Page, what: string) => until(() => page.evaluate<boolean>(what), what)
const profileOf = async (server: TestServer, { id }: SignedIn) =>
  (await server.call<Profile>('GET', `/v1/providers/${id}/profile`)).body
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click()
const isSaved = (page: Page) => page.locator('.face-save').getByText('Saved.').waitFor()

t.test('what a provider writes and uploads is what clients see, under its link', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Anna Vogt' })
  const [slotId = ''] = await publish(server, provider, 2)
  const browser = await launch(t)
  const desk = await sit(browser)
  const { page } = desk
  await openEditor(page, server, provider)
  t.equal(await page.getByLabel('Link to your page').inputValue(), 'dr-anna-vogt')

  await page.getByLabel('What you do').fill('Paediatrician')
  await page.getByLabel('Place').fill('Berlin-Mitte')
  await page.getByLabel('Address').fill('Hauptstraße 1\n12345 Berlin')
  await page.getByLabel('Telephone').fill('+49 (0)30 123 45 67')
  await page.getByLabel('About you').fill('Deutsch, English.\n\nThe door is beside the pharmacy.')
  const preview = page.locator('.face-preview')
  await preview.getByText('Paediatrician, Berlin-Mitte').first().waitFor()
  t.equal((await profileOf(server, provider)).title, undefined, 'seen here before it is saved')

  t.ok(photo.includes(SECRET), 'control: the file says where it was taken')
  await page.locator('input[type=file]').setInputFiles(file('me.png', photo))
  await preview.locator('img').first().waitFor()
  t.equal(await page.getByLabel('Place').inputValue(), 'Berlin-Mitte', 'what is written stays')
  await save(page)
  await isSaved(page)
  const stored = await server.app.profiles.portrait(provider.id)
  t.ok(
    stored && stored.bytes.length < 60_000 && !stored.bytes.includes('52.5163'),
    'small, and without the place',
  )

  const visitor = await sit(browser, { viewport: { width: 360, height: 740 } })
  await visitor.page.goto(`${server.url}/`)
  const card = visitor.page.locator('.find-card')
  await card.getByText('Paediatrician, Berlin-Mitte').waitFor()
  await card.locator('img').waitFor()
  await card.click()
  await visitor.page.getByRole('heading', { name: 'Dr. Anna Vogt' }).waitFor()
  t.equal(new URL(visitor.page.url()).pathname, '/book/dr-anna-vogt')
  await visitor.page.locator(`[data-slot-id="${slotId}"]`).waitFor()
  const face = visitor.page.locator('.face')
  t.equal(await face.getByRole('link').getAttribute('href'), 'tel:+49301234567')
  await face.getByText('Hauptstraße 1, 12345 Berlin').waitFor()
  await face.getByText('About').click()
  await face.getByText('beside the pharmacy').waitFor()
  await so(visitor.page, "document.querySelector('.face img')?.naturalWidth > 0")
  const size = await visitor.page.evaluate<number[]>(
    "(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight])(document.querySelector('.face img'))",
  )
  t.same(size, [512, 384])

  await page.getByLabel('Link to your page').fill('Vogt Berlin')
  await save(page)
  await isSaved(page)
  t.equal(await page.getByLabel('Link to your page').inputValue(), 'vogt-berlin')
  await visitor.page.goto(`${server.url}/book/dr-anna-vogt?zone=Asia/Tokyo`)
  await visitor.page.getByRole('heading', { name: 'Dr. Anna Vogt' }).waitFor()
  const now = /\/book\/vogt-berlin\?.*zone=Asia\/Tokyo/
  await until(() => now.test(visitor.page.url()), 'the link of now in the address')
  await visitor.page.locator(`[data-slot-id="${slotId}"]`).waitFor()

  await page.getByRole('button', { name: 'Remove it' }).click()
  await page.locator('.face-picture img').waitFor({ state: 'detached' })
  const focused = await page.evaluate<string>('document.activeElement?.textContent')
  t.equal(focused, 'Choose a picture', 'the focus is not lost')
  t.equal((await profileOf(server, provider)).picture, undefined)
  for (const { complaints, strangers } of [desk, visitor]) t.same([complaints, strangers], [[], []])
})

t.test('what cannot be is said at its field; what is no picture, at the picture', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Anna Vogt' })
  await register(server, 'provider', { name: 'Taken' })
  const { page } = await sit(await launch(t))
  await openEditor(page, server, provider)
  await page.getByLabel('Link to your page').fill('taken')
  await save(page)
  await page.locator('#link-fault').getByText('Somebody else has this link').waitFor()
  await so(page, "document.activeElement?.id === 'link'")
  t.equal(await page.getByLabel('Link to your page').getAttribute('aria-describedby'), 'link-hint link-fault')
  await page.getByLabel('Link to your page').fill('')
  await page.getByLabel('Telephone').fill('call me')
  t.equal(await page.getByLabel('Link to your page').inputValue(), 'dr-anna-vogt', 'there is always a link')
  await save(page)
  await page.locator('#phone-fault').getByText('must be a telephone number').waitFor()
  await so(page, "document.activeElement?.id === 'phone'")
  await page.getByLabel('Telephone').fill('030 123')
  await page.keyboard.press('Enter')
  await isSaved(page)
  t.equal(await page.locator('.fault').count(), 0)

  for (const [name, bytes, type] of [
    ['me.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'image/svg+xml'],
    ['me.png', 'no picture', 'image/png'],
  ] as const) {
    await page.locator('input[type=file]').setInputFiles(file(name, Buffer.from(bytes), type))
    await page.locator('.face-picture [data-code="invalid_picture"]').waitFor()
  }
  await page.locator('input[type=file]').setInputFiles(file('me.png', png()))
  await page.locator('.face-picture img').waitFor()
  t.equal(await page.locator('[data-code="invalid_picture"]').count(), 0, 'and gone with the next one')
})

t.test('a change made elsewhere is not undone, and nothing that was written is lost', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Anna Vogt' })
  const { page } = await sit(await launch(t))
  await openEditor(page, server, provider)
  const elsewhere = async (body: object) => {
    const { rev } = await profileOf(server, provider)
    await server.call('PATCH', `/v1/providers/${provider.id}/profile`, {
      token: provider.token,
      body,
      headers: { 'if-match': `"${rev}"` },
    })
  }
  await page.getByLabel('What you do').fill('Written here')
  await elsewhere({ title: 'Written there', place: 'Potsdam' })
  await save(page)
  await page.getByText('Also changed there: What you do.').waitFor()
  t.equal(await page.getByLabel('What you do').inputValue(), 'Written here')
  t.equal(await page.getByLabel('Place').inputValue(), 'Potsdam', 'what was not touched here is as there')
  await page.getByRole('button', { name: 'Save once more' }).click()
  await isSaved(page)
  const { title, place } = await profileOf(server, provider)
  t.same([title, place], ['Written here', 'Potsdam'])

  await page.getByLabel('What you do').fill('Again here')
  await elsewhere({ title: 'Again there' })
  await save(page)
  await page.getByRole('button', { name: 'Take what was saved there' }).click()
  t.equal(await page.getByLabel('What you do').inputValue(), 'Again there')
  await page.getByText('All is saved').waitFor()
})

t.test('by keyboard alone, and by dropping a file', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Anna Vogt' })
  const { page } = await sit(await launch(t))
  // Before anything else: the browser takes a moment to hand its choosers over, and an Enter right after is quicker.
  page.on('filechooser', (chooser) => chooser.setFiles(file('me.png', photo)))
  await openEditor(page, server, provider)
  await page.getByRole('button', { name: 'Choose a picture' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('.face-picture img').waitFor()
  for (const name of ['Remove it', 'link', 'Copy', 'Open', 'title']) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate<string>(
      'document.activeElement.id || document.activeElement.textContent.trim()',
    )
    t.equal(at, name)
  }
  await page.keyboard.type('Dentist')
  await page.keyboard.press('Enter')
  await isSaved(page)
  t.equal((await profileOf(server, provider)).title, 'Dentist')

  const before = (await profileOf(server, provider)).picture
  const dropped = await page.evaluateHandle(
    `(() => { const data = new DataTransfer(); const bytes = Uint8Array.from(atob('${png({ width: 30, height: 20 }).toString('base64')}'), (one) => one.charCodeAt(0)); data.items.add(new File([bytes], 'me.png', { type: 'image/png' })); return data })()`,
  )
  await page.locator('.face-picture').dispatchEvent('drop', { dataTransfer: dropped })
  await so(
    page,
    `document.querySelector('.face-picture img')?.getAttribute('src') !== ${JSON.stringify(before)}`,
  )
  t.not((await profileOf(server, provider)).picture, before)
})

t.test('all of it is accessible, in both colours, from 320 px on', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Anna Katharina Vogt-Hohenberger' })
  await register(server, 'provider', { name: 'Taken' })
  await publish(server, provider, 4)
  const browser = await launch(t)
  const seat = await sit(browser)
  const { page } = seat
  const look = lookAt(t, page)
  await openEditor(page, server, provider)
  await look('public-page')
  await page.getByLabel('What you do').fill('Paediatrician, neonatologist and teacher of both')
  await page.getByLabel('Address').fill('Hauptstraße 1\nHinterhaus, 3. Stock\n12345 Berlin')
  await page.getByLabel('Telephone').fill('+49 (0)30 123 45 67')
  await page.getByLabel('About you').fill('Deutsch, English. '.repeat(60))
  await page.locator('input[type=file]').setInputFiles(file('me.png', photo))
  await page.locator('.face-picture img').waitFor()
  await page.getByLabel('Link to your page').fill('taken')
  await save(page)
  await page.locator('#link-fault').waitFor()
  await page.locator('input[type=file]').setInputFiles(file('me.png', Buffer.from('none')))
  await page.locator('[data-code="invalid_picture"]').waitFor()
  await look('public-page-refused')
  await page.getByLabel('Link to your page').fill('dr-vogt')
  await server.call('PATCH', `/v1/providers/${provider.id}/profile`, {
    token: provider.token,
    body: { title: 'Written there' },
    headers: { 'if-match': `"${(await profileOf(server, provider)).rev}"` },
  })
  await save(page)
  await page.getByText('Also changed there').waitFor()
  await look('public-page-clash')
  await page.getByRole('button', { name: 'Save once more' }).click()
  await isSaved(page)
  await look('public-page-saved')

  const visitor = await page.context().newPage()
  const other = watched(visitor)
  await visitor.goto(`${server.url}/book/dr-vogt`)
  await visitor.locator('.face img').waitFor()
  await visitor.locator('[data-link="live"]').waitFor()
  const lookThere = lookAt(t, visitor)
  await lookThere('book-face')
  await visitor.getByText('About').click()
  await lookThere('book-face-about')
  await visitor.goto(`${server.url}/`)
  await visitor.locator('.find-card img').waitFor()
  await lookThere('find-faces')
  t.same(other.complaints, [])
  t.ok(
    seat.complaints.every((text) => /409|412/.test(text)),
    seat.complaints.join('\n'),
  )
})

t.test('a picture that cannot be loaded leaves the initials', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: 'Dr. Anna Vogt' })
  await server.app.profiles.putPortrait(provider.id, 'image/png', png())
  const { body } = await server.call<Provider>('GET', `/v1/providers/${provider.id}`)
  t.ok(body.picture, 'control: there is one')
  const { page } = await sit(await launch(t))
  await page.route('**/picture?*', (route) => route.abort())
  await page.goto(`${server.url}/book/${provider.id}`)
  await page.locator('.face .mark').getByText('AV').waitFor()
})
