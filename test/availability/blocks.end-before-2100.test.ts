import { test } from 'tap'
import { END_OF_TIME } from '../../src/accounts/delete-account.js'
import { LAST_END, slotsOfBlocks } from '../../src/availability/blocks.js'
import type { Block } from '../../src/schemas/availability.js'
import { publish, register, startOne } from '../helper/servers.js'

const NOW = Date.parse('2099-12-01T00:00:00Z')

function faults(block: Block, timeZone = 'UTC') {
  const answer = slotsOfBlocks([block], timeZone, NOW)
  return answer.ok ? [] : answer.errors.map(({ field }) => `${answer.code} ${field}`)
}

test('the last slot begins at 23:45 on the last day of 2099, in UTC', async (t) => {
  const last: Block = { start: '2099-12-31T23:45:00Z', end: '2100-01-01T00:00:00Z' }
  t.same(slotsOfBlocks([last], 'UTC', NOW), { ok: true, slots: [LAST_END - 900_000] })
  t.same(faults({ day: '2099-12-31', from: '23:00', to: '24:00' }), [])
  t.same(
    faults({ day: '2100-01-01', from: '00:00', to: '01:00' }, 'Asia/Tokyo'),
    [],
    'it is still 2099 in UTC',
  )

  t.same(faults({ start: '2099-12-31T23:45:00Z', end: '2100-01-01T00:15:00Z' }), [
    'invalid_request blocks.0.end',
  ])
  t.same(faults({ day: '2100-01-01', from: '00:00', to: '00:15' }), ['invalid_request blocks.0.to'])
  t.same(faults({ day: '2099-12-31', from: '18:00', to: '24:00' }, 'America/New_York'), [
    'invalid_request blocks.0.to',
  ])
  t.same(faults({ day: '9998-12-31', from: '08:00', to: '24:00' }), ['invalid_request blocks.0.to'])
})

test('what ends with an account goes on for longer than any slot', async (t) => {
  t.ok(END_OF_TIME > LAST_END)
})

test('lists, cursors and withdrawals far away find nothing and break nothing', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const published = await publish(server, provider, 4)
  const own = `/v1/providers/${provider.id}/availability`
  const cursor = (start: number, width: number) =>
    Buffer.from(JSON.stringify([start, '', start, ''].slice(0, width))).toString('base64url')

  const far = [
    'from=2100-01-01T00:00:00Z',
    'from=9998-12-31T23:59:59Z',
    'from=9998-12-31T00:00:00-23:59&to=9998-12-31T23:59:59-23:59',
  ]
  const lists: [path: string, token: string, width: number][] = [
    ['/v1/slots', client.token, 2],
    [`/v1/slots?providerId=${provider.id}`, client.token, 2],
    [own, provider.token, 2],
    ['/v1/reservations', client.token, 4],
  ]
  for (const [path, token, width] of lists) {
    const first = path.includes('?') ? '&' : '?'
    for (const query of [
      ...far,
      ...[LAST_END, END_OF_TIME, 8.64e15, 8.64e15 + 1, Number.MAX_SAFE_INTEGER].map(
        (start) => `cursor=${cursor(start, width)}`,
      ),
    ]) {
      const answer = await server.call<{ items: unknown[] }>('GET', `${path}${first}${query}`, { token })
      t.ok(answer.status < 500, `${path} ${query} is answered ${answer.status}`)
      if (answer.status === 200) t.same(answer.body.items, [], `${path} ${query}`)
    }
  }
  for (const span of far.slice(1).map((query) => query.replace('from', 'start').replace('to=', 'end='))) {
    const answer = await server.call('DELETE', `${own}?${span}`, { token: provider.token })
    t.ok(answer.status < 500, `a withdrawal of ${span} is answered ${answer.status}`)
  }
  const here = await server.call<{ items: unknown[] }>('GET', own, { token: provider.token })
  t.equal(
    here.body.items.length,
    published.length,
    'the control: the slots of this week are there, and all of them',
  )
})
