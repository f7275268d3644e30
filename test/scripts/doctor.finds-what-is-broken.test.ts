/** Each check of the doctor on an engine that breaks what it checks. */
import { randomBytes } from 'node:crypto'
import { type Test, test } from 'tap'
import { type Check, type Row, rowOf, type Subject } from '../../scripts/operations/doctor/check.js'
import { checks } from '../../scripts/operations/doctor/checks.js'
import { connectDatabase } from '../../src/database/connect.js'
import { withDatabase } from '../../src/database/uri.js'
import { testDatabase } from '../helper/database.js'
import { type Lies, lyingEngine, type Message } from '../helper/lying-engine.js'

interface Breakage {
  check: string
  /** What the engine does. */
  broken: string
  lies: () => Lies
  seen: RegExp
  verdict?: Row['verdict']
}

async function subjectOf(t: Test) {
  const engine = await lyingEngine(t, (await testDatabase(t)).uri)
  const uri = withDatabase(engine.uri, `slotcast_test_${randomBytes(6).toString('hex')}`)
  const connectAgain = async () => {
    const connection = await connectDatabase({ uri })
    t.teardown(() => connection.close(true))
    return connection
  }
  const subject: Subject = { connection: await connectAgain(), connectAgain }
  t.teardown(async () => {
    engine.lie({})
    await subject.connection.dropDatabase()
  })
  return { engine, subject }
}

function named(name: string): Check {
  const check = checks.find((one) => one.name === name)
  if (!check) throw new Error(`no check "${name}"`)
  return check
}

/** Of a call, not of the driver's own watching. */
const asksHello = (command: Message) => command.hello !== undefined && command.lsid !== undefined
const saysMongoDb = (answer: Message, command: Message) =>
  command.buildInfo !== undefined && delete answer.secantusVersion

function becomes(answer: Message, other: Message): boolean {
  for (const key of Object.keys(answer)) delete answer[key]
  Object.assign(answer, other)
  return true
}

/** The index is made without these options, and listed as if it had them. */
function indexWithout(name: string, ...options: string[]): Lies {
  return {
    command({ createIndexes, indexes = [] }) {
      const index = indexes.find((one: Message) => one.name === name)
      if (createIndexes === undefined || index === undefined) return false
      for (const option of options) delete index[option]
      return true
    },
    answer(answer, { listIndexes }) {
      const index = answer.cursor?.firstBatch?.find((one: Message) => one.name === name)
      if (listIndexes === undefined || index === undefined) return false
      index.unique = true
      return true
    },
  }
}

const isTrue = (update: Message[]) => {
  const cond = update[0]?.$replaceWith?.$cond
  if (cond) cond[0] = true
  return cond !== undefined
}

/** Does half of the statement and says that it was refused: from the one with this number on. */
function halves(from: number, code: number): Lies {
  const halved = new Set<Message>()
  let seen = 0
  return {
    command(command) {
      const [statement] = command.updates ?? []
      if (statement?.multi !== true || ++seen < from) return false
      statement.q._id.$in = statement.q._id.$in.slice(0, 2)
      for (const field of ['txnNumber', 'startTransaction', 'autocommit', 'readConcern'])
        delete command[field]
      command.writeConcern = { w: 'majority' }
      halved.add(command)
      return true
    },
    answer(answer, command) {
      if (!halved.has(command)) return saysMongoDb(answer, command) && false
      return becomes(answer, { ok: 1, n: 0, nModified: 0, writeErrors: [{ index: 0, code, errmsg: 'no' }] })
    },
  }
}

type Events = (events: Message[]) => Message[]

/** What change streams tell, told in another way. */
function telling(change: Events): Lies {
  return {
    answer(answer) {
      const { cursor } = answer
      const batch = cursor?.nextBatch ? 'nextBatch' : 'firstBatch'
      if (!cursor?.[batch]?.[0]?.operationType) return false
      cursor[batch] = change(cursor[batch])
      return true
    },
  }
}

const resumesFromNow: Lies = {
  command: ({ pipeline }) => {
    const { $changeStream } = pipeline?.[0] ?? {}
    return $changeStream?.resumeAfter !== undefined && delete $changeStream.resumeAfter
  },
}

const entryIn = ({ updateDescription }: Message) =>
  Object.entries<Message>(updateDescription?.updatedFields ?? {}).find(([key]) => key.startsWith('log.'))?.[1]

/** Each time that is asked for by so much more than the one before. */
function timesMovedBy(ms: number): Lies {
  let moved = 0
  return {
    answer(answer, command) {
      if (!asksHello(command)) return false
      moved += ms
      answer.localTime = new Date(answer.localTime.getTime() + moved)
      return true
    },
  }
}

const breakages: Breakage[] = [
  {
    check: 'version',
    broken: 'is one release too old',
    lies: () => ({
      answer(answer, command) {
        if (command.buildInfo !== undefined) answer.version = '4.4.1'
        return saysMongoDb(answer, command)
      },
    }),
    seen: /^MongoDB 4\.4\.1, and 4\.4\.2 is the oldest/,
  },
  {
    check: 'primary of a replica set',
    broken: 'is a standalone server',
    lies: () => ({ answer: (answer, command) => asksHello(command) && delete answer.setName }),
    seen: /^a standalone server$/,
  },
  {
    check: 'primary of a replica set',
    broken: 'is a secondary',
    lies: () => ({
      answer(answer, command) {
        answer.isWritablePrimary = false
        return asksHello(command)
      },
    }),
    seen: /not its primary$/,
  },
  {
    check: 'majority and journal',
    broken: 'does not have on the majority what it acknowledged',
    lies: () => ({
      answer(answer, { find, readConcern }) {
        if (find !== 'counters' || readConcern?.level !== 'majority') return false
        answer.cursor.firstBatch = []
        return true
      },
    }),
    seen: /^20 of 20 acknowledged writes not/,
  },
  {
    check: 'majority and journal',
    broken: 'does not reach a majority',
    lies: () => ({
      answer(answer, { update }) {
        answer.writeConcernError = { code: 64, errmsg: 'waiting for replication timed out' }
        return update === 'counters'
      },
    }),
    seen: /^error 64: /,
  },
  {
    check: 'majority and journal',
    broken: 'does not know the read concern',
    lies: () => ({
      answer: (answer, { find, readConcern }) =>
        find === 'counters' &&
        readConcern !== undefined &&
        becomes(answer, { ok: 0, code: 148, codeName: 'ReadConcernMajorityNotEnabled', errmsg: 'no' }),
    }),
    seen: /^error 148: /,
  },
  {
    check: 'clock',
    broken: 'goes back',
    lies: () => timesMovedBy(-100),
    seen: /^its time went back/,
  },
  {
    check: 'clock',
    broken: 'jumps ahead',
    lies: () => timesMovedBy(5_000),
    seen: /contradict each other/,
  },
  ...['speed of a durable write', 'speed of a read'].map(
    (check): Breakage => ({
      check,
      broken: 'takes 60 ms for each answer',
      lies: () => ({ delayMs: 60 }),
      seen: /^median of 50 .*, more than 50$/,
      verdict: 'slow',
    }),
  ),
  {
    check: 'partial unique index',
    broken: 'lets a client be in two places',
    lies: () => indexWithout('one place', 'unique'),
    seen: /^bookings of one client at one time: 32 of 32 at once took place$/,
  },
  {
    check: 'partial unique index',
    broken: 'lets a client have holds beyond its number',
    lies: () => indexWithout('holds', 'unique'),
    seen: /^holds of one client under one number: 32 of 32 at once took place$/,
  },
  {
    check: 'partial unique index',
    broken: 'has every slot in the index',
    lies: () => indexWithout('one place', 'partialFilterExpression'),
    seen: /^error 11000: /,
  },
  {
    check: 'partial unique index',
    broken: 'refuses and does not say so',
    lies: () => ({ answer: (answer) => answer.writeErrors !== undefined && delete answer.writeErrors }),
    seen: /^bookings of one client at one time: 1 took place, and 32 were told so$/,
  },
  {
    check: 'sparse unique index',
    broken: 'lets a reservation be in two places',
    lies: () => indexWithout('live reservation by part', 'unique'),
    seen: /^32 of 32 at once took place$/,
  },
  {
    check: 'sparse unique index',
    broken: 'has every slot in the index',
    lies: () => indexWithout('live reservation by part', 'sparse'),
    seen: /^error 11000: /,
  },
  {
    check: 'sparse unique index',
    broken: 'does not make the index',
    lies: () => ({
      answer: (answer, { listIndexes }) =>
        listIndexes !== undefined &&
        Boolean(answer.cursor?.firstBatch?.splice(1, answer.cursor.firstBatch.length)),
    }),
    seen: /^The slots collection lacks the indexes: /,
  },
  {
    check: 'rule inside the update',
    broken: 'changes where the rule does not hold',
    lies: () => ({ command: ({ updates }) => updates?.[0]?.u?.[0] !== undefined && isTrue(updates[0].u) }),
    seen: /^50 of 50 holds took place$/,
  },
  {
    check: 'rule inside the update',
    broken: 'changes where the rule does not hold, with findOneAndUpdate',
    lies: () => ({ command: ({ findAndModify, update }) => findAndModify !== undefined && isTrue(update) }),
    seen: /^50 of 50 were told that the hold is theirs$/,
  },
  {
    check: 'time inside the update',
    broken: 'has another time there',
    lies: () => ({
      command({ update, updates }) {
        const fields = update === 'moments' && updates[0].u[0]?.$replaceWith.$mergeObjects[1]
        if (fields) fields.at = new Date(Date.now() - 3_600_000)
        return Boolean(fields)
      },
    }),
    seen: /^\$\$NOW is 3\d{6} ms away/,
  },
  {
    check: 'time inside the update',
    broken: 'does not reckon with it',
    lies: () => ({
      command({ update, updates }) {
        const fields = update === 'moments' && updates[0].u[0]?.$replaceWith.$mergeObjects[1]
        if (fields) fields.ms = 17
        return Boolean(fields)
      },
    }),
    seen: /^\$toLong makes 17 of the time/,
  },
  {
    check: 'answers of a bulk',
    broken: 'names the statement after the refused one',
    lies: () => ({
      answer(answer, { updates }) {
        for (const error of answer.writeErrors ?? []) error.index++
        return updates?.length === 16
      },
    }),
    seen: /^it says that \[4,8,12\] were refused, and \[3,7,11\] were$/,
  },
  {
    check: 'answers of a bulk',
    broken: 'says another code',
    lies: () => ({
      answer(answer, { updates }) {
        for (const error of answer.writeErrors ?? []) error.code = 112
        return updates?.length === 16
      },
    }),
    seen: /^it says code 112,112,112$/,
  },
  {
    check: 'answers of a bulk',
    broken: 'leaves out a statement',
    lies: () => ({
      command({ updates }) {
        if (updates?.length !== 16) return false
        updates[0].q = { _id: 'nobody' }
        return true
      },
    }),
    seen: /^1 of 16 slots are not as the bulk says$/,
  },
  {
    check: 'several slots at once',
    broken: 'does half of a statement whose pipeline fails',
    lies: () => halves(1, 241),
    seen: /^one slot was taken, and 2 of the others changed$/,
  },
  {
    check: 'several slots at once',
    broken: 'does half of a statement that a unique index refuses',
    lies: () => halves(2, 11_000),
    seen: /^a unique index refused one slot, and 2 of the others changed$/,
  },
  {
    check: 'several slots at once',
    broken: 'does half of a statement and says that it was refused',
    lies: () => halves(3, 241),
    seen: /^four free slots: 2 changed/,
  },
  {
    check: 'several slots at once',
    broken: 'lets rivals have two each',
    lies: () => {
      let seen = 0
      return {
        command({ updates }) {
          if (updates?.[0]?.multi !== true || ++seen < 4) return false
          updates[0].q._id.$in = seen % 2 ? updates[0].q._id.$in.slice(0, 2) : updates[0].q._id.$in.slice(2)
          return true
        },
      }
    },
    seen: /^2 of 8 rivals got slots, and 0 of them all four$/,
  },
  {
    check: 'several slots at once',
    broken: 'is a MongoDB and keeps half of a transaction that it ended',
    lies: () => {
      const { command, answer } = halves(1, 241)
      return {
        ...(command && { command }),
        answer: (given, asked) => saysMongoDb(given, asked) || answer?.(given, asked) === true,
      }
    },
    seen: /^one slot was taken, and 2 of the others changed$/,
  },
  {
    check: 'change stream',
    broken: 'leaves out a change',
    lies: () => telling((events) => events.filter(({ operationType }) => operationType !== 'replace')),
    seen: /^it tells "1 opened, 2 held, 3 released \+ 4 held, 5 confirmed, gone", and/,
  },
  {
    check: 'change stream',
    broken: 'tells changes in another order',
    lies: () => telling((events) => events.reverse()),
    seen: /^it tells "gone, /,
  },
  {
    check: 'change stream',
    broken: 'does not say which fields changed',
    lies: () =>
      telling((events) =>
        events.map((event) => ({ ...event, ...(event.updateDescription && { updateDescription: {} }) })),
      ),
    seen: /^it tells "1 opened, nothing, nothing, nothing, 6 released, gone"/,
  },
  {
    check: 'changes of one statement',
    broken: 'tells one of four later',
    lies: () =>
      telling((events) => {
        const at = events.findIndex((event) => entryIn(event)?.of !== undefined)
        return [...events.slice(0, at), ...events.slice(at + 1), ...events.slice(at, at + 1)]
      }),
    seen: /^those of 8 appointments came in (8|9|1\d) pieces$/,
  },
  ...['resume after a token', 'resume on another connection'].flatMap((check): Breakage[] => [
    {
      check,
      broken: 'goes on from now',
      lies: () => resumesFromNow,
      seen: /^after resuming came "" instead of "7 held, 8 held,/,
    },
    {
      check,
      broken: 'repeats a change',
      lies: () => telling(([first, ...others]) => (first ? [first, first, ...others] : [])),
      seen: /came "(\d+) held, \1 held,/,
    },
  ]),
  {
    check: 'unknown token',
    broken: 'takes any token',
    lies: () => resumesFromNow,
    seen: /^it goes on from a place that there never was/,
  },
  {
    check: 'unknown token',
    broken: 'says that it is busy',
    lies: () => ({
      answer: (answer, { pipeline }) =>
        pipeline?.[0]?.$changeStream?.resumeAfter !== undefined &&
        becomes(answer, { ok: 0, code: 11_602, codeName: 'InterruptedDueToReplStateChange', errmsg: 'no' }),
    }),
    seen: /did not answer within|error 11602/,
  },
]

test('control: through the same proxy, a sound engine passes every check', async (t) => {
  const { subject } = await subjectOf(t)
  for (const check of checks) {
    const { verdict, seen } = await rowOf(check, subject)
    // How fast this machine is at the moment is not the question.
    t.ok(verdict === 'ok' || (verdict === 'slow' && check.name.startsWith('speed')), `${check.name}: ${seen}`)
  }
})

test('control: a MongoDB is asked with transactions, and passes', async (t) => {
  const { engine, subject } = await subjectOf(t)
  engine.lie({ answer: (answer, command) => saysMongoDb(answer, command) })
  for (const name of ['several slots at once', 'changes of one statement'])
    t.match(await rowOf(named(name), subject), { verdict: 'ok' })
  t.match(await rowOf(named('several slots at once'), subject), { seen: /^one transaction/ })
})

test('what a new stream tells from before it was opened is passed over', async (t) => {
  const { engine, subject } = await subjectOf(t)
  for (const name of ['change stream', 'changes of one statement', 'resume after a token']) {
    let isFirst = true
    const opened = (event: Message, _id: string) => ({
      ...event,
      operationType: 'insert',
      documentKey: { _id },
      fullDocument: { log: { r1: { rev: 1, from: 0, kind: 'opened' } } },
    })
    const lies = telling((events) => {
      const [event] = events
      if (!isFirst || !event) return events
      isFirst = false
      const own = name === 'change stream' ? [] : [opened(event, event.documentKey._id)]
      return [opened(event, 'of another check'), ...own, ...events]
    })
    engine.lie(lies)
    t.match(await rowOf(named(name), subject), { name, verdict: 'ok' })
    t.notOk(isFirst, 'it was told')
  }
})

for (const { check, broken, lies, seen, verdict = 'FAILED' } of breakages) {
  test(`${check}: an engine that ${broken}`, async (t) => {
    const { engine, subject } = await subjectOf(t)
    engine.lie(lies())
    t.match(await rowOf(named(check), subject), { name: check, verdict, seen })
  })
}

test('there is one for each check', async (t) => {
  const broken = new Set(breakages.map(({ check }) => check))
  t.same(
    checks.filter(({ name }) => !broken.has(name)),
    [],
  )
})
