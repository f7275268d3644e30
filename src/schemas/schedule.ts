import { type Static, Type } from 'typebox'
import { WallTime } from './availability.js'
import { Day, listOf } from './common.js'
import { Reservation } from './reservations.js'

const HoursSpan = Type.Object(
  { from: WallTime, to: WallTime },
  { additionalProperties: false, examples: [{ from: '09:00', to: '12:00' }] },
)

export const WeeklySpan = Type.Object(
  {
    weekday: Type.Integer({ minimum: 1, maximum: 7, description: '1 is Monday, 7 is Sunday' }),
    from: WallTime,
    to: WallTime,
  },
  { additionalProperties: false, examples: [{ weekday: 1, from: '09:00', to: '12:00' }] },
)
export type WeeklySpan = Static<typeof WeeklySpan>

const hours = {
  weekly: Type.Array(WeeklySpan, {
    maxItems: 100,
    description: 'Multiples of 15 minutes on the clock of the provider; what overlaps is joined',
  }),
  horizonDays: Type.Integer({
    minimum: 7,
    maximum: 180,
    description: 'So many days from today on are offered; each day one more',
  }),
  validFrom: Type.Optional({ ...Day, description: 'The first day with these hours' }),
  validTo: Type.Optional({ ...Day, description: 'The last day with these hours' }),
}

export const NewSchedule = Type.Object(
  { ...hours, horizonDays: Type.Optional({ ...hours.horizonDays, default: 62 }) },
  {
    additionalProperties: false,
    examples: [{ weekly: [{ weekday: 1, from: '09:00', to: '12:00' }], horizonDays: 62 }],
  },
)
export type NewSchedule = Static<typeof NewSchedule>

const Note = Type.Object({
  day: Day,
  text: Type.String(),
  from: { ...WallTime, description: 'Of the hours that do not last as long as they say' },
  to: WallTime,
  minutes: Type.Integer({ description: 'How long they last' }),
})
const notes = Type.Array(Note, { description: 'Days on which the clocks change during these hours' })
const outside = Type.Array(Reservation, {
  description: 'Holds and bookings outside of the hours. They stay until somebody moves or ends them.',
})

export const Schedule = Type.Object({
  ...hours,
  timeZone: Type.String(),
  rev: Type.Integer({ description: '0 where no hours were ever set' }),
  madeThrough: Type.Optional({ ...Day, description: 'The last day whose open slots follow the hours' }),
  outside,
})
export type Schedule = Static<typeof Schedule>

const made = {
  opened: Type.Integer({ description: 'Slots that the change opened' }),
  withdrawn: Type.Integer({ description: 'Slots that the change withdrew' }),
}

export const Preview = Type.Object({
  opens: Type.Integer({ description: 'Slots that the change would open' }),
  withdraws: Type.Integer({ description: 'Slots that the change would withdraw' }),
  outside,
  notes,
  through: { ...Day, description: 'The last day that was looked at' },
})
export type Preview = Static<typeof Preview>

export const SetSchedule = Type.Object({ ...Schedule.properties, ...made, notes })
export type SetSchedule = Static<typeof SetSchedule>

const days = {
  from: { ...Day, description: 'The first day' },
  to: { ...Day, description: 'The last day' },
  closed: Type.Optional(Type.Literal(true, { description: 'Nothing is offered on these days' })),
  blocks: Type.Optional(
    Type.Array(HoursSpan, {
      minItems: 1,
      maxItems: 20,
      description: 'The hours of these days, instead of the weekly ones',
    }),
  ),
  reason: Type.Optional(
    Type.String({ format: 'name', minLength: 1, maxLength: 200, examples: ['Public holiday'] }),
  ),
}

export const NewException = Type.Object(days, {
  additionalProperties: false,
  description: 'Either `closed` or `blocks`',
  examples: [{ from: '2027-12-24', to: '2027-12-31', closed: true, reason: 'Holidays' }],
})
export type NewException = Static<typeof NewException>

export const ScheduleException = Type.Object({ id: Type.String(), ...days })
export type ScheduleException = Static<typeof ScheduleException>

export const ExceptionList = listOf(ScheduleException)

export const SetException = Type.Object({ ...ScheduleException.properties, ...made, outside })
export type SetException = Static<typeof SetException>

export const Imported = Type.Object({
  added: Type.Array(ScheduleException),
  existing: Type.Integer({ description: 'Events whose days were closed before' }),
  skipped: Type.Array(
    Type.Object({
      summary: Type.String(),
      reason: Type.String(),
      code: Type.String({ description: 'The reason, for programs', examples: ['not_a_whole_day'] }),
      count: Type.Optional(Type.Integer({ description: 'With `not_listed`: how many events' })),
    }),
  ),
  ...made,
  outside,
})
export type Imported = Static<typeof Imported>

export const ImportPreview = Type.Object({
  added: Type.Array(Type.Object(days), { description: 'Without ids, as nothing was added yet' }),
  existing: Imported.properties.existing,
  skipped: Imported.properties.skipped,
  ...Preview.properties,
})
export type ImportPreview = Static<typeof ImportPreview>
