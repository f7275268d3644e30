/** What mails about one appointment say, to whom it is for and to the owner of the calendar. Pure. */
import type { Language } from '../domain/languages.js'
import type { LinkPurpose } from '../domain/link-purposes.js'
import type { Reservation } from '../schemas/reservations.js'
import type { AppointmentEvent } from '../slots/appointment-event.js'
import type { Contact } from '../slots/contact.js'
import { type Block, isolated, type MailContent, oneLine } from './content.js'
import type { ChangeKind } from './mail-jobs.js'
import { type MailTexts, textsIn } from './texts/catalogue.js'
import { momentText, shortText, spanText } from './times.js'

export interface Reader {
  /** Empty where nobody knows it. */
  name: string
  language: Language
  timeZone: string
}

export interface AboutAppointment {
  reservation: Reservation
  provider: { name: string; timeZone: string; where?: string | undefined; page: string }
  client: { name: string; contact: Contact }
  /** Of one that was moved. */
  startBefore?: number | undefined
  /** What whoever ended it had to say. */
  note?: string | undefined
  links: Partial<Record<LinkPurpose, string>>
  /** Where its reader says which mails are wanted; guests cannot. */
  choice?: string | undefined
}

export function toClient(
  kind: ChangeKind | 'reminder' | 'offer',
  reader: Reader,
  about: AboutAppointment,
): MailContent {
  const texts = textsIn(reader.language)
  const { reservation, provider, choice } = about
  const said = texts[kind]
  return {
    language: reader.language,
    subject: said.subject({ who: oneLine(provider.name), at: shortAt(reservation, reader) }),
    heading: said.heading,
    blocks: [
      ...greeting(reader, texts),
      ...opening(kind, reader, about, texts),
      factsOf(reader, about, texts, 'provider'),
      ...actions(kind, about, texts),
      ...(kind === 'held' ? [{ kind: 'small' as const, text: texts.held.ignore }] : []),
      ...(choice === undefined ? [] : [{ kind: 'small' as const, text: texts.chosen(choice) }]),
    ],
  }
}

export function toProvider(
  kind: Exclude<ChangeKind, 'held'>,
  reader: Reader,
  about: AboutAppointment,
  calendarPage: string,
): MailContent {
  const texts = textsIn(reader.language)
  const { reservation, client, choice } = about
  const what = {
    confirmed: texts.calendar.booked,
    moved: texts.calendar.moved,
    cancelled: texts.calendar.cancelled,
  }
  const who = oneLine(client.name) || texts.calendar.someone
  return {
    language: reader.language,
    subject: texts.calendar.subject(what[kind], { who, at: shortAt(reservation, reader) }),
    heading: what[kind],
    blocks: [
      ...(kind === 'cancelled' ? endedToProvider(reader, about, texts) : []),
      factsOf(reader, about, texts, 'client'),
      { kind: 'action', label: texts.actions.calendar, url: calendarPage, main: true },
      ...(choice === undefined ? [] : [{ kind: 'small' as const, text: texts.chosen(choice) }]),
    ],
  }
}

/** What a calendar shows of it. */
export function eventFor(
  side: 'client' | 'provider',
  reader: Reader,
  { reservation, provider, client }: AboutAppointment,
): Pick<AppointmentEvent, 'summary' | 'description' | 'location'> {
  const texts = textsIn(reader.language)
  const { serviceName, durationMinutes, status } = reservation
  const other = side === 'client' ? provider.name : client.name || texts.calendar.someone
  const isOver = status !== 'held' && status !== 'confirmed'
  const lines = [
    ...(isOver ? [texts.event.over] : []),
    ...(serviceName === undefined ? [] : [serviceName]),
    texts.minutes(durationMinutes),
  ]
  return {
    summary: side === 'client' ? texts.event.with(other) : other,
    description: lines.join('\n'),
    location: provider.where,
  }
}

function greeting({ name, language }: Reader, texts: MailTexts): Block[] {
  const shown = oneLine(name)
  return shown === '' ? [] : [{ kind: 'text', text: texts.greeting(isolated(shown, language)) }]
}

function opening(
  kind: ChangeKind | 'reminder' | 'offer',
  reader: Reader,
  about: AboutAppointment,
  texts: MailTexts,
): Block[] {
  const { expiresAt } = about.reservation
  const until =
    expiresAt === undefined ? '' : momentText(Date.parse(expiresAt), reader.timeZone, reader.language)
  switch (kind) {
    case 'held':
    case 'offer':
      return [{ kind: 'text', text: texts[kind].text(until) }]
    case 'cancelled':
      return endedToClient(reader, about, texts)
    default:
      return []
  }
}

function endedToClient(
  { language }: Reader,
  { reservation, provider, note }: AboutAppointment,
  texts: MailTexts,
): Block[] {
  const { cancelled } = texts
  const name = isolated(provider.name, language)
  if (reservation.reason === 'replaced') return [{ kind: 'text', text: cancelled.replaced }]
  if (reservation.cancelledBy !== 'provider') return [{ kind: 'text', text: cancelled.byYou }]
  return [{ kind: 'text', text: cancelled.byProvider(name) }, ...saidBy(name, note, texts)]
}

function endedToProvider(
  { language }: Reader,
  { reservation, client, note }: AboutAppointment,
  texts: MailTexts,
): Block[] {
  const { calendar } = texts
  const name = isolated(client.name || calendar.someone, language)
  if (reservation.reason === 'replaced') return [{ kind: 'text', text: calendar.replaced(name) }]
  if (reservation.cancelledBy === 'provider') return [{ kind: 'text', text: calendar.byYou }]
  return [{ kind: 'text', text: calendar.byClient(name) }, ...saidBy(name, note, texts)]
}

function saidBy(name: string, note: string | undefined, { cancelled }: MailTexts): Block[] {
  if (note === undefined) return []
  return [
    { kind: 'text', text: cancelled.said(name) },
    { kind: 'quote', text: note },
  ]
}

function factsOf(
  reader: Reader,
  { reservation, provider, client, startBefore }: AboutAppointment,
  texts: MailTexts,
  other: 'provider' | 'client',
): Block {
  const { labels } = texts
  const { start, end, durationMinutes, serviceName } = reservation
  const [from, to] = [Date.parse(start), Date.parse(end)]
  const what = [...(serviceName === undefined ? [] : [serviceName]), texts.minutes(durationMinutes)].join(
    texts.comma,
  )
  const when = (zone: string) => spanText(from, to, zone, reader.language)
  const rows: [string, string | undefined][] = [
    [labels.what, what],
    [labels.when, when(reader.timeZone)],
    [
      labels.clockOf(oneLine(provider.name)),
      isSameClock(from, reader.timeZone, provider.timeZone) ? undefined : when(provider.timeZone),
    ],
    [
      labels.before,
      startBefore === undefined || startBefore === from
        ? undefined
        : momentText(startBefore, reader.timeZone, reader.language),
    ],
    ...(other === 'provider'
      ? ([
          [labels.provider, provider.name],
          [labels.where, provider.where],
        ] satisfies [string, string | undefined][])
      : ([
          [labels.client, client.name || texts.calendar.someone],
          [labels.phone, client.contact.phone],
          [labels.email, client.contact.email],
          [labels.note, client.contact.note],
        ] satisfies [string, string | undefined][])),
  ]
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '')
  return { kind: 'facts', rows: known }
}

function actions(
  kind: ChangeKind | 'reminder' | 'offer',
  { links, provider }: AboutAppointment,
  { actions }: MailTexts,
): Block[] {
  if (kind === 'cancelled') return [{ kind: 'action', label: actions.again, url: provider.page, main: true }]
  const labels: [LinkPurpose, string][] =
    kind === 'held'
      ? [
          ['confirm', actions.confirm],
          ['cancel', actions.giveBack],
        ]
      : kind === 'offer'
        ? [
            ['accept-offer', actions.accept],
            ['decline-offer', actions.decline],
            ['leave-wait', actions.leave],
          ]
        : [
            ['manage', actions.manage],
            ['move', actions.move],
            ['cancel', actions.cancel],
          ]
  return labels.flatMap(([purpose, label], index) => {
    const url = links[purpose]
    return url === undefined ? [] : [{ kind: 'action' as const, label, url, main: index === 0 }]
  })
}

function shortAt({ start }: Reservation, { timeZone, language }: Reader): string {
  return shortText(Date.parse(start), timeZone, language)
}

/** Two zones may have the same time by other names. */
function isSameClock(at: number, one: string, other: string): boolean {
  return one === other || shortText(at, one, 'en') === shortText(at, other, 'en')
}
