import { test } from 'tap'
import { resolveSpan } from '../../src/availability/spans.js'

const now = Date.parse('2027-01-01T00:00:00Z')
const DAY = 86_400_000
const iso = (instant: number) => new Date(instant).toISOString()

function refusal(
  query: Parameters<typeof resolveSpan>[0],
  options: Partial<Parameters<typeof resolveSpan>[1]> = {},
) {
  const answer = resolveSpan(query, { now, ...options })
  return answer.ok ? 'none' : { code: answer.code, field: answer.errors[0]?.field }
}

test('a day is a day on the wall of its zone, else of the fallback', async (t) => {
  const berlin = { ok: true, from: Date.parse('2027-08-12T22:00Z'), to: Date.parse('2027-08-13T22:00Z') }
  t.same(resolveSpan({ day: '2027-08-13', timeZone: 'Europe/Berlin' }, { now, fallbackZone: 'UTC' }), berlin)
  t.same(resolveSpan({ day: '2027-08-13' }, { now, fallbackZone: 'Europe/Berlin' }), berlin)
})

test('a day without a zone, with instants beside it, or that never was is refused by name', async (t) => {
  t.same(refusal({ day: '2027-08-13' }), { code: 'invalid_request', field: 'timeZone' })
  t.same(refusal({ day: '2027-08-13', from: iso(now), timeZone: 'UTC' }), {
    code: 'invalid_request',
    field: 'day',
  })
  t.same(refusal({ day: '2011-12-30', timeZone: 'Pacific/Apia' }), { code: 'invalid_request', field: 'day' })
})

test('missing ends are taken from now and the default', async (t) => {
  t.same(resolveSpan({}, { now }), { ok: true, from: now, to: now + 14 * DAY })
  t.same(resolveSpan({}, { now, defaultDays: 3 }), { ok: true, from: now, to: now + 3 * DAY })
  t.same(resolveSpan({ from: iso(now + DAY) }, { now }), { ok: true, from: now + DAY, to: now + 15 * DAY })
  t.same(resolveSpan({ to: iso(now + DAY) }, { now }), { ok: true, from: now, to: now + DAY })
  t.same(resolveSpan({ to: iso(now - DAY) }, { now }), { ok: true, from: now - 15 * DAY, to: now - DAY })
})

test('an empty or reversed span is refused', async (t) => {
  for (const to of [now, now - 1]) {
    t.same(refusal({ from: iso(now), to: iso(to) }), { code: 'invalid_request', field: 'to' })
  }
})

test('62 days may be asked for, in autumn with their hour more, and no longer', async (t) => {
  const autumn = { from: '2027-10-01T00:00:00+02:00', to: '2027-12-02T00:00:00+01:00' }
  t.equal(refusal(autumn), 'none')
  t.same(refusal({ ...autumn, to: '2027-12-03T00:00:00+01:00' }), { code: 'window_too_long', field: 'to' })
  t.same(refusal({ to: iso(now + 80 * DAY) }), { code: 'window_too_long', field: 'to' })
})
