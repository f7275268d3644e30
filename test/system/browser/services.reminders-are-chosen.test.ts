import t from 'tap'
import type { Service } from '../../../src/schemas/services.js'
import { axe, launch, shot, signIn, sit } from '../../helper/browser.js'
import { offer } from '../../helper/clinic.js'
import { register, startOne } from '../../helper/servers.js'

t.test('a provider chooses when clients are reminded: up to three times, or not at all', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const visit = await offer(server, provider, { reminderMinutes: [120] })
  const saved = async () => {
    const path = `/v1/providers/${provider.id}/services`
    const { body } = await server.call<{ items: Service[] }>('GET', path, { token: provider.token })
    return body.items[0]?.reminderMinutes
  }
  const { page, complaints } = await sit(await launch(t))
  await page.goto(`${server.url}/provider/services`)
  await signIn(page, provider.email)
  const open = () => page.getByRole('button', { name: `Change ${visit.name}` }).click()
  const save = async () => {
    await page.getByRole('button', { name: 'Save', exact: true }).first().click()
    await page.getByRole('button', { name: `Change ${visit.name}` }).waitFor()
  }
  await open()
  const reminders = page.getByRole('group', { name: 'Reminders by mail' })
  const box = (name: string) => reminders.getByLabel(name, { exact: true })
  t.equal(await box('2 hours before').isChecked(), true, 'what a program has set is there')
  await box('1 hour before').check()
  t.equal(await box('2 days before').isEnabled(), true, 'control')
  await box('24 hours before').check()
  t.equal(await box('2 days before').isDisabled(), true, 'three are the most')
  for (const size of [
    { width: 1280, height: 900 },
    { width: 360, height: 740 },
  ]) {
    await page.setViewportSize(size)
    await reminders.scrollIntoViewIfNeeded()
    await shot(page, `services-reminders-${size.width}`)
    t.same(await axe(page), [])
    const wide = await page.evaluate('document.documentElement.scrollWidth')
    t.equal(wide, size.width, 'nothing is wider than the screen')
  }
  await save()
  t.same(await saved(), [60, 120, 1_440])
  await open()
  for (const name of ['1 hour before', '2 hours before', '24 hours before']) await box(name).uncheck()
  await save()
  t.same(await saved(), [])
  t.same(complaints, [])
})
