import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { AccountExport } from '../../src/schemas/accounts.js'
import type { CalendarSlot } from '../../src/slots/slot-queries.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'

t.test('an export has every slot once, in order, over many batches', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const ids = await publish(server, provider, 450)
  const { body } = await server.call<AccountExport>('GET', '/v1/me/export', { token: provider.token })
  t.same(
    body.slots.map(({ id }) => id),
    ids,
  )
  t.same(Object.keys(body), [
    'exportedAt',
    'account',
    'formerEmails',
    'sessions',
    'reservations',
    'slots',
    'services',
    'waits',
    'webhooks',
    'keys',
    'feeds',
    'profile',
  ])
})

t.test(
  'of a calendar without end no more is read than the reader takes, and others are served',
  async (t) => {
    const server = await startOne(t)
    const provider = await register(server, 'provider')
    const pages = endlessCalendar(server)
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.pause()
    socket.write(request(provider))
    await until(() => pages() > 0)
    // As much as the buffers on the way take, and then nothing.
    const stalled = await standsStill(server, pages)
    t.ok(stalled < 3_000, `${stalled} batches were read ahead of a reader that sleeps`)
    socket.resume()
    await until(() => pages() > stalled + 50)
    t.equal((await server.call('GET', '/livez')).status, 200, 'control: it goes on, and the loop is free')
    socket.destroy()
    t.ok(await standsStill(server, pages), 'and ends with its reader')
  },
)

t.test('a database that does not answer is a refusal, not half a file', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'client')
  const reservations = server.app.lists.reservations.bind(server.app.lists)
  server.app.lists.reservations = async () => {
    throw Object.assign(new Error('gone'), { code: 'EPIPE' })
  }
  const refused = await server.call<{ code: string }>('GET', '/v1/me/export', { token: ada.token })
  t.equal(refused.status, 503)
  t.equal(refused.body.code, 'unavailable')
  server.app.lists.reservations = reservations
  t.equal((await server.call('GET', '/v1/me/export', { token: ada.token })).status, 200, 'control')
})

/** A calendar that has another page after each; says how many were asked for. */
function endlessCalendar(server: TestServer): () => number {
  let pages = 0
  server.app.lists.calendar = async (providerId, _span, after, limit) => {
    pages++
    const first = (after?.[0] ?? 0) + 900_000
    return Array.from({ length: limit + 1 }, (_, at): CalendarSlot => {
      const start = first + at * 900_000
      return {
        id: `${providerId}.${start}`,
        providerId,
        start,
        end: start + 900_000,
        state: 'open',
        by: 'hand',
        rev: 1,
        reservation: null,
      }
    })
  }
  return () => pages
}

/** Waits until the number is the same before and after twenty requests of somebody else, and says it. */
async function standsStill(server: TestServer, pages: () => number): Promise<number> {
  for (;;) {
    const before = pages()
    for (let round = 0; round < 20; round++) await server.call('GET', '/livez')
    if (before === pages()) return before
  }
}

function request({ token }: SignedIn): string {
  return `GET /v1/me/export HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n\r\n`
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not happen')
    await sleep(5)
  }
}
