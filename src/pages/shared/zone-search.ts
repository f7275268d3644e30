/**
 * The time zones to choose from, and those that somebody means: by city, by zone, by country or by the distance from
 * UTC. Countries come from the names that Intl has for the time there ("India Time"), so there is no table of them.
 */
import { formerNamesOf, todaysName } from './time.js'

export interface ZoneEntry {
  /** As it is called today. */
  name: string
  /** Minutes ahead of UTC, now. */
  offset: number
  /** What it is found by, in lower case and without accents: its names and its country. */
  words: string[]
  /** The name of its time, which it shares with others. */
  shared: string[]
}

/** Naming a zone takes a browser some 0.3 ms; after so many it may do something else. */
const BETWEEN_PAUSES = 25

/** Every zone that this browser knows; it takes a tenth of a second or more, in steps. */
export async function listZones(language: string, now: number): Promise<ZoneEntry[]> {
  const names = new Set([...Intl.supportedValuesOf('timeZone').map(todaysName), 'UTC'])
  const entries: ZoneEntry[] = []
  for (const name of names) {
    if (entries.length % BETWEEN_PAUSES === 0) await new Promise((resolve) => setTimeout(resolve, 0))
    entries.push(entryOf(name, language, now))
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function entryOf(name: string, language: string, now: number): ZoneEntry {
  const country = [
    partOf('en', name, 'shortGeneric', now),
    language.startsWith('en') ? '' : partOf(language, name, 'shortGeneric', now),
  ]
  return {
    name,
    offset: offsetMinutesOf(partOf('en', name, 'longOffset', now)),
    words: wordsOf([name, ...formerNamesOf(name), ...country].join(' ')),
    shared: wordsOf(partOf('en', name, 'longGeneric', now)),
  }
}

function partOf(
  language: string,
  timeZone: string,
  timeZoneName: NonNullable<Intl.DateTimeFormatOptions['timeZoneName']>,
  now: number,
): string {
  const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName }).formatToParts(now)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/** Of `GMT+05:30`; of `GMT` it is 0. */
function offsetMinutesOf(offset: string): number {
  const [, sign, hours = 0, minutes = 0] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

/** Those in which each word of the query begins one of theirs, the likeliest first. */
export function findZones(entries: readonly ZoneEntry[], query: string): ZoneEntry[] {
  const isAway = offsetAsked(query)
  if (isAway !== null) return entries.filter(({ offset }) => isAway(offset))
  const asked = wordsOf(query)
  const start = asked.join(' ')
  const rank = ({ name, words }: ZoneEntry) => {
    const city = wordsOf(name.split('/').at(-1) ?? '').join(' ')
    if (city === start) return 0
    // "India" means Kolkata, neither Indianapolis nor Colombo, which has India Standard Time.
    if (asked.every((word) => words.includes(word))) return 1
    return city.startsWith(start) ? 2 : 3
  }
  return entries
    .filter(({ words, shared }) =>
      asked.every((word) => [...words, ...shared].some((known) => known.startsWith(word))),
    )
    .map((entry) => ({ entry, rank: rank(entry) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry)
}

/** For `+5:30`, `UTC-3`, `gmt 2`, `+0545`; a query of whole hours also finds what is so many hours and a part away. */
function offsetAsked(query: string): ((offset: number) => boolean) | null {
  const [, prefix, sign, hours = '', minutes] =
    /^\s*(utc|gmt)?\s*([+\-−–])?\s*(\d{1,2}?)(?::?(\d\d))?\s*$/i.exec(query) ?? []
  if (hours === '' || (prefix === undefined && sign === undefined)) return null
  const direction = sign === undefined || sign === '+' ? 1 : -1
  const exact = direction * (Number(hours) * 60 + Number(minutes ?? 0))
  if (minutes !== undefined) return (offset) => offset === exact
  return (offset) =>
    Math.trunc(offset / 60) === Math.trunc(exact / 60) && (exact === 0 || offset * direction > 0)
}

function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.match(/[\p{L}\p{N}]+/gu) ?? []
}
