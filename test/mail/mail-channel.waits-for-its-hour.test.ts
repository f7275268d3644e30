import t from 'tap'
import { jobsOf } from '../../src/jobs/job-model.js'
import { booked } from '../helper/clinic.js'
import { mailed } from '../helper/mailed.js'

const HOUR_MS = 3_600_000

t.test('what waits for its hour is not given up, however often its turn has not come', async (t) => {
  const { server, client, slots, clock, job, mail } = await mailed(t, { slots: 1 })
  const { app } = server
  await booked(server, client, slots[0])
  await job(client.id, 'confirmed', ({ state }) => state === 'done')
  const rows = jobsOf(app.mongo)
  const done = await rows.findOne({ recipient: client.id, kind: 'confirmed' })
  if (!done) throw new Error('no job')
  const counts = app.mongo.collection<{ _id: string; places: string[] }>('mailCounts')
  const rowIds = (await counts.find({}).toArray()).map(({ _id }) => _id)
  t.not(rowIds.length, 0, 'control: they are counted')
  const places = Array.from({ length: 10 }, (_, place) => String(place))
  const fill = async (at: number) => {
    const hour = new Date(at).toISOString().slice(0, 'YYYY-MM-DDTHH'.length)
    for (const id of rowIds) {
      const _id = hour + id.slice(hour.length)
      await counts.updateOne({ _id }, { $set: { places } }, { upsert: true })
    }
  }
  await fill(clock.now())
  // As a mail that the mail server has kept from going out for almost a day.
  await app.jobs.store.replay(client.id, 0)
  await rows.updateOne({ _id: done._id }, { $set: { attempts: 29 } })
  for (let hour = 0; hour < 3; hour++) {
    const next = (Math.floor(clock.now() / HOUR_MS) + 1) * HOUR_MS
    const due = `mail ${new Date(next).toISOString()}`
    const waiting = await job(client.id, 'confirmed', (one) => one.due === due)
    t.equal(waiting.attempts, 29)
    t.equal(mail.to(client.email).length, 1)
    await fill(next)
    clock.move(next - clock.now())
  }
})
