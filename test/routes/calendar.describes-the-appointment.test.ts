import t from 'tap'
import { booked, clinic, move } from '../helper/clinic.js'
import { MovedClock } from '../helper/moved-clock.js'
import {
  publish,
  register,
  type SignedIn,
  signInAgain,
  startOne,
  type TestServer,
} from '../helper/servers.js'

/** Reads an iCalendar text by RFC 5545 alone: lines end in CRLF, a blank continues the line before, `\` escapes. */
function read(text: string): { lines: string[]; of(component: string): Map<string, string> } {
  const lines = text
    .replaceAll(/\r\n[ \t]/g, '')
    .split('\r\n')
    .filter((line) => line !== '')
  return {
    lines,
    of(component) {
      const inside: string[] = []
      const found = new Map<string, string>()
      for (const line of lines) {
        const colon = line.indexOf(':')
        const [name = '', value = ''] = [line.slice(0, colon).split(';')[0], line.slice(colon + 1)]
        if (name === 'BEGIN') inside.push(value)
        if (inside.at(-1) === component && name !== 'BEGIN' && name !== 'END') {
          if (found.has(name)) throw new Error(`${name} stands twice in ${component}`)
          found.set(
            name,
            value.replaceAll(/\\([\\;,nN])/g, (_all, one: string) => (/n/i.test(one) ? '\n' : one)),
          )
        }
        if (name === 'END') inside.pop()
      }
      return found
    },
  }
}

async function world(t: Parameters<typeof startOne>[0], options: Parameters<typeof startOne>[1] = {}) {
  const server = await startOne(t, options)
  const provider = await register(server, 'provider', { name: 'Vogt; Helene, Dr\\Med' })
  const client = await register(server, 'client', { name: 'Ada Client' })
  const [slotId] = await publish(server, provider, 1)
  const held = await server.call<{ id: string; start: string }>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId },
  })
  return { server, provider, client, ...held.body }
}

async function fileOf(server: TestServer, { token }: SignedIn, id: string, headers = {}) {
  const answer = await server.call<string>('GET', `/v1/reservations/${id}/calendar.ics`, { token, headers })
  if (answer.status !== 200) throw new Error(`the file answered ${answer.status}`)
  return { ...read(answer.body), text: answer.body }
}

const compact = (instant: string) => instant.replaceAll(/[-:]|\.\d{3}/g, '')

t.test(
  'the sequence is the appointment’s: 0 while held, 1 when confirmed, 2 when cancelled, under one UID',
  async (t) => {
    const { server, client, provider, id, start } = await world(t)
    const held = (await fileOf(server, client, id)).of('VEVENT')
    t.match(Object.fromEntries(held), {
      UID: `${id}@localhost`,
      SEQUENCE: '0',
      STATUS: 'TENTATIVE',
      DTSTART: compact(start),
    })
    await server.call('POST', `/v1/reservations/${id}/confirm`, { token: client.token })
    const confirmed = (await fileOf(server, client, id)).of('VEVENT')
    t.equal(confirmed.get('SEQUENCE'), '1')
    t.equal(confirmed.get('STATUS'), 'CONFIRMED')
    t.ok((confirmed.get('DTSTAMP') ?? '') >= (held.get('DTSTAMP') ?? ''), 'and the stamp does not go back')
    await server.call('DELETE', `/v1/reservations/${id}`, { token: provider.token })
    const cancelled = (await fileOf(server, client, id)).of('VEVENT')
    t.equal(cancelled.get('UID'), held.get('UID'))
    t.equal(cancelled.get('SEQUENCE'), '2')
    t.equal(cancelled.get('STATUS'), 'CANCELLED')
  },
)

t.test('it says what, with whom, where to change it, and reminds an hour before', async (t) => {
  const { server, client, provider, id } = await world(t)
  await server.call('POST', `/v1/reservations/${id}/confirm`, { token: client.token })
  const file = await fileOf(server, client, id)
  const event = file.of('VEVENT')
  t.equal(event.get('SUMMARY'), 'Appointment with Vogt; Helene, Dr\\Med')
  t.equal(event.get('URL'), `${server.url}/my`)
  t.match(event.get('DESCRIPTION'), '15 minutes with Vogt; Helene, Dr\\Med.')
  t.match(event.get('DESCRIPTION'), `To cancel: ${server.url}/my`)
  t.notOk(event.has('LOCATION'), 'no place is known, so none is said')
  t.match(Object.fromEntries(file.of('VALARM')), { ACTION: 'DISPLAY', TRIGGER: '-PT1H', DESCRIPTION: String })
  t.notOk(file.of('VCALENDAR').has('METHOD'), 'a method asks for an organizer with an address')
  t.ok(file.text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75))
  t.same(
    file.lines.filter((line) => line.includes('\n')),
    [],
  )

  const own = (await fileOf(server, provider, id)).of('VEVENT')
  t.equal(own.get('SUMMARY'), 'Appointment with Ada Client')
  t.equal(own.get('URL'), `${server.url}/provider`)
})

t.test('what is held or has ended reminds nobody', async (t) => {
  const { server, client, id } = await world(t)
  const held = await fileOf(server, client, id)
  t.equal(held.of('VALARM').size, 0)
  t.match(held.of('VEVENT').get('DESCRIPTION'), 'not confirmed yet')
  await server.call('DELETE', `/v1/reservations/${id}`, { token: client.token })
  const ended = await fileOf(server, client, id)
  t.equal(ended.of('VALARM').size, 0)
  t.match(ended.of('VEVENT').get('DESCRIPTION'), 'no longer')
})

t.test('a hold that is over by the clock has a later stamp than the hold', async (t) => {
  const clock = new MovedClock()
  const { server, client, id } = await world(t, { clock, sweep: false })
  const before = (await fileOf(server, client, id)).of('VEVENT')
  clock.move(1_801_000)
  const after = (await fileOf(server, await signInAgain(server, client), id)).of('VEVENT')
  t.equal(after.get('SEQUENCE'), '1')
  t.equal(after.get('STATUS'), 'CANCELLED')
  t.ok((after.get('DTSTAMP') ?? '') > (before.get('DTSTAMP') ?? ''))
})

t.test('the address is the one that was asked, as a trusted proxy says it', async (t) => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'booking.example' }
  const { server, client, id } = await world(t, { settings: { TRUST_PROXY: '1' } })
  const proxied = (await fileOf(server, client, id, forwarded)).of('VEVENT')
  t.equal(proxied.get('URL'), 'https://booking.example/my')
  const odd = (await fileOf(server, client, id, { 'x-forwarded-host': 'a b\\c"' })).of('VEVENT')
  t.notOk(odd.has('URL'), 'a host that is none is left out')
})

t.test('an appointment of several slots is one event, which moves with it', async (t) => {
  const { server, provider, client, slots, ...clinicOf } = await clinic(t)
  const service = await clinicOf.offer({ name: 'First visit', bufferAfterMinutes: 15 })
  const { id, start } = await booked(server, client, slots[0], service.id)
  const before = await fileOf(server, client, id)
  t.equal(before.lines.filter((line) => line === 'BEGIN:VEVENT').length, 1)
  const event = before.of('VEVENT')
  t.equal(event.get('DTEND'), compact(new Date(Date.parse(start) + 45 * 60_000).toISOString()), 'no buffer')
  t.match(event.get('DESCRIPTION'), 'First visit, 45 minutes with')
  clinicOf.clock.move(60_000)
  const moved = (await move(server, client, id, slots[4])).body
  const after = (await fileOf(server, provider, id)).of('VEVENT')
  t.match(Object.fromEntries(after), {
    UID: event.get('UID'),
    SEQUENCE: String(moved.seq),
    DTSTART: compact(moved.start),
    DTEND: compact(moved.end),
  })
  t.ok(Number(after.get('SEQUENCE')) > Number(event.get('SEQUENCE')), 'so that a calendar takes the new one')
})

t.test('where it is stands in it once the provider has said so', async (t) => {
  const { server, provider, client, id } = await world(t)
  const say = (body: object, rev: number) =>
    server.call('PATCH', `/v1/providers/${provider.id}/profile`, {
      token: provider.token,
      body,
      headers: { 'if-match': `"${rev}"` },
    })
  const location = async () => (await fileOf(server, client, id)).of('VEVENT').get('LOCATION')
  await say({ place: 'Berlin-Mitte' }, 1)
  t.equal(await location(), 'Berlin-Mitte')
  await say({ address: 'Hauptstraße 1\n12345 Berlin' }, 2)
  t.equal(await location(), 'Hauptstraße 1\n12345 Berlin')
})

t.test('control: the reader unfolds, unescapes and keeps components apart', async (t) => {
  const text =
    'BEGIN:VEVENT\r\nSUMMARY:a\\, b\\n c\r\n d\r\nBEGIN:VALARM\r\nTRIGGER;X=1:-PT1H\r\nEND:VALARM\r\nEND:VEVENT\r\n'
  t.same(Object.fromEntries(read(text).of('VEVENT')), { SUMMARY: 'a, b\n cd' })
  t.same(Object.fromEntries(read(text).of('VALARM')), { TRIGGER: '-PT1H' })
})
