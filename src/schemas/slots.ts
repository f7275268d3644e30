import { Type } from 'typebox'
import { Id, InstantOut, listOf, PublicSlot, pageQuery, spanQuery, TimeZone } from './common.js'

const states = 'open|held|confirmed|withdrawn'

export const SlotQuery = Type.Object(
  {
    providerId: Type.Optional(Id),
    serviceId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 80,
        description:
          'With providerId or near, without state: only the starts at which this service of the provider fits whole',
      }),
    ),
    ...spanQuery,
    timeZone: Type.Optional(TimeZone),
    state: Type.Optional(
      Type.String({
        pattern: `^(${states})(,(${states}))*$`,
        maxLength: 60,
        description: 'Comma separated; without it, bookable slots only',
        examples: ['open,held,confirmed'],
      }),
    ),
    near: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 80,
        description: 'The free slots of the same provider closest in time to this one',
      }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
)

export const SlotList = Type.Object({ serverTime: InstantOut, ...listOf(PublicSlot).properties })
