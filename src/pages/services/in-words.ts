/** A service and its terms in words. Pure: the texts, and how spans are written, are handed in. */
import { DEFAULT_REMINDER_MINUTES } from '../../domain/service.js'
import type { Service } from '../../schemas/services.js'
import type { Wording } from '../shared/wording.js'
import type { Field } from './draft.js'
import type { ServicesTexts } from './text/en.js'

export function serviceWords(texts: ServicesTexts, { duration, list }: Pick<Wording, 'duration' | 'list'>) {
  const { amount, elsewhere, fields, form } = texts

  /** A number of minutes: "45 minutes". */
  const span = (minutes: number): string => duration(minutes * 60_000)

  /** "until 24 hours before". */
  function deadline(seconds: number): string {
    return seconds === 0 ? amount.units.untilStart : amount.until({ span: duration(seconds * 1000) })
  }

  /** "24 hours before". */
  const before = (minutes: number): string => form.before({ span: span(minutes) })

  function valueIn(field: Field, value: Service[Field]): string {
    if (Array.isArray(value)) return reminders(value)
    if (field === 'reminderMinutes') return reminders(DEFAULT_REMINDER_MINUTES)
    if (typeof value === 'boolean') return value ? elsewhere.yes : elsewhere.no
    if (value === undefined) return field === 'noticeSeconds' ? form.asAll : elsewhere.none
    if (typeof value === 'string') return value
    if (field.endsWith('Minutes')) return value === 0 ? form.nothing : span(value)
    return deadline(value)
  }

  function reminders(minutes: readonly number[]): string {
    return minutes.length === 0 ? elsewhere.none : list(minutes.map(before))
  }

  return {
    span,
    before,
    deadline,
    /** One field, as in "Length: 45 minutes". */
    field: (service: Service, field: Field): string =>
      elsewhere.line({ field: fields[field], value: valueIn(field, service[field]) }),
  }
}
