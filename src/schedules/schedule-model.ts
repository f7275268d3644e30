/** How schedules lie in the database: one document for each provider that has ever set hours or a day that differs. */
import { type Connection, type Model, type mongo, Schema } from 'mongoose'
import { collectionOf } from '../database/database-calls.js'
import type { HoursSpan, ScheduleException, WeeklySpan } from '../domain/schedule.js'

/** Under what the open slots follow the hours, and how far. */
export interface MadeStamp {
  ruleRev: number
  timeZone: string
  /** The release of the time zone data. */
  tz: string
  /** The last day. */
  through: string
}

/** A day on which slots that are taken lie outside of the hours; those that a rule opened are withdrawn once they are free. */
export interface LeftDay {
  day: string
  /** Ids of holds and bookings of which the provider is told. */
  reservations: string[]
}

/** The reservations that lie outside of the hours, each once, though an appointment may pass midnight. */
export function outsideIn(left: readonly LeftDay[]): string[] {
  return [...new Set(left.flatMap(({ reservations }) => reservations))].sort()
}

/** Days that a run is changing. One that was killed leaves it here, for a later run to look at these days again. */
export interface OpenRun {
  id: string
  from: string
  to: string
  at: Date
}

export interface ScheduleDoc {
  /** The provider's. */
  _id: string
  weekly: WeeklySpan[]
  horizonDays: number
  validFrom?: string
  validTo?: string
  /** Of the weekly hours. */
  rev: number
  exceptions: ScheduleException[]
  /** Moves with each change of hours or exceptions; slots say under which they were opened. */
  ruleRev: number
  made?: MadeStamp
  left: LeftDay[]
  runs: OpenRun[]
}

export const DEFAULT_HORIZON_DAYS = 62

/** Of a provider that has never set any hours. */
export function noHours(providerId: string): ScheduleDoc {
  return {
    _id: providerId,
    weekly: [],
    horizonDays: DEFAULT_HORIZON_DAYS,
    rev: 0,
    exceptions: [],
    ruleRev: 0,
    left: [],
    runs: [],
  }
}

const PLAIN = { _id: false, id: false } as const
const span = new Schema<HoursSpan>({ from: String, to: String }, PLAIN)

export const scheduleSchema = new Schema<ScheduleDoc>(
  {
    _id: { type: String, required: true },
    weekly: [new Schema<WeeklySpan>({ weekday: Number, from: String, to: String }, PLAIN)],
    horizonDays: { type: Number, required: true },
    validFrom: String,
    validTo: String,
    rev: { type: Number, required: true },
    exceptions: [
      new Schema<ScheduleException>(
        {
          id: String,
          from: String,
          to: String,
          closed: Boolean,
          blocks: { type: [span], default: undefined },
          reason: String,
        },
        PLAIN,
      ),
    ],
    ruleRev: { type: Number, required: true },
    made: new Schema<MadeStamp>({ ruleRev: Number, timeZone: String, tz: String, through: String }, PLAIN),
    left: [new Schema<LeftDay>({ day: String, reservations: [String] }, PLAIN)],
    runs: [new Schema<OpenRun>({ id: String, from: String, to: String, at: Date }, PLAIN)],
  },
  { collection: 'schedules', versionKey: false, autoIndex: false, autoCreate: false, strict: 'throw' },
)

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareSchedules(connection: Connection): Promise<mongo.Collection<ScheduleDoc>> {
  const model: Model<ScheduleDoc> =
    connection.models.Schedule ?? connection.model<ScheduleDoc>('Schedule', scheduleSchema)
  await model.createCollection()
  return schedulesOf(connection)
}

export function schedulesOf(connection: Connection): mongo.Collection<ScheduleDoc> {
  return collectionOf<ScheduleDoc>(connection, 'schedules')
}
