/** What mails about an account say, and the daily mail of a calendar. Pure. */
import type { LinkPurpose } from '../domain/link-purposes.js'
import type { Reader } from './appointment-content.js'
import { type Block, isolated, type MailContent, oneLine } from './content.js'
import type { AccountMailKind } from './mail-jobs.js'
import { type MailTexts, textsIn } from './texts/catalogue.js'
import { momentText, shortText } from './times.js'

interface AccountText {
  purpose: LinkPurpose
  action: (texts: MailTexts) => string
  said: (texts: MailTexts) => {
    subject: string
    heading: string
    text: (until: string) => string
    ignore?: string
  }
}

export const accountTexts: Record<AccountMailKind, AccountText> = {
  'password-reset': {
    purpose: 'password-reset',
    action: ({ actions }) => actions.password,
    said: ({ password }) => password,
  },
  'address-check': {
    purpose: 'address-check',
    action: ({ actions }) => actions.check,
    said: ({ check }) => check,
  },
  'address-change': {
    purpose: 'address-change',
    action: ({ actions }) => actions.change,
    said: ({ change }) => change,
  },
  'address-asked': {
    purpose: 'address-undo',
    action: ({ actions }) => actions.undo,
    said: ({ asked }) => asked,
  },
  'password-ended': {
    purpose: 'password-reset',
    action: ({ actions }) => actions.password,
    said: ({ ended }) => ended,
  },
  'address-changed': {
    purpose: 'address-undo',
    action: ({ actions }) => actions.undo,
    said: ({ changed }) => changed,
  },
}

export function aboutAccount(
  kind: AccountMailKind,
  reader: Reader,
  link: string,
  until: number,
): MailContent {
  const { action, said } = accountTexts[kind]
  const texts = textsIn(reader.language)
  const { subject, heading, text, ignore } = said(texts)
  return {
    language: reader.language,
    subject,
    heading,
    blocks: [
      { kind: 'text', text: texts.greeting(isolated(reader.name, reader.language)) },
      { kind: 'text', text: text(momentText(until, reader.timeZone, reader.language)) },
      { kind: 'action', label: action(texts), url: link, main: true },
      ...(ignore === undefined ? [] : [{ kind: 'small' as const, text: ignore }]),
    ],
  }
}

export interface DigestRow {
  start: number
  what: 'booked' | 'moved' | 'cancelled'
  client: string
}

/** A mail of this many lines is read; a longer one is not. */
const MOST_ROWS = 50

export function digest(
  reader: Reader,
  rows: readonly DigestRow[],
  pages: { calendar: string; choice: string },
): MailContent {
  const texts = textsIn(reader.language)
  const { calendar, actions } = texts
  const shown = rows.slice(0, MOST_ROWS)
  const rest = rows.length - shown.length
  const blocks: Block[] = [
    {
      kind: 'facts',
      rows: shown.map(({ start, what, client }) => [
        shortText(start, reader.timeZone, reader.language),
        `${calendar[what]}: ${oneLine(client) || calendar.someone}`,
      ]),
    },
    ...(rest > 0 ? [{ kind: 'text' as const, text: texts.digest.more(rest) }] : []),
    { kind: 'action', label: actions.calendar, url: pages.calendar, main: true },
    { kind: 'small', text: texts.chosen(pages.choice) },
  ]
  return {
    language: reader.language,
    subject: texts.digest.subject(rows.length),
    heading: texts.digest.heading,
    blocks,
  }
}
