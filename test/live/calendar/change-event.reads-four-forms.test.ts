import t from 'tap'
import { entriesOf, readChange, type SlotChange } from '../../../src/live/calendar/change-event.js'
import type { LogEntry } from '../../../src/slots/slot-document.js'

const at = new Date('2027-08-13T12:00:00Z')
const client = { id: 'c', name: 'n' }
const first = { id: 'a', client }
const second = { id: 'b', client, expiresAt: at }
const opened: LogEntry = { rev: 1, from: 0, kind: 'opened', at, state: 'open' }
const held: LogEntry = {
  rev: 2,
  from: 1,
  kind: 'held',
  at,
  state: 'held',
  reservation: { ...first, expiresAt: at },
}
/** A take-over writes two entries in one update: the old hold ends, the new one begins. */
const expired: LogEntry = {
  rev: 3,
  from: 2,
  kind: 'released',
  at,
  state: 'open',
  reason: 'expired',
  ended: first,
}
const heldAgain: LogEntry = { rev: 4, from: 2, kind: 'held', at, state: 'held', reservation: second }
const whole = { r1: opened, r2: held, r3: expired, r4: heldAgain }

const documentKey = { _id: 'p.20270815T1200Z' }
const forms: Record<string, SlotChange> = {
  'single keys of an update': {
    operationType: 'update',
    documentKey,
    updateDescription: {
      updatedFields: { 'log.r3': expired, 'log.r4': heldAgain, 'past.0': {}, rev: 4, state: 'held' },
    },
  },
  'the whole log in an update': {
    operationType: 'update',
    documentKey,
    updateDescription: { updatedFields: { log: whole, rev: 4 } },
  },
  'an insert': { operationType: 'insert', documentKey, fullDocument: { log: whole } },
  'a replace': { operationType: 'replace', documentKey, fullDocument: { log: whole } },
}

for (const [form, change] of Object.entries(forms)) {
  t.test(`${form} gives the entries of that update, oldest first`, async (t) => {
    t.same(entriesOf(change), [expired, heldAgain])
    t.same(readChange(change), { kind: 'entries', slotId: documentKey._id, entries: [expired, heldAgain] })
  })
}

t.test('keys in another order, and revs of two digits, are put in order', async (t) => {
  const r10 = { ...heldAgain, rev: 10, from: 8 }
  const r9 = { ...expired, rev: 9, from: 8 }
  const fields = { 'log.r10': r10, 'log.r9': r9 }
  t.same(entriesOf({ operationType: 'update', documentKey, updateDescription: { updatedFields: fields } }), [
    r9,
    r10,
  ])
})

t.test('a part of an entry is not an entry', async (t) => {
  const updatedFields = { 'log.r4': heldAgain, 'log.r1.at': at, 'log.r3x': expired, logs: whole }
  t.same(entriesOf({ operationType: 'update', documentKey, updateDescription: { updatedFields } }), [
    heldAgain,
  ])
})

t.test('control: without the rule about `from`, older transitions would be told again', async (t) => {
  const everything = Object.values(forms['a replace']?.fullDocument?.log ?? {})
  t.equal(everything.length, 4)
  t.equal(entriesOf(forms['a replace'] as SlotChange).length, 2)
})

t.test('what is no transition is told apart', async (t) => {
  t.same(readChange({ operationType: 'delete', documentKey }), { kind: 'gone', slotId: documentKey._id })
  t.same(readChange({ operationType: 'insert', documentKey, fullDocument: {} }), {
    kind: 'unclear',
    slotId: documentKey._id,
  })
  const redacted = { updateDescription: { updatedFields: { 'past.0.client.name': '' } } }
  t.same(readChange({ operationType: 'update', documentKey, ...redacted }), { kind: 'nothing' })
  const client = { id: 'a', name: 'sealed' }
  const resealed = { 'reservation.client': client, 'log.r2.reservation.client': client }
  t.same(
    readChange({ operationType: 'update', documentKey, updateDescription: { updatedFields: resealed } }),
    {
      kind: 'nothing',
    },
  )
  const renamed = { ...resealed, 'reservation.renamedAt': at }
  t.same(
    readChange({ operationType: 'update', documentKey, updateDescription: { updatedFields: renamed } }),
    {
      kind: 'unclear',
      slotId: documentKey._id,
    },
  )
  const byHand = { updateDescription: { updatedFields: { rev: 9 } } }
  t.same(readChange({ operationType: 'update', documentKey, ...byHand }), {
    kind: 'unclear',
    slotId: documentKey._id,
  })
  for (const operationType of ['drop', 'rename', 'dropDatabase', 'invalidate'])
    t.same(readChange({ operationType }), { kind: 'ended' })
})
