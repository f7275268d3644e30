/** Which mails an account wants. What it has not said is as in `DEFAULT_NOTIFICATIONS`. */

export const calendarMails = ['each', 'digest', 'none'] as const
/** How a provider hears of changes on the own calendar: of each at once, once a day, or not at all. */
export type CalendarMails = (typeof calendarMails)[number]

export interface Notifications {
  /** Of a client: before an appointment. */
  reminders: boolean
  /** Of a client: that an appointment was confirmed, moved or cancelled. */
  changes: boolean
  /** Of a provider. */
  calendar: CalendarMails
}

export const DEFAULT_NOTIFICATIONS: Notifications = { reminders: true, changes: true, calendar: 'each' }

/** What concerns an account of that role. */
export function notificationsOf(
  role: 'client' | 'provider',
  chosen: Partial<Notifications> = {},
): Partial<Notifications> {
  const { reminders, changes, calendar } = { ...DEFAULT_NOTIFICATIONS, ...chosen }
  return role === 'client' ? { reminders, changes } : { calendar }
}
