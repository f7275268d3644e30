import t from 'tap'
import { workingDay } from '../../src/availability/working-days.js'
import type { Imported, Preview, SetException } from '../../src/schemas/schedule.js'
import { entriesIn } from '../helper/audit-folder.js'
import { booked, end, held } from '../helper/clinic.js'
import { temporaryFolder } from '../helper/database.js'
import {
  addException,
  calendarOf,
  dayAhead,
  everyDay,
  getSchedule,
  MORNING,
  openStarts,
  setSchedule,
} from '../helper/schedules.js'
import { PASSWORD, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'
import { until } from '../helper/until.js'
import { openViewer, TRANSPORTS } from '../helper/viewer.js'

const HORIZON = 10
const TOO_MANY = { status: 422, body: { code: 'too_many_exceptions' } }

async function practice(t: Tap) {
  const server = await startOne(t, { settings: { NOTICE_SECONDS: '0' } })
  return { server, provider: await register(server, 'provider'), client: await register(server, 'client') }
}
type Tap = Parameters<typeof startOne>[0]

/** What the hours offer from tomorrow to the horizon. */
function expected(server: TestServer, weekly: ReturnType<typeof everyDay>, days = HORIZON): string[] {
  return Array.from({ length: days }, (_, index) => dayAhead(server, index + 1)).flatMap((day) =>
    workingDay({ weekly, exceptions: [] }, day, 'Europe/Berlin').starts.map((start) =>
      new Date(start).toISOString(),
    ),
  )
}

const openOf = async (server: TestServer, provider: SignedIn, days = HORIZON + 3) =>
  openStarts(await calendarOf(server, provider, dayAhead(server, 1), dayAhead(server, days)))

t.test('hours open slots up to the horizon, and other hours open and withdraw', async (t) => {
  const { server, provider } = await practice(t)
  const none = await getSchedule(server, provider)
  t.match(none.body, { weekly: [], horizonDays: 62, rev: 0, outside: [], timeZone: 'Europe/Berlin' })
  t.equal(none.headers.get('etag'), '"0"')

  const weekly = everyDay(MORNING)
  const set = await setSchedule(server, provider, { weekly, horizonDays: HORIZON })
  t.equal(set.status, 200)
  t.equal(set.headers.get('etag'), '"1"')
  t.match(set.body, { rev: 1, withdrawn: 0, madeThrough: dayAhead(server, HORIZON), notes: [] })
  t.same(await openOf(server, provider), expected(server, weekly))
  const slots = await calendarOf(server, provider, dayAhead(server, 2))
  t.ok(slots.every(({ by, ruleRev }) => by === 'rule' && ruleRev === 1))

  const later = everyDay({ from: '10:00', to: '13:00' })
  const path = `/v1/providers/${provider.id}/schedule?preview=true`
  const asked = { token: provider.token, body: { weekly: later, horizonDays: HORIZON } }
  const preview = await server.call<Preview>('PUT', path, asked)
  t.equal(preview.status, 200)
  t.same(await openOf(server, provider), expected(server, weekly), 'a preview changes nothing')
  const moved = await setSchedule(server, provider, { weekly: later, horizonDays: HORIZON })
  t.same(await openOf(server, provider), expected(server, later))
  t.equal(moved.body.opened, preview.body.opens)
  t.equal(moved.body.withdrawn, preview.body.withdraws)

  const shorter = await setSchedule(server, provider, { weekly: later, horizonDays: 7 })
  t.equal(shorter.body.withdrawn, 3 * 12)
  t.same(await openOf(server, provider), expected(server, later, 7))
})

t.test('a change needs the version that was read', async (t) => {
  const { server, provider } = await practice(t)
  const body = { weekly: everyDay(MORNING), horizonDays: 7 }
  t.match(await setSchedule(server, provider, body, null), { status: 428 })
  t.match(await setSchedule(server, provider, body, '"1"'), { status: 412 })
  const both = await Promise.all([1, 2].map(() => setSchedule(server, provider, body, '"0"')))
  t.same(both.map(({ status }) => status).sort(), [200, 412])
  const foreign = await register(server, 'provider')
  t.equal((await getSchedule(server, { ...foreign, id: provider.id })).status, 404)
})

t.test('what is booked stays, is named, and is withdrawn once it comes free', async (t) => {
  const { server, provider, client } = await practice(t)
  await setSchedule(server, provider, { weekly: everyDay(MORNING), horizonDays: HORIZON })
  const [first] = await calendarOf(server, provider, dayAhead(server, 3))
  const [second] = await calendarOf(server, provider, dayAhead(server, 4))
  const one = await booked(server, client, first?.id)
  const other = await held(server, client, second?.id)
  const later = { weekly: everyDay({ from: '10:00', to: '13:00' }), horizonDays: HORIZON }
  const set = await setSchedule(server, provider, later)
  t.same(
    set.body.outside.map(({ id, status }) => [id, status]),
    [
      [one.id, 'confirmed'],
      [other.id, 'held'],
    ],
  )
  t.ok(set.body.outside.every(({ client }) => client?.name === 'Ada Client'))
  const stateOf = async (id?: string) =>
    (await calendarOf(server, provider, dayAhead(server, 3), dayAhead(server, 4))).find(
      (one) => one.id === id,
    )?.state
  t.equal(await stateOf(first?.id), 'confirmed')

  await end(server, client, one.id)
  await until(async () => (await stateOf(first?.id)) === 'withdrawn', 'the first is withdrawn')
  await end(server, client, other.id)
  await until(async () => (await stateOf(second?.id)) === 'withdrawn', 'the second is withdrawn')
  await until(
    async () => (await getSchedule(server, provider)).body.outside.length === 0,
    'nothing lies outside',
  )
})

t.test('where hours are taken away altogether, what is booked lies outside', async (t) => {
  const { server, provider, client } = await practice(t)
  await setSchedule(server, provider, { weekly: everyDay(MORNING), horizonDays: HORIZON })
  const [first] = await calendarOf(server, provider, dayAhead(server, 3))
  const one = await booked(server, client, first?.id)
  const none = await setSchedule(server, provider, { weekly: [], horizonDays: HORIZON })
  t.match(none.body, { opened: 0, outside: [{ id: one.id }] })
  t.match(await getSchedule(server, provider), { body: { outside: [{ id: one.id }] } })
  t.same(await openOf(server, provider), [])
})

t.test('a preview is refused as the change would be, and is none in the audit log', async (t) => {
  const audit = temporaryFolder(t)
  const server = await startOne(t, { audit })
  const provider = await register(server, 'provider')
  const previewedDay = (day: string) =>
    addException(server, provider, { from: day, to: day, closed: true }, '?preview=true')
  t.match(await previewedDay(dayAhead(server, 300)), { status: 200, body: { opens: 0 } })
  const days = Array.from({ length: 200 }, (_, index) => dayAhead(server, 20 + index))
  const file = (all: string[]) => {
    const [first = '', ...others] = all.map((day) => day.replaceAll('-', ''))
    const event = [`DTSTART;VALUE=DATE:${first}`, `RDATE;VALUE=DATE:${others.join()}`]
    const ics = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...event, 'END:VEVENT', 'END:VCALENDAR'].join('\n')
    return { token: provider.token, body: { ics } }
  }
  const path = `/v1/providers/${provider.id}/exceptions/import`
  const tooMany = [...days, dayAhead(server, 300)]
  t.match(await server.call('POST', `${path}?preview=true`, file(tooMany)), TOO_MANY)
  t.match(await server.call('POST', path, file(tooMany)), TOO_MANY)
  t.match(await server.call('POST', path, file(days)), { status: 200, body: { existing: 0 } })
  t.match(await previewedDay(dayAhead(server, 300)), TOO_MANY)
  t.match(await previewedDay(dayAhead(server, 20)), { status: 200 }, 'one that is there already')
  const off = { from: dayAhead(server, 300), to: dayAhead(server, 300) }
  t.match(
    await server.call('POST', `/v1/providers/${provider.id}/time-off?preview=true`, {
      token: provider.token,
      body: off,
    }),
    TOO_MANY,
  )
  await server.app.audit?.flush()
  const about = entriesIn(audit).filter(({ action }) => action.startsWith('schedule.'))
  t.equal(about.filter(({ action, status }) => action === 'schedule.import' && status === 200).length, 1)
  t.notOk(about.some(({ action, status }) => action === 'schedule.except' && status === 200))
})

t.test(
  'the answer has what is stored, and the hours of before reach no further than they were made',
  async (t) => {
    const { server, provider } = await practice(t)
    const closed = { from: dayAhead(server, 3), to: dayAhead(server, 3), closed: true as const }
    const first = await addException<SetException>(server, provider, { ...closed, reason: 'A' })
    const again = await addException<SetException>(server, provider, { ...closed, reason: 'B' })
    t.match([first, again], [{ status: 201 }, { status: 200, body: { id: first.body.id, reason: 'A' } }])
    await setSchedule(server, provider, { weekly: everyDay(MORNING), horizonDays: HORIZON })
    t.equal((await getSchedule(server, provider)).body.madeThrough, dayAhead(server, HORIZON))
    const { schedules } = server.app
    await schedules.set(provider.id, 1, { weekly: [], horizonDays: 20 })
    t.equal((await getSchedule(server, provider)).body.madeThrough, undefined, 'not followed yet')
  },
)

t.test('what a hand decides under the hours stays', async (t) => {
  const { server, provider } = await practice(t)
  const weekly = everyDay(MORNING)
  await setSchedule(server, provider, { weekly, horizonDays: HORIZON })
  const day = dayAhead(server, 3)
  const path = `/v1/providers/${provider.id}/availability`
  const { token } = provider
  const [first] = await calendarOf(server, provider, day)
  if (!first) throw new Error('no slot')
  await server.call('DELETE', `${path}?start=${first.start}&end=${first.end}`, { token })
  const evening = { blocks: [{ day, from: '19:00', to: '20:00' }] }
  await server.call('POST', path, { token, body: evening })
  const before = openStarts(await calendarOf(server, provider, day))
  t.equal(before.length, 11 + 4)
  await setSchedule(server, provider, { weekly, horizonDays: HORIZON + 1 })
  t.same(openStarts(await calendarOf(server, provider, day)), before)

  await server.call('POST', path, { token, body: { blocks: [{ start: first.start, end: first.end }] } })
  const again = (await calendarOf(server, provider, day)).find(({ id }) => id === first.id)
  t.match(again, { state: 'open', by: 'rule' }, 'what the hours offer follows them again')
  await setSchedule(server, provider, { weekly: [], horizonDays: HORIZON })
  const left = await calendarOf(server, provider, day)
  t.equal(openStarts(left).length, 4, 'control: the rest was of the rule')
})

t.test(
  'what was published before there were hours stays open, and what was withdrawn is not closed',
  async (t) => {
    const { server, provider } = await practice(t)
    const day = dayAhead(server, 3)
    const path = `/v1/providers/${provider.id}/availability`
    const { token } = provider
    await server.call('POST', path, { token, body: { blocks: [{ day, from: '08:00', to: '10:00' }] } })
    const published = await calendarOf(server, provider, day)
    const [start, end] = [published[4]?.start, published[7]?.end]
    await server.call('DELETE', `${path}?start=${start}&end=${end}`, { token })
    await setSchedule(server, provider, { weekly: everyDay(MORNING), horizonDays: 7 })
    t.equal(openStarts(await calendarOf(server, provider, day)).length, 16)
    await setSchedule(server, provider, { weekly: [], horizonDays: 7 })
    t.equal(openStarts(await calendarOf(server, provider, day)).length, 4, 'rules withdraw what rules opened')
  },
)

t.test('exceptions close days, and give others hours of their own', async (t) => {
  const { server, provider, client } = await practice(t)
  const weekly = everyDay(MORNING)
  await setSchedule(server, provider, { weekly, horizonDays: HORIZON })
  const [from, to] = [dayAhead(server, 3), dayAhead(server, 4)]
  const [slot] = await calendarOf(server, provider, from)
  const one = await booked(server, client, slot?.id)
  const closed = { from, to, closed: true as const, reason: 'Holidays' }
  const preview = await addException<Preview>(server, provider, closed, '?preview=true')
  t.match(preview.body, { opens: 0, withdraws: 23, outside: [{ id: one.id }] })
  const added = await addException<SetException>(server, provider, closed)
  t.equal(added.status, 201)
  t.match(added.body, { ...closed, opened: 0, withdrawn: 23, outside: [{ id: one.id }] })
  t.same(openStarts(await calendarOf(server, provider, from, to)), [])
  const same = await addException<SetException>(server, provider, closed)
  t.equal(same.status, 200)
  t.equal(same.body.id, added.body.id)

  const evening = { from: to, to, blocks: [{ from: '18:00', to: '19:00' }] }
  await addException(server, provider, evening)
  t.same(openStarts(await calendarOf(server, provider, to)), [], 'closed stays closed')
  const path = `/v1/providers/${provider.id}/exceptions`
  t.equal((await server.call('DELETE', `${path}/${added.body.id}`, { token: provider.token })).status, 204)
  t.equal((await server.call('DELETE', `${path}/${added.body.id}`, { token: provider.token })).status, 204)
  t.equal(openStarts(await calendarOf(server, provider, to)).length, 4)
  t.equal(openStarts(await calendarOf(server, provider, from)).length, 11)
  const list = await server.call<{ items: object[] }>('GET', path, { token: provider.token })
  t.match(list.body.items, [evening])
  t.match(await addException(server, provider, { from: to, to: from, closed: true }), { status: 400 })
  t.match(await addException(server, provider, { from, to }), { status: 400 })
})

t.test('the days of a calendar file are closed', async (t) => {
  const { server, provider } = await practice(t)
  await setSchedule(server, provider, { weekly: everyDay(MORNING), horizonDays: HORIZON })
  const day = dayAhead(server, 3)
  const date = day.replaceAll('-', '')
  const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']
  const ics = [
    'BEGIN:VCALENDAR',
    ...event('SUMMARY:Day of rest', `DTSTART;VALUE=DATE:${date}`),
    ...event('SUMMARY:Choir', `DTSTART:${date}T180000Z`, `DTEND:${date}T190000Z`),
    'END:VCALENDAR',
    '',
  ].join('\r\n')
  const send = (query: string, type: string, body: string) =>
    server.call<Imported & Preview>('POST', `/v1/providers/${provider.id}/exceptions/import${query}`, {
      token: provider.token,
      headers: { 'content-type': type },
      body,
    })
  const preview = await send('?preview=true', 'text/calendar', ics)
  t.match(preview.body, {
    withdraws: 12,
    existing: 0,
    added: [{ from: day, to: day, reason: 'Day of rest' }],
  })
  const done = await send('', 'text/calendar; charset=utf-8', ics)
  t.equal(done.status, 200)
  t.match(done.body, { withdrawn: 12, existing: 0, added: [{ from: day }], skipped: [{ summary: 'Choir' }] })
  t.same(openStarts(await calendarOf(server, provider, day)), [])
  t.match((await send('', 'application/json', JSON.stringify({ ics }))).body, { added: [], existing: 1 })
  t.equal((await send('', 'text/calendar', 'hello')).status, 400)
  t.equal((await send('', 'text/plain', ics)).status, 415)
  t.equal((await send('', 'text/calendar', ics + 'x'.repeat(600_000))).status, 413)
})

t.test('the own sockets of the provider hear what lies outside of the hours', async (t) => {
  for (const transport of TRANSPORTS) {
    const { server, provider, client } = await practice(t)
    await setSchedule(server, provider, { weekly: everyDay(MORNING), horizonDays: HORIZON })
    const [slot] = await calendarOf(server, provider, dayAhead(server, 3))
    const one = await booked(server, client, slot?.id)
    const own = await openViewer(t, server.url, { transport, token: provider.token })
    const stranger = await openViewer(t, server.url, { transport })
    await own.ask('watch', { providerId: provider.id })
    await stranger.ask('watch', { providerId: provider.id })
    const says = (what: string, outside: string[]) =>
      own.until(what, (heard) => {
        const last = heard.findLast(({ name }) => name === 'schedule')?.payload
        return last?.providerId === provider.id && JSON.stringify(last.outside) === JSON.stringify(outside)
      })
    const other = everyDay({ from: '14:00', to: '15:00' })
    await setSchedule(server, provider, { weekly: other, horizonDays: HORIZON })
    await says('that the booking lies outside', [one.id])
    await end(server, client, one.id)
    await says('that nothing does any more', [])
    t.notOk(stranger.heard.some(({ name }) => name === 'schedule'))
  }
})

t.test('another zone has the open slots follow its clock', async (t) => {
  const { server, provider } = await practice(t)
  await setSchedule(server, provider, { weekly: everyDay(MORNING), horizonDays: HORIZON })
  const { token } = provider
  t.equal((await server.call('PATCH', '/v1/me', { token, body: { timeZone: 'Asia/Kathmandu' } })).status, 200)
  const day = dayAhead(server, 3, 'Asia/Kathmandu')
  const open = openStarts(await calendarOf(server, provider, day))
  const { starts } = workingDay({ weekly: everyDay(MORNING), exceptions: [] }, day, 'Asia/Kathmandu')
  t.same(
    open,
    starts.map((start) => new Date(start).toISOString()),
  )
})

t.test('hours and exceptions are in the export of a provider, and end with the account', async (t) => {
  const { server, provider } = await practice(t)
  const { token } = provider
  const empty = await server.call<object>('GET', '/v1/me/export', { token })
  t.notHas(empty.body, { schedule: {} })
  const weekly = everyDay(MORNING)
  await setSchedule(server, provider, { weekly, horizonDays: HORIZON })
  const holiday = { from: dayAhead(server, 2), to: dayAhead(server, 2), closed: true as const }
  await addException(server, provider, holiday)
  const { body } = await server.call<object>('GET', '/v1/me/export', { token })
  t.match(body, { schedule: { weekly, horizonDays: HORIZON, exceptions: [holiday] } })

  const run = server.app.materialiser.run(provider.id)
  const deleted = await server.call('DELETE', '/v1/me', { token, body: { password: PASSWORD } })
  t.equal(deleted.status, 204)
  await run
  t.equal(await server.app.schedules.findFresh(provider.id), null)
  const open = await server.app.slots.collection.countDocuments({ providerId: provider.id, state: 'open' })
  t.equal(open, 0)
})
