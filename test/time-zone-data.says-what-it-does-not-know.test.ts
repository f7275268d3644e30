import t from 'tap'
import { knownChanges, outdatedZones, tzVersion } from '../src/time-zone-data.js'
import { startOne } from './helper/servers.js'

const berlin = { timeZone: 'Europe/Berlin', at: '2027-01-15T12:00:00Z', what: 'a change' }

t.test('data that gets a listed change wrong is named, and no other', async (t) => {
  t.same(outdatedZones([{ ...berlin, offset: '+01:00' }]), [])
  const [line, ...more] = outdatedZones([{ ...berlin, offset: '+02:00' }], '2025c')
  t.match(line, /^Time zone data 2025c is out of date for Europe\/Berlin: a change\. .*docs\/operations\.md/)
  t.same(more, [])
})

t.test('the data of this Node is judged by what it says', async (t) => {
  for (const change of knownChanges) {
    const { timeZone, at, offset } = change
    const said = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
      .formatToParts(new Date(at))
      .find(({ type }) => type === 'timeZoneName')?.value
    t.equal(outdatedZones([change]).length, said === `GMT${offset}` ? 0 : 1, `${timeZone} ${said}`)
  }
})

t.test('GET /v1/rules has the version', async (t) => {
  const server = await startOne(t)
  const { body } = await server.call<{ tzVersion: string; slotMinutes: number }>('GET', '/v1/rules')
  t.equal(body.tzVersion, tzVersion)
  t.match(body.tzVersion, /^20\d\d[a-z]+$/)
  t.equal(body.slotMinutes, 15, 'beside what it had')
})
