import t from 'tap'
import { type JobState, jobsOf } from '../../src/jobs/job-model.js'
import { AddressLimit, type MailCountDoc } from '../../src/mail/address-limit.js'
import { booked } from '../helper/clinic.js'
import { mailed } from '../helper/mailed.js'
import { startOne } from '../helper/servers.js'
import { until } from '../helper/until.js'

const HOUR_MS = 3_600_000
const SPENT = 'the address has had its mails of this hour'

t.test(
  'an address gets ten mails on bookings in an hour from two servers, the rest in the next',
  async (t) => {
    const { server, other, client, provider, slots, mail, clock, jobs } = await mailed(t, { count: 2 })
    const look = () => Promise.all([server, other].map(({ app }) => app.jobs.look()))
    const rows = jobsOf(server.app.mongo)
    const confirmed = { kind: 'confirmed', recipient: { $in: [client.id, provider.id] } }
    for (const [index, slot] of slots.slice(0, 12).entries())
      await booked(index % 2 === 0 ? server : other, client, slot)
    const isTried = async (state: JobState, count: number) => {
      await look()
      return (await rows.countDocuments({ ...confirmed, state })) === count
    }
    await until(() => isTried('done', 20), 'ten mails to each')
    await until(async () => {
      await look()
      return (await rows.countDocuments({ ...confirmed, state: 'waiting', lastError: SPENT })) === 4
    }, 'the others wait')
    const both = () => [mail.to(client.email).length, mail.to(provider.email).length]
    t.same(both(), [10, 10])
    const next = new Date(clock.now() + HOUR_MS).toISOString()
    const waiting = (await jobs(client.id)).filter(({ lastError }) => lastError === SPENT)
    t.same(
      waiting.map(({ due, attempts }) => [due, attempts]),
      [
        [`mail ${next}`, 0],
        [`mail ${next}`, 0],
      ],
      'and that is no attempt',
    )

    const resets = { kind: 'password-reset' }
    const ask = async (from: number, to: number) => {
      for (let asked = from; asked < to; asked++) {
        await other.call('POST', '/v1/password/forgotten', { body: { email: client.email } })
        await until(
          async () => {
            await look()
            return (await rows.countDocuments({ ...resets, state: { $ne: 'waiting' } })) === asked + 1
          },
          `link ${asked + 1} to set a password`,
        )
        clock.move(60_000)
      }
    }
    await ask(0, 5)
    t.same(both(), [15, 10], 'links to set a password have places of their own')
    await ask(5, 6)
    t.equal(await rows.countDocuments({ ...resets, state: 'failed', lastError: SPENT }), 1, 'five of them')
    t.same(both(), [15, 10], 'what can be asked for again is dropped')

    clock.move(HOUR_MS)
    await until(() => isTried('done', 24), 'the others, an hour later')
    t.same(both(), [17, 12])
    const counts = server.app.mongo.collection('mailCounts')
    const left = await counts.find({}).toArray()
    t.equal(left.length, 2, 'what was counted in the hour before is gone')
    t.notMatch(JSON.stringify(left), /@|client-|provider-/, 'and no address is in it')
  },
)

t.test('of many that want the last places exactly as many get them as there are', async (t) => {
  const { app } = await startOne(t)
  let ids = 0
  const [here, there] = [0, 1].map(
    () =>
      new AddressLimit({
        counts: app.mongo.collection<MailCountDoc>('mailCounts'),
        clock: { now: () => 0 },
        indexOf: (address) => address,
        newId: () => String(ids++),
      }),
  ) as [AddressLimit, AddressLimit]
  const takeAll = (count: number, address: string) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => (index % 2 ? here : there).take(address, 'appointments')),
    )
  const first = await takeAll(30, 'one')
  const got = first.flatMap((one) => (one.ok ? [one.place] : []))
  t.equal(got.length, 10)
  t.ok((await there.take('another', 'appointments')).ok, 'control: another address has its own')
  const groups = ['guests', 'offers', 'links', 'notices'] as const
  const most = { guests: 3, offers: 5, links: 5, notices: 5 }
  for (const group of groups) {
    const taken = await Promise.all(Array.from({ length: 8 }, () => here.take('one', group)))
    t.equal(taken.filter(({ ok }) => ok).length, most[group], `and ${group} theirs`)
  }
  for (const place of got.slice(0, 3)) await here.giveBack(place)
  const second = await takeAll(30, 'one')
  t.equal(second.filter(({ ok }) => ok).length, 3, 'those that were given back')
})
