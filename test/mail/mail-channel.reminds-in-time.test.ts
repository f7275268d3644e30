import t from 'tap'
import { textOf } from '../../src/mail/read-mail.js'
import { booked, move } from '../helper/clinic.js'
import { mailed } from '../helper/mailed.js'
import { signInAgain } from '../helper/servers.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

t.test('a reminder comes a day before, once, and leads to changes', async (t) => {
  const { server, client, slots, clock, arrived, job, mail } = await mailed(t)
  const { start } = await booked(server, client, slots[0])
  await arrived(client.email, 1)
  const waiting = await job(client.id, 'reminder', () => true)
  t.equal(waiting.state, 'waiting')
  clock.move(Date.parse(start) - DAY_MS - clock.now() - 1)
  await server.app.jobs.look()
  t.equal(mail.to(client.email).length, 1, 'control: not a moment sooner')
  clock.move(2)
  const [, reminder] = await arrived(client.email, 2)
  t.match(reminder?.subject, /^Reminder: /)
  const text = reminder ? textOf(reminder, 'text/plain') : ''
  t.match(text, /https:\/\/booking\.example\.org\/l\//)
  t.match(reminder?.headers.get('list-unsubscribe')?.[0], '<https://booking.example.org/account>')
  await job(client.id, 'reminder', ({ state }) => state === 'done')
})

t.test('a move replaces reminders, and what is cancelled reminds nobody', async (t) => {
  const { server, client, slots, clock, arrived, jobs, mail } = await mailed(t)
  const { id, start } = await booked(server, client, slots[0])
  await arrived(client.email, 1)
  const moved = (await move(server, client, id, slots[8])).body
  await arrived(client.email, 2)
  clock.move(Date.parse(start) - DAY_MS - clock.now() + 1)
  await server.app.jobs.look()
  clock.move(Date.parse(moved.start) - DAY_MS - clock.now() + 1)
  await arrived(client.email, 3)
  const reminders = (await jobs(client.id)).filter(({ kind }) => kind === 'reminder')
  t.same(reminders.map(({ state }) => state).sort(), ['done', 'obsolete'])

  const again = await signInAgain(server, client)
  const second = await booked(server, again, slots[12])
  await arrived(client.email, 4)
  await server.call('DELETE', `/v1/reservations/${second.id}`, { token: again.token })
  await arrived(client.email, 5)
  clock.move(Date.parse(second.start) - clock.now() - HOUR_MS)
  await server.app.jobs.look()
  t.equal(mail.to(client.email).length, 5)
})

t.test('a service has reminders of its own, and an account can do without', async (t) => {
  const { server, client, slots, clock, offer, arrived, job, jobs } = await mailed(t)
  const service = await offer({ reminderMinutes: [120, 30] })
  const { start } = await booked(server, client, slots[0], service.id)
  await arrived(client.email, 1)
  await job(client.id, 'reminder', () => true)
  t.equal((await jobs(client.id)).filter(({ kind }) => kind === 'reminder').length, 2)
  // The server was away while the first was due: the second says it all.
  clock.move(Date.parse(start) - 20 * 60_000 - clock.now())
  await arrived(client.email, 2)
  await job(client.id, 'reminder', ({ state }) => state === 'obsolete')
  const again = await signInAgain(server, client)
  const { body } = await server.call<{ notifications: object }>('PATCH', '/v1/me', {
    token: again.token,
    body: { notifications: { reminders: false } },
  })
  t.same(body.notifications, { reminders: false, changes: true })
})
