import ICAL from 'ical.js'
import { createTransport } from 'nodemailer'
import t from 'tap'
import { type Language, languages } from '../../src/domain/languages.js'
import { aboutAccount, digest } from '../../src/mail/account-content.js'
import { type AboutAppointment, eventFor, toClient, toProvider } from '../../src/mail/appointment-content.js'
import { asHtml, type MailContent } from '../../src/mail/content.js'
import { mailOptions } from '../../src/mail/letter.js'
import { headerOf, readMail, textOf } from '../../src/mail/read-mail.js'
import { calendarFile } from '../../src/slots/appointment-event.js'

/** What somebody may try to write into a mail. */
const NASTY = [
  'x\r\nBcc: victim@example.com\r\n\r\nbody',
  'x\nBcc: victim@example.com',
  'x\u2028Bcc: victim@example.com\u0085Bcc: victim@example.com',
  '"quoted", <victim@example.com>, other@example.com',
  '<script>alert(1)</script><img src=https://evil.example/x.png onerror=alert(1)>&amp;',
  'x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\r\nATTACH:https://evil.example',
  'CN="x";X-EVIL=1:mailto:victim@example.com\\',
  '=?utf-8?Q?=0D=0ABcc:_victim@example.com?=',
  '\u202eright to left\u0000\u0007',
  'Ünï Çödé 例え مثال 😀',
]
const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
const ME = 'Reader@example.com'

function about(text: string): AboutAppointment {
  return {
    reservation: {
      id: 'a'.repeat(32),
      slotId: 'p.20270816T0000Z',
      slotIds: ['p.20270816T0000Z'],
      providerId: 'p',
      clientId: 'c',
      start: '2027-08-16T10:00:00.000Z',
      end: '2027-08-16T10:45:00.000Z',
      durationMinutes: 45,
      serviceName: text,
      status: 'cancelled',
      cancelledBy: 'provider',
      seq: 3,
      heldAt: '2027-08-13T10:00:00.000Z',
      rev: 4,
    },
    provider: { name: text, timeZone: 'Asia/Tokyo', where: text, page: 'https://booking.example.org/book/p' },
    client: { name: text, contact: { phone: text, note: text, email: text } },
    startBefore: Date.parse('2027-08-15T10:00:00Z'),
    note: text,
    links: { manage: 'https://booking.example.org/l/abc', cancel: 'https://booking.example.org/l/def' },
    choice: 'https://booking.example.org/account',
  }
}

function contents(text: string, language: Language): MailContent[] {
  const reader = { name: text, language, timeZone: 'Europe/Berlin' }
  const pages = {
    calendar: 'https://booking.example.org/provider',
    choice: 'https://booking.example.org/account',
  }
  const rows = [{ start: Date.parse('2027-08-16T10:00:00Z'), what: 'booked' as const, client: text }]
  return [
    ...(['held', 'confirmed', 'moved', 'cancelled', 'reminder', 'offer'] as const).map((kind) =>
      toClient(kind, reader, about(text)),
    ),
    ...(['confirmed', 'moved', 'cancelled'] as const).map((kind) =>
      toProvider(kind, reader, about(text), pages.calendar),
    ),
    aboutAccount('password-reset', reader, 'https://booking.example.org/l/abc', 0),
    aboutAccount('address-changed', reader, 'https://booking.example.org/l/abc', 0),
    digest(reader, rows, pages),
  ]
}

async function written(text: string, content: MailContent) {
  const { reservation } = about(text)
  const event = {
    ...eventFor('client', { name: text, language: content.language, timeZone: 'UTC' }, about(text)),
    id: reservation.id,
    seq: reservation.seq,
    changedAt: new Date(0),
    start: new Date(reservation.start),
    end: new Date(reservation.end),
    status: reservation.status,
    organizer: { name: text, email: 'booking@example.org' },
    attendee: { name: text, email: ME },
  }
  const publicUrl = 'https://booking.example.org'
  const file = calendarFile([event], { publicUrl, method: 'CANCEL' })
  const { message, envelope } = await composer.sendMail(
    mailOptions({
      jobId: 'job',
      from: { name: text, address: 'booking@example.org' },
      to: { name: text, address: ME },
      date: new Date(0),
      content,
      invitation: { method: 'CANCEL', file },
      unsubscribe: 'https://booking.example.org/account',
      publicUrl,
    }),
  )
  const bytes = message as Buffer
  return { raw: bytes.toString('utf8'), mail: readMail(bytes), envelope, file }
}

const HEADERS = [
  'auto-submitted',
  'content-language',
  'content-type',
  'date',
  'from',
  'list-unsubscribe',
  'message-id',
  'mime-version',
  'subject',
  'to',
  'x-auto-response-suppress',
]

/** What is wrong with a mail; nothing, as a rule. */
async function faultsOf(text: string, content: MailContent): Promise<string[]> {
  const { raw, mail, envelope, file } = await written(text, content)
  const html = asHtml(content)
  const calendar = new ICAL.Component(ICAL.parse(file))
  const [event, ...others] = calendar.getAllSubcomponents('vevent')
  const names = event?.getAllProperties().map(({ name }) => name) ?? []
  const faults: Record<string, boolean> = {
    headers: [...mail.headers.keys()].sort().join() !== HEADERS.join(),
    envelope: envelope.to?.join() !== ME,
    bcc: /^bcc:/im.test(raw.split('\r\n\r\n')[0] ?? ''),
    to: !headerOf(mail, 'to').endsWith(`<${ME}>`) || headerOf(mail, 'to').includes('\n'),
    subject: headerOf(mail, 'subject') === '' || /[\r\n]/.test(headerOf(mail, 'subject')),
    html: textOf(mail, 'text/html').replaceAll('\r\n', '\n').trim() !== html.trim(),
    script: /<script|<img|<iframe/i.test(html),
    loaded: /<[a-z][^>]*\s(?:src|background|on\w+)=/i.test(html),
    events: others.length > 0,
    attendees: names.filter((name) => name === 'attendee').length !== 1,
    attach: names.includes('attach'),
  }
  return Object.entries(faults).flatMap(([name, is]) => (is ? [`${content.subject}: ${name}`] : []))
}

for (const language of languages) {
  t.test(`nothing that a person can write gets out of its place: ${language}`, async (t) => {
    for (const text of NASTY) {
      const faults = await Promise.all(contents(text, language).map((content) => faultsOf(text, content)))
      t.same(faults.flat(), [])
    }
  })
}

t.test('control: a header that was let through would be seen', async (t) => {
  const raw = Buffer.from(
    'To: a@example.com\r\nBcc: victim@example.com\r\nSubject: =?UTF-8?B?w6Q=?=\r\n\r\nx',
  )
  const mail = readMail(raw)
  t.same([...mail.headers.keys()], ['to', 'bcc', 'subject'])
  t.equal(headerOf(mail, 'subject'), 'ä')
})

t.test('an invitation keeps the must-rules of RFC 5545 and 5546', async (t) => {
  for (const text of NASTY) {
    const [content] = contents(text, 'en')
    if (!content) throw new Error('no content')
    const { file } = await written(text.repeat(5), content)
    t.ok(file.endsWith('\r\n') && !/[^\r]\n|\r[^\n]/.test(file), 'lines end in CRLF')
    t.ok(
      file.split('\r\n').every((line) => Buffer.byteLength(line) <= 75),
      'and have 75 octets at most',
    )
    const calendar = new ICAL.Component(ICAL.parse(file))
    t.equal(calendar.getFirstPropertyValue('version'), '2.0')
    t.ok(calendar.getFirstPropertyValue('prodid'))
    t.equal(calendar.getFirstPropertyValue('method'), 'CANCEL')
    const event = calendar.getFirstSubcomponent('vevent')
    for (const name of [
      'uid',
      'dtstamp',
      'dtstart',
      'organizer',
      'attendee',
      'sequence',
      'status',
      'summary',
    ]) {
      t.equal(event?.getAllProperties(name).length, 1, name)
    }
    t.equal(event?.getFirstPropertyValue('uid'), `${'a'.repeat(32)}@booking.example.org`)
    t.match(String(event?.getFirstPropertyValue('dtstart')), /Z$/, 'in UTC')
  }
})
