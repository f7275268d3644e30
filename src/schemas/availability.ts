import { type Static, Type } from 'typebox'
import { Day, InstantIn, listOf, OwnSlot } from './common.js'

export const WallTime = Type.String({
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$',
  description: 'HH:MM on the wall of the provider; 24:00 is the end of the day',
  examples: ['08:00'],
})

export const WallBlock = Type.Object(
  { day: Day, from: WallTime, to: WallTime },
  { additionalProperties: false, description: 'In the zone of the provider' },
)
export type WallBlock = Static<typeof WallBlock>

export const InstantBlock = Type.Object({ start: InstantIn, end: InstantIn }, { additionalProperties: false })
export type InstantBlock = Static<typeof InstantBlock>

export const Block = Type.Union([WallBlock, InstantBlock])
export type Block = Static<typeof Block>

export const Publish = Type.Object(
  { blocks: Type.Array(Block, { minItems: 1, maxItems: 200 }) },
  {
    additionalProperties: false,
    examples: [{ blocks: [{ day: '2027-08-13', from: '08:00', to: '15:00' }] }],
  },
)
export type Publish = Static<typeof Publish>

export const Published = Type.Object({
  opened: Type.Integer(),
  existing: Type.Integer(),
  slots: Type.Array(Type.String()),
})
export type Published = Static<typeof Published>

export const Withdrawn = Type.Object({
  withdrawn: Type.Integer(),
  kept: Type.Array(OwnSlot, { description: 'Held and confirmed slots, which stay' }),
})
export type Withdrawn = Static<typeof Withdrawn>

export const CalendarSlot = Type.Object({
  ...OwnSlot.properties,
  by: Type.Enum(['hand', 'rule'], {
    description: 'Who decided last whether it is offered: the provider by hand, or its weekly hours',
  }),
  ruleRev: Type.Optional(
    Type.Integer({
      description:
        'The version of the hours that decided, or that a hand decided against: those decisions stay when the hours change',
    }),
  ),
})

export const CalendarSlotList = listOf(CalendarSlot)
