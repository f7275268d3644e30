/** A service while it is being written: from the wire to the fields of the form, and back. Pure. */
import { DEFAULT_REMINDER_MINUTES } from '../../domain/service.js'
import type { NewService, Service, ServiceChanges } from '../../schemas/services.js'
import { type Amount, amountOf, deadlineUnits, wireValue } from './amount.js'

export interface Draft {
  name: string
  description: string
  priceText: string
  durationMinutes: number
  bufferBeforeMinutes: number
  bufferAfterMinutes: number
  startsEveryMinutes: 15 | 30 | 60
  /** Null: as for all services. */
  noticeSeconds: Amount | null
  cancelCutoffSeconds: Amount
  moveCutoffSeconds: Amount
  /** Before the start, the last one first. */
  reminderMinutes: number[]
  active: boolean
}
export type Field = keyof Draft
export type Fault = 'no name' | 'no number'
export type Faults = Partial<Record<Field, Fault>>

/** As far as the server takes a notice or cut-off of a service. */
const MOST_SECONDS = 3_153_600_000

export const emptyDraft: Draft = {
  name: '',
  description: '',
  priceText: '',
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  startsEveryMinutes: 15,
  noticeSeconds: null,
  cancelCutoffSeconds: { count: '', unit: 0 },
  moveCutoffSeconds: { count: '', unit: 0 },
  reminderMinutes: [...DEFAULT_REMINDER_MINUTES],
  active: true,
}

const fields = Object.keys(emptyDraft) as Field[]
/** What stands behind "more": most services need none of it. */
export const detailFields = [
  'bufferBeforeMinutes',
  'bufferAfterMinutes',
  'startsEveryMinutes',
  'noticeSeconds',
  'cancelCutoffSeconds',
  'moveCutoffSeconds',
  'reminderMinutes',
] as const satisfies Field[]

export function draftOf(service: Service): Draft {
  return {
    name: service.name,
    description: service.description ?? '',
    priceText: service.priceText ?? '',
    durationMinutes: service.durationMinutes,
    bufferBeforeMinutes: service.bufferBeforeMinutes,
    bufferAfterMinutes: service.bufferAfterMinutes,
    startsEveryMinutes: service.startsEveryMinutes,
    noticeSeconds:
      service.noticeSeconds === undefined ? null : amountOf(service.noticeSeconds, deadlineUnits),
    cancelCutoffSeconds: amountOf(service.cancelCutoffSeconds, deadlineUnits),
    moveCutoffSeconds: amountOf(service.moveCutoffSeconds, deadlineUnits),
    reminderMinutes: sorted(service.reminderMinutes ?? DEFAULT_REMINDER_MINUTES),
    active: service.active,
  }
}

/** What is wrong, by field; the server looks again. */
export function faultsOf(draft: Draft): Faults {
  const faults: Faults = {}
  if (draft.name.trim() === '') faults.name = 'no name'
  if (draft.noticeSeconds !== null && secondsOf(draft.noticeSeconds) === null)
    faults.noticeSeconds = 'no number'
  if (secondsOf(draft.cancelCutoffSeconds) === null) faults.cancelCutoffSeconds = 'no number'
  if (secondsOf(draft.moveCutoffSeconds) === null) faults.moveCutoffSeconds = 'no number'
  return faults
}

/** For a draft without faults. What was left empty is not said. */
export function newServiceOf(draft: Draft): NewService {
  const given = Object.entries(onWire(draft)).filter(([, value]) => value !== null)
  return Object.fromEntries(given) as unknown as NewService
}

/** Only what differs: what somebody else changed meanwhile stays. */
export function changesBetween(before: Draft, after: Draft): ServiceChanges {
  const wire = onWire(after)
  return Object.fromEntries(changedFields(before, after).map((field) => [field, wire[field]]))
}

/** What somebody else has saved, with what was changed here on top. */
export function rebased(before: Draft, after: Draft, theirs: Draft): Draft {
  const mine = changedFields(before, after).map((field) => [field, after[field]])
  return { ...theirs, ...Object.fromEntries(mine) }
}

export function changedFields(before: Draft, after: Draft): Field[] {
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
}

function onWire(draft: Draft) {
  const { noticeSeconds, reminderMinutes } = draft
  return {
    ...draft,
    name: draft.name.trim(),
    description: draft.description.trim() || null,
    priceText: draft.priceText.trim() || null,
    noticeSeconds: noticeSeconds === null ? null : secondsOf(noticeSeconds),
    cancelCutoffSeconds: secondsOf(draft.cancelCutoffSeconds),
    moveCutoffSeconds: secondsOf(draft.moveCutoffSeconds),
    reminderMinutes: String(reminderMinutes) === String(DEFAULT_REMINDER_MINUTES) ? null : reminderMinutes,
  }
}

/** With one more, or without one. */
export function withReminder(reminders: readonly number[], minutes: number, isOn: boolean): number[] {
  const others = reminders.filter((one) => one !== minutes)
  return isOn ? sorted([...others, minutes]) : others
}

function sorted(minutes: readonly number[]): number[] {
  return minutes.toSorted((a, b) => a - b)
}

function secondsOf(amount: Amount): number | null {
  return wireValue(amount, deadlineUnits, MOST_SECONDS)
}
