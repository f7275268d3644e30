import { Type } from 'typebox'

export const Liveness = Type.Object({ status: Type.Literal('alive') })

const Checks = Type.Object({
  database: Type.Boolean(),
  calls: Type.Boolean({
    description: 'No call to the database has waited for long or run out of time lately',
  }),
  indexes: Type.Boolean(),
  stream: Type.Boolean({ description: 'The change stream is open and was heard within the last 5 s' }),
  clock: Type.Boolean({ description: "This server's time agrees with the database's" }),
  sessions: Type.Boolean({ description: 'Sessions that other instances ended are known within 3 s' }),
  sweep: Type.Boolean({ description: 'The last sweep of overdue holds ended without a fault' }),
  serving: Type.Boolean({ description: 'false while the server drains' }),
})

export const Readiness = Type.Object({ status: Type.Enum(['ready', 'not ready']), checks: Checks })
