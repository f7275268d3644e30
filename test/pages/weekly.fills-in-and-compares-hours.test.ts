import t from 'tap'
import {
  copiedToWorkdays,
  hasFault,
  isBackwards,
  isCopied,
  nextSpan,
  orderedWeekdays,
  sameWeek,
  usualWeek,
  weekFrom,
  weeklyFrom,
} from '../../src/pages/hours/weekly.js'

t.test('a week goes to the server and comes back as it was', async (t) => {
  t.equal(weeklyFrom(usualWeek).length, 10)
  t.ok(sameWeek(weekFrom(weeklyFrom(usualWeek)), usualWeek))
  const unsorted = weekFrom(weeklyFrom(usualWeek).toReversed())
  t.ok(sameWeek(unsorted, usualWeek), 'in the order of the day')
  t.notOk(sameWeek(copiedToWorkdays(usualWeek, 6), usualWeek), 'control: other hours are not the same')
})

t.test('another block follows after a pause and ends with the day', async (t) => {
  t.same(nextSpan([]), { from: '09:00', to: '12:00' })
  t.same(nextSpan([{ from: '09:00', to: '12:00' }]), { from: '13:00', to: '17:00' })
  t.same(nextSpan([{ from: '15:00', to: '21:00' }]), { from: '22:00', to: '24:00' })
  for (const to of ['23:00', '23:45', '24:00']) t.notOk(isBackwards(nextSpan([{ from: '09:00', to }])), to)
})

t.test('the end of a block is after its start', async (t) => {
  t.notOk(isBackwards({ from: '18:00', to: '24:00' }))
  t.ok(isBackwards({ from: '12:00', to: '12:00' }))
  t.notOk(hasFault(usualWeek))
  t.ok(hasFault([...usualWeek.slice(0, 6), [{ from: '12:00', to: '09:00' }]]))
})

t.test('a day is copied to Monday to Friday and leaves the weekend', async (t) => {
  const week = [...usualWeek.slice(0, 6), [{ from: '10:00', to: '11:00' }]]
  t.ok(isCopied(week, 0))
  t.notOk(isCopied(week, 6))
  const copied = copiedToWorkdays(week, 6)
  t.same(
    copied.map((spans) => spans.length),
    [1, 1, 1, 1, 1, 0, 1],
  )
  t.ok(isCopied(copied, 6))
})

t.test('weekdays come in the order of the reader', async (t) => {
  t.same(orderedWeekdays(1), [0, 1, 2, 3, 4, 5, 6])
  t.same(orderedWeekdays(7), [6, 0, 1, 2, 3, 4, 5])
  t.same(orderedWeekdays(6), [5, 6, 0, 1, 2, 3, 4])
})
