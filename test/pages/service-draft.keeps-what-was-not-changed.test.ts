import t from 'tap'
import { aheadUnits, amountOf, deadlineUnits, wireValue } from '../../src/pages/services/amount.js'
import {
  changesBetween,
  draftOf,
  emptyDraft,
  faultsOf,
  newServiceOf,
  rebased,
  withReminder,
} from '../../src/pages/services/draft.js'
import { serviceWords } from '../../src/pages/services/in-words.js'
import { texts } from '../../src/pages/services/text/en.js'
import { grammarOf } from '../../src/pages/shared/text/grammar.js'
import { wording } from '../../src/pages/shared/wording.js'
import type { Service } from '../../src/schemas/services.js'

const words = serviceWords(texts(grammarOf('en-GB')), wording('en-GB'))

const service: Service = {
  id: 's',
  providerId: 'p',
  name: 'First visit',
  priceText: '80 €',
  durationMinutes: 45,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 15,
  startsEveryMinutes: 30,
  cancelCutoffSeconds: 86_400,
  moveCutoffSeconds: 100,
  active: true,
  rev: 3,
}

t.test('spans are in the unit that people use, and come back as they were', async (t) => {
  for (const [seconds, count, unit] of [
    [1_800, '30', 1],
    [3_600, '1', 2],
    [5_400, '90', 1],
    [86_400, '24', 2],
    [172_800, '2', 3],
    [90_000, '25', 2],
  ] as const) {
    const amount = amountOf(seconds, deadlineUnits)
    t.same(amount, { count, unit }, `${seconds} s`)
    t.equal(wireValue(amount, deadlineUnits, 1e9), seconds)
  }
  t.same(amountOf(0, deadlineUnits), { count: '', unit: 0 })
  t.equal(wireValue({ count: '', unit: 0 }, deadlineUnits, 1e9), 0)
  t.equal(wireValue({ count: '1.5', unit: 2 }, deadlineUnits, 1e9), 5_400)
  t.same(amountOf(14, aheadUnits), { count: '2', unit: 2 })
  t.same(amountOf(7, aheadUnits), { count: '7', unit: 1 })
  for (const count of ['', '0', '-1', 'x', '1e12'])
    t.equal(wireValue({ count, unit: 2 }, deadlineUnits, 1e9), null, `"${count}" is no number of hours`)
})

t.test('a change has only what was changed', async (t) => {
  const before = draftOf(service)
  t.same(changesBetween(before, draftOf(service)), {}, 'also a cut-off that is no number of minutes stays')
  t.same(
    changesBetween(before, {
      ...before,
      priceText: ' ',
      name: ' Visit ',
      noticeSeconds: { count: '2', unit: 2 },
    }),
    { priceText: null, name: 'Visit', noticeSeconds: 7_200 },
  )
  t.same(changesBetween({ ...before, noticeSeconds: { count: '2', unit: 2 } }, before), {
    noticeSeconds: null,
  })
})

t.test('what somebody else has saved stays below what was changed here', async (t) => {
  const before = draftOf(service)
  const theirs = draftOf({ ...service, durationMinutes: 60, priceText: '90 €', rev: 4 })
  const mine = rebased(before, { ...before, priceText: '85 €' }, theirs)
  t.match(mine, { durationMinutes: 60, priceText: '85 €' })
  t.same(changesBetween(theirs, mine), { priceText: '85 €' })
  t.equal(words.field({ ...service, durationMinutes: 60 }, 'durationMinutes'), 'Length: 1 hour')
  t.equal(words.field(service, 'noticeSeconds'), 'Can be booked: as all services')
  t.equal(words.field(service, 'cancelCutoffSeconds'), 'Clients may cancel: until 24 hours before')
})

t.test('reminders are as they were, some of a few spans, or none', async (t) => {
  const before = draftOf({ ...service, reminderMinutes: [120, 45] })
  t.same(before.reminderMinutes, [45, 120])
  t.same(changesBetween(before, draftOf({ ...service, reminderMinutes: [45, 120] })), {})
  const more = { ...before, reminderMinutes: withReminder(before.reminderMinutes, 60, true) }
  t.same(changesBetween(before, more), { reminderMinutes: [45, 60, 120] })
  const usual = draftOf(service)
  t.same(usual.reminderMinutes, [1_440])
  const none = { ...usual, reminderMinutes: withReminder(usual.reminderMinutes, 1_440, false) }
  t.same(changesBetween(usual, none), { reminderMinutes: [] })
  t.same(changesBetween(none, usual), { reminderMinutes: null }, 'as where nothing is said')
  t.equal(words.field(service, 'reminderMinutes'), 'Reminders by mail: 24 hours before')
  t.equal(words.field({ ...service, reminderMinutes: [] }, 'reminderMinutes'), 'Reminders by mail: none')
  const two = { ...service, reminderMinutes: [60, 2_880] }
  t.equal(words.field(two, 'reminderMinutes'), 'Reminders by mail: 1 hour before, 2 days before')
})

t.test('a new one says only what was filled in, and a draft its faults', async (t) => {
  t.same(newServiceOf({ ...emptyDraft, name: 'Visit' }), {
    name: 'Visit',
    durationMinutes: 30,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    startsEveryMinutes: 15,
    cancelCutoffSeconds: 0,
    moveCutoffSeconds: 0,
    active: true,
  })
  t.same(faultsOf({ ...emptyDraft, name: 'Visit' }), {})
  const wrong = { ...emptyDraft, name: ' ', moveCutoffSeconds: { count: '', unit: 2 } }
  t.same(faultsOf(wrong), { name: 'no name', moveCutoffSeconds: 'no number' })
})
