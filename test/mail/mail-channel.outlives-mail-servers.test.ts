import t from 'tap'
import { MailChannel, type MailChannelOptions } from '../../src/mail/mail-channel.js'
import { booked } from '../helper/clinic.js'
import { mailed } from '../helper/mailed.js'

const HOUR_MS = 3_600_000

t.test('a mail server that is down for six hours loses nothing', async (t) => {
  const { server, client, provider, slots, mail, clock, job, arrived } = await mailed(t)
  await mail.stop()
  await booked(server, client, slots[0])
  const { lastError } = await job(
    client.id,
    'confirmed',
    ({ attempts, lastError }) => attempts === 1 && lastError !== undefined,
  )
  t.match(lastError, /ESOCKET|ECONNECTION|ECONNREFUSED/)
  clock.move(6 * HOUR_MS)
  await job(client.id, 'confirmed', ({ attempts, lease }) => attempts === 2 && lease === undefined)
  await mail.start()
  clock.move(HOUR_MS)
  await arrived(client.email, 1)
  await arrived(provider.email, 1)
  await job(client.id, 'confirmed', ({ state }) => state === 'done')
  await job(provider.id, 'confirmed', ({ state }) => state === 'done')
  t.equal(mail.mails.length, 2, 'each once')
})

t.test('what was cancelled meanwhile is not confirmed any more', async (t) => {
  const { server, client, slots, mail, clock, job, arrived } = await mailed(t)
  await mail.stop()
  const { id } = await booked(server, client, slots[0])
  await job(client.id, 'confirmed', ({ attempts, lastError }) => attempts === 1 && lastError !== undefined)
  await server.call('DELETE', `/v1/reservations/${id}`, { token: client.token })
  await mail.start()
  clock.move(HOUR_MS)
  const [only] = await arrived(client.email, 1)
  t.match(only?.subject, /^Cancelled: /)
  const { state, lastError } = await job(client.id, 'confirmed', (one) => one.state !== 'waiting')
  t.match({ state, lastError }, { state: 'obsolete', lastError: 'it is not booked any more' })
  t.equal(mail.to(client.email).length, 1)
})

t.test('550 ends a mail, 451 does not, and the job says so without the address', async (t) => {
  const { server, client, provider, slots, mail, clock, job, arrived } = await mailed(t)
  mail.answer = { at: 'recipient', code: 550, text: `5.1.1 <${client.email}> does not exist` }
  await booked(server, client, slots[0])
  const refused = await job(client.id, 'confirmed', ({ state }) => state === 'failed')
  t.match(refused, { attempts: 1, lastError: 'EENVELOPE 550 5.1.1' })
  await job(provider.id, 'confirmed', ({ state }) => state === 'failed')
  mail.answer = { at: 'data', code: 451, text: '4.7.1 later' }
  await booked(server, client, slots[1])
  const later = await job(client.id, 'confirmed', ({ lastError = '' }) => lastError.includes('451'))
  t.equal(later.state, 'waiting')
  mail.answer = 'accept'
  clock.move(60_000)
  await arrived(client.email, 1)
  await job(client.id, 'confirmed', ({ state, attempts }) => state === 'done' && attempts === 2)
  t.equal(mail.to(client.email).length, 1)
})

t.test('a connection that is cut after the mail makes a twin with the same Message-ID', async (t) => {
  const { server, client, slots, mail, clock, arrived, job } = await mailed(t)
  mail.answer = 'cut'
  await booked(server, client, slots[0])
  await job(client.id, 'confirmed', ({ attempts, lease }) => attempts === 1 && lease === undefined)
  mail.answer = 'accept'
  clock.move(60_000)
  const mails = await arrived(client.email, 2)
  await job(client.id, 'confirmed', ({ state }) => state === 'done')
  t.equal(mails.length, 2)
  t.equal(mails[0]?.messageId, mails[1]?.messageId)
  t.match(mails[0]?.messageId, /^<[0-9a-f]{32}@booking\.example\.org>$/)
  const links = mails.map(({ raw }) => raw.match(/booking\.example\.org\/l\/[\w=-]+/g))
  t.same(links[0], links[1], 'and the same links')
})

t.test('the waits between attempts grow and add up to a day', async (t) => {
  const channel = new MailChannel({} as MailChannelOptions)
  const waits: number[] = []
  for (let attempts = 1; ; attempts++) {
    const wait = channel.waitMs({ attempts, createdAt: 0 })
    if (wait === null) break
    waits.push(wait)
  }
  t.equal(waits[0], 30_000)
  t.same(
    waits,
    waits.toSorted((a, b) => a - b),
  )
  const hours = waits.reduce((sum, wait) => sum + wait, 0) / HOUR_MS
  t.ok(hours > 22 && hours < 25, `${hours} hours`)
})
