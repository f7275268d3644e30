import ICAL from 'ical.js'
import t from 'tap'
import { headerOf, textOf } from '../../src/mail/read-mail.js'
import type { Delivery } from '../../src/schemas/deliveries.js'
import { booked, clinic, move } from '../helper/clinic.js'
import { type MailServer, mailServer, type ReceivedMail } from '../helper/mail-server.js'
import { until } from '../helper/until.js'

async function world(t: Parameters<typeof clinic>[0]) {
  const mail = await mailServer(t)
  const at = await clinic(t, { settings: { SMTP_URL: mail.url, PUBLIC_URL: 'https://booking.example.org' } })
  return { ...at, mail }
}

async function arrived(mail: MailServer, address: string, count: number): Promise<ReceivedMail[]> {
  await until(() => mail.to(address).length >= count, `${count} mails to ${address}`)
  return mail.to(address)
}

/** The invitation, as another library reads it. */
function eventOf(mail: ReceivedMail | undefined) {
  const part = mail?.parts.find(({ type }) => type === 'text/calendar')
  if (!part) throw new Error('no invitation')
  const calendar = new ICAL.Component(ICAL.parse(part.bytes.toString('utf8')))
  const [event] = calendar.getAllSubcomponents('vevent')
  if (!event) throw new Error('no event')
  return {
    header: part.parameters.get('method'),
    method: calendar.getFirstPropertyValue('method'),
    value: (name: string) => String(event.getFirstPropertyValue(name)),
    event,
  }
}

t.test('a booking is confirmed, moved and cancelled, and each calendar follows', async (t) => {
  const { server, provider, client, slots, mail, clock } = await world(t)
  const { id, start } = await booked(server, client, slots[0])
  const [confirmed] = await arrived(mail, client.email, 1)
  const [booking] = await arrived(mail, provider.email, 1)
  t.match(confirmed?.subject, /^Confirmed: /)
  t.match(booking?.subject, /^New booking: /)
  t.equal(headerOf(confirmed as ReceivedMail, 'auto-submitted'), 'auto-generated')
  const first = eventOf(confirmed)
  t.equal(first.method, 'REQUEST')
  t.equal(first.header, 'REQUEST')
  t.equal(first.value('uid'), `${id}@booking.example.org`)
  t.equal(first.value('status'), 'CONFIRMED')
  t.equal(first.event.getFirstPropertyValue('dtstart')?.toString(), start.replace('.000', ''))
  const attendee = first.event.getFirstProperty('attendee')
  t.equal(String(attendee?.getFirstValue()).toLowerCase(), `mailto:${client.email}`)
  t.equal(attendee?.getParameter('partstat'), 'ACCEPTED')
  t.equal(attendee?.getParameter('rsvp'), 'FALSE')

  clock.move(60_000)
  const moved = (await move(server, client, id, slots[4])).body
  const [, second] = await arrived(mail, client.email, 2)
  // What is told late is not told at all where it is not true any more.
  await arrived(mail, provider.email, 2)
  t.match(second?.subject, /^New time: /)
  const next = eventOf(second)
  t.equal(next.method, 'REQUEST')
  t.equal(next.value('uid'), first.value('uid'))
  t.equal(next.value('sequence'), String(moved.seq))
  t.equal(next.event.getFirstPropertyValue('dtstart')?.toString(), moved.start.replace('.000', ''))

  clock.move(60_000)
  await server.call('DELETE', `/v1/reservations/${id}`, {
    token: provider.token,
    body: { note: 'I am ill.' },
  })
  const [, , third] = await arrived(mail, client.email, 3)
  t.match(third?.subject, /^Cancelled: /)
  t.match(textOf(third as ReceivedMail, 'text/plain'), '> I am ill.')
  const last = eventOf(third)
  t.equal(last.method, 'CANCEL')
  t.equal(last.value('status'), 'CANCELLED')
  t.ok(Number(last.value('sequence')) > Number(next.value('sequence')))
  t.equal((await arrived(mail, provider.email, 3)).length, 3)
  t.equal(mail.mails.length, 6, 'and nobody else gets anything')

  const listed = async (token: string, query = '') =>
    (await server.call<{ items: Delivery[] }>('GET', `/v1/deliveries${query}`, { token })).body.items
  let sent: Delivery[] = []
  // A mail is there before it is written down that it was taken.
  await until(async () => {
    sent = await listed(provider.token, '?channel=mail&state=delivered')
    return sent.length >= 6
  }, 'the provider sees what went to both sides')
  t.equal(sent.length, 6)
  t.ok(sent.every(({ reservationId, attempts }) => reservationId === id && attempts === 1))
  t.same(
    (await listed(client.token, '?state=delivered')).map(({ kind }) => kind),
    ['cancelled', 'moved', 'confirmed'],
    'the client what went to it, the newest first',
  )
  t.same(await listed(client.token, '?state=failed'), [])
  t.notMatch(JSON.stringify(sent), client.email)
})
