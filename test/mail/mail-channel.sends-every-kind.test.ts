/** Each kind of mail: in the language and zone of its reader, with links that work, and told to nobody else. */
import t, { type Test } from 'tap'
import { jobsOf } from '../../src/jobs/job-model.js'
import { loggerOptions } from '../../src/logging.js'
import { textOf } from '../../src/mail/read-mail.js'
import type { GuestHold } from '../../src/schemas/guests.js'
import { booked, end, move } from '../helper/clinic.js'
import type { ReceivedMail } from '../helper/mail-server.js'
import { mailed } from '../helper/mailed.js'
import { PASSWORD, register, type SignedIn, signInAgain } from '../helper/servers.js'
import { until } from '../helper/until.js'

const HOUR_MS = 3_600_000
const LINK = /https:\/\/booking\.example\.org(\/[^\s"<>]*)/g

async function world(t: Test, slots?: number) {
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const at = await mailed(t, { ...(slots && { slots }), logger: { ...loggerOptions('trace'), stream } })
  const { server, mail } = at
  return {
    ...at,
    /** Another account, with a language of its own. */
    async person(role: 'client' | 'provider', language: string, timeZone: string): Promise<SignedIn> {
      const name = `${role === 'client' ? 'Noor' : 'Omar'} Nobody-Else`
      const account = await register(server, role, { name, timeZone })
      const { status } = await server.call('PATCH', '/v1/me', { token: account.token, body: { language } })
      if (status !== 200) throw new Error(`the language answered ${status}`)
      return account
    },
    /** Whether all links of a mail lead to a page. Says their paths. */
    async links(t: Test, received: ReceivedMail | undefined): Promise<string[]> {
      const text = received ? textOf(received, 'text/plain') : ''
      const paths = [...text.matchAll(LINK)].map(([, path = '']) => path)
      for (const path of paths)
        t.equal((await fetch(server.url + path)).status, 200, `GET ${path.slice(0, 9)}`)
      t.not(paths.length, 0, 'there are links')
      const html = received ? textOf(received, 'text/html') : ''
      t.same(new Set([...html.matchAll(LINK)].map(([, path]) => path)), new Set(paths), 'the same in HTML')
      return paths
    },
    /** Neither jobs nor the log say any of these, nor a link. */
    async saysNothingOf(t: Test, texts: string[]): Promise<void> {
      const sent = mail.mails.map((one) => `${textOf(one, 'text/plain')} ${one.raw}`).join('\n')
      const tokens = [...sent.matchAll(/\/l\/([\w-]{43})/g)].map(([, token = '']) => token)
      const jobs = JSON.stringify(await jobsOf(server.app.mongo).find({}).toArray())
      const log = lines.join('')
      t.match(jobs, '"channel":"mail"', 'control: there are jobs')
      t.match(log, '"level":20', 'control: the log says what it says to developers')
      for (const text of texts) t.ok(sent.includes(text), 'control: the mails do say it')
      const secrets = [...texts, ...tokens]
      t.same(
        secrets.filter((text) => jobs.includes(text)),
        [],
        'not in jobs',
      )
      t.same(
        secrets.filter((text) => log.includes(text)),
        [],
        'not in the log',
      )
    },
  }
}

t.test('a guest is asked to confirm, and the link in the mail does it', async (t) => {
  const at = await world(t)
  const { server, provider, slots, arrived, mail } = at
  const email = 'mila.guest@example.com'
  const guest = { name: 'Mila Guest', email, timeZone: 'America/New_York', language: 'de', slotId: slots[0] }
  const contact = { phone: '+49 30 1234567', note: 'Second floor' }
  const { body } = await server.call<GuestHold>('POST', '/v1/guests', { body: { ...guest, ...contact } })
  const [asked] = await arrived(email, 1)
  t.match(asked?.subject, /^Bitte bestätigen: Grace Provider, /)
  const text = asked ? textOf(asked, 'text/plain') : ''
  t.match(text, /20:00.*Nordamerikanische Ostküsten/, 'on its own clock')
  t.match(text, /02:00.*Mitteleuropäische Sommerzeit/, 'and on that of the provider')
  t.match(asked && textOf(asked, 'text/html'), 'lang="de"')
  const [confirm = ''] = await at.links(t, asked)
  const read = () =>
    server.call<{ status: string }>('GET', `/v1/reservations/${body.id}`, { token: body.token })
  t.equal((await read()).body.status, 'held', 'control: looking at the links changes nothing')
  t.equal(mail.to(provider.email).length, 0, 'and a hold is no news for the provider')
  t.equal((await server.call('POST', confirm)).status, 200)
  t.equal((await read()).body.status, 'confirmed')
  const [, confirmed] = await arrived(email, 2)
  t.match(confirmed?.subject, /^Bestätigt: Grace Provider, /)
  await at.links(t, confirmed)
  const [booking] = await arrived(provider.email, 1)
  t.match(booking?.subject, /^New booking: Mila Guest, /)
  const told = booking ? textOf(booking, 'text/plain') : ''
  for (const one of [email, contact.phone, contact.note]) t.match(told, one)
  await at.links(t, booking)
  await at.saysNothingOf(t, [email, provider.email, guest.name, contact.phone, contact.note])
})

t.test('a time that came free is offered in Arabic, from right to left', async (t) => {
  const at = await world(t, 1)
  const { server, provider, client, slots, arrived, clock } = at
  const { id } = await booked(server, client, slots[0])
  const waiter = await at.person('client', 'ar', 'Asia/Riyadh')
  const span = {
    from: new Date(clock.now()).toISOString(),
    to: new Date(clock.now() + 240 * HOUR_MS).toISOString(),
  }
  const joined = await server.call('POST', '/v1/waits', {
    token: waiter.token,
    body: { providerId: provider.id, ...span },
  })
  t.equal(joined.status, 201)
  await end(server, client, id)
  const [offer] = await arrived(waiter.email, 1)
  t.match(offer?.subject, /^أصبح وقت متاحًا: Grace Provider، /)
  const html = offer ? textOf(offer, 'text/html') : ''
  t.match(html, 'lang="ar"')
  t.match(html, 'dir="rtl"')
  const text = offer ? textOf(offer, 'text/plain') : ''
  t.match(text, /الوقت: الاثنين، 16 أغسطس 2027، 3:00–3:15 ص \(التوقيت العربي الرسمي\)/, 'on its own clock')
  t.match(text, /2:00–2:15 ص \(توقيت وسط أوروبا الصيفي\)/, 'and on that of the provider')
  const paths = await at.links(t, offer)
  t.equal((await server.call('POST', paths[0] ?? '')).status, 200)
  const [, confirmed] = await arrived(waiter.email, 2)
  t.match(confirmed?.subject, /^تم التأكيد: /)
  await at.links(t, confirmed)
  await at.saysNothingOf(t, [waiter.email, client.email, 'Noor Nobody-Else'])
})

t.test('mails about an account go to the address that they are about', async (t) => {
  const at = await world(t)
  const { server, arrived, clock } = at
  const client = await at.person('client', 'fr', 'Europe/Paris')
  await server.call('POST', '/v1/password/forgotten', { body: { email: client.email } })
  const [reset] = await arrived(client.email, 1)
  t.match(reset?.subject, /mot de passe/)
  t.match((await at.links(t, reset)).length, 1)
  await server.call('POST', '/v1/me/email-check', { token: client.token })
  const [, check] = await arrived(client.email, 2)
  t.match(check?.subject, /adresse e-mail/)
  const [prove = ''] = await at.links(t, check)
  t.equal((await server.call('POST', prove)).status, 200)
  const next = 'noor.next@example.com'
  const body = { email: next, currentPassword: PASSWORD }
  clock.move(60_000)
  t.equal((await server.call('PATCH', '/v1/me', { token: client.token, body })).status, 200)
  const [change] = await arrived(next, 1)
  t.match(change?.subject, /nouvelle adresse e-mail/)
  const [use = ''] = await at.links(t, change)
  t.equal((await server.call('POST', use)).status, 200)
  // It says what was done, so it waits for that.
  clock.move(60_000)
  const [, , notice] = await arrived(client.email, 3)
  t.match(notice?.subject, /adresse e-mail a/)
  await at.links(t, notice)
  await at.saysNothingOf(t, [client.email, next, 'Noor Nobody-Else'])
})

t.test('a provider hears of each change, once a day, or not at all', async (t) => {
  const at = await world(t)
  const { server, client, slots, arrived, clock, mail, job } = at
  let { provider } = at
  const set = (body: object) => server.call('PATCH', '/v1/me', { token: provider.token, body })
  await set({ language: 'es' })
  const first = await booked(server, client, slots[0])
  await arrived(provider.email, 1)
  await move(server, client, first.id, slots[4])
  await arrived(provider.email, 2)
  await end(server, client, first.id, { note: 'I have a cold' })
  const each = await arrived(provider.email, 3)
  t.match(
    each.map(({ subject }) => subject),
    [/^Nueva reserva: Ada Client, /, /^Reserva cambiada de hora: /, /^Reserva cancelada: /],
  )
  for (const one of each) await at.links(t, one)
  t.match(each[2] && textOf(each[2], 'text/plain'), '> I have a cold')

  t.equal((await set({ notifications: { calendar: 'digest' } })).status, 200)
  const kept = await booked(server, client, slots[1])
  await move(server, client, kept.id, slots[5])
  await booked(server, client, slots[2])
  const passing = await booked(server, client, slots[3])
  await end(server, client, passing.id)
  const waiting = await job(provider.id, 'digest', () => true)
  t.equal(waiting.state, 'waiting')
  await job(
    provider.id,
    'cancelled',
    ({ facts, state }) => facts.reservationId === passing.id && state === 'obsolete',
  )
  t.equal(mail.to(provider.email).length, 3, 'control: not before the morning')
  clock.move(Date.parse('2027-08-14T05:00:00Z') - clock.now())
  const [, , , digest] = await arrived(provider.email, 4)
  t.match(digest?.subject, 'Cambios en su calendario: 2')
  const rows = digest
    ? textOf(digest, 'text/plain')
        .split('\r\n')
        .filter((line) => line.includes('Ada Client'))
    : []
  // What was moved or ended on the day on which it began is new in the end, or nothing.
  t.same(rows, [
    'lun, 16 ago, 02:30: Nueva reserva: Ada Client',
    'lun, 16 ago, 03:15: Nueva reserva: Ada Client',
  ])
  await at.links(t, digest)
  const left = () => server.app.mongo.collection('mailDigests').countDocuments()
  await until(async () => (await left()) === 0, 'nothing to be left of it')

  provider = await signInAgain(server, provider)
  await set({ notifications: { calendar: 'none' } })
  const again = await signInAgain(server, client)
  const last = await booked(server, again, slots[6])
  await job(provider.id, 'confirmed', ({ facts, state }) => {
    return facts.reservationId === last.id && state === 'obsolete'
  })
  t.equal(mail.to(provider.email).length, 4)
  await at.saysNothingOf(t, [client.email, provider.email, 'Ada Client', 'I have a cold'])
})

t.test('a provider who leaves takes along what was kept for the daily mail', async (t) => {
  const { server, provider, client, slots, job } = await world(t, 1)
  const { token } = provider
  await server.call('PATCH', '/v1/me', { token, body: { notifications: { calendar: 'digest' } } })
  await booked(server, client, slots[0])
  await job(provider.id, 'digest', () => true)
  const kept = () => server.app.mongo.collection('mailDigests').countDocuments()
  t.equal(await kept(), 1, 'control')
  const left = await server.call('DELETE', '/v1/me?bookings=cancel', { token, body: { password: PASSWORD } })
  t.equal(left.status, 204)
  t.equal(await kept(), 0)
})
