/**
 * The time zone data that local times are computed with. They come with Node (or from ICU_TIMEZONE_FILES_DIR) and age: a
 * government changes its rules, and older data goes on with the old ones.
 *
 * Data is old when it gets a change wrong that is listed here. That is asked of the data itself, by the offset at one
 * moment: whether a version name is old enough would say nothing of data that a distribution has patched. A change belongs
 * on the list when data without it ships with a Node release that this server runs on.
 */
import { Temporal } from 'temporal-polyfill'

/** The release of the IANA database, such as 2025c. */
export const tzVersion = process.versions.tz ?? 'unknown'

export interface ZoneChange {
  timeZone: string
  /** A moment at which the new rule and the old one differ. */
  at: string
  /** By the new rule. */
  offset: string
  what: string
}

export const knownChanges: readonly ZoneChange[] = [
  {
    timeZone: 'America/Vancouver',
    at: '2026-12-15T12:00:00Z',
    offset: '-07:00',
    what: 'British Columbia keeps daylight saving time from 2026 on (tzdata 2026b)',
  },
]

/** One line for each change that the data does not know. */
export function outdatedZones(changes: readonly ZoneChange[] = knownChanges, version = tzVersion): string[] {
  return changes
    .filter(
      ({ timeZone, at, offset }) => Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).offset !== offset,
    )
    .map(
      ({ timeZone, what }) =>
        `Time zone data ${version} is out of date for ${timeZone}: ${what}. See "Time zones" in docs/operations.md.`,
    )
}
