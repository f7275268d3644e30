import { once } from 'node:events'
import t from 'tap'
import WebSocket from 'ws'
import { publish, register, startOne, type TestServer } from '../helper/servers.js'

async function scrape(server: TestServer): Promise<Map<string, number>> {
  const answer = await fetch(`${server.url}/metrics`)
  const text = await answer.text()
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

t.test('holds, conflicts, viewers and releases are counted, without an id or a name', async (t) => {
  const server = await startOne(t, { settings: { HOLD_SECONDS: '1' } })
  const provider = await register(server, 'provider', { name: 'Grace Provider' })
  const ada = await register(server, 'client', { name: 'Ada Client' })
  const bob = await register(server, 'client', { name: 'Bob Client' })
  const [slotId = ''] = await publish(server, provider, 4)

  const viewer = new WebSocket(`${server.url.replace('http', 'ws')}/v1/live?providerId=${provider.id}`)
  t.teardown(() => viewer.terminate())
  const released = new Promise<void>((done) => {
    viewer.on('message', (data) => {
      if (String(data).includes('"slot-released"')) done()
    })
  })
  await once(viewer, 'message')
  const hold = (token: string) => server.call('POST', '/v1/reservations', { token, body: { slotId } })
  t.equal((await hold(ada.token)).status, 201)
  t.equal((await hold(bob.token)).status, 409)
  await released
  // The event is out before its sweep has ended; this waits for that one.
  await server.app.sweeper.sweep()

  const seen = await scrape(server)
  const count = (name: string) => seen.get(name) ?? 0
  t.equal(count('slotcast_slot_changes_total{kind="opened",reason="none"}'), 4)
  t.equal(count('slotcast_slot_changes_total{kind="held",reason="none"}'), 1)
  t.equal(count('slotcast_slot_changes_total{kind="released",reason="expired"}'), 1)
  t.equal(count('slotcast_problems_total{code="slot_held"}'), 1)
  t.equal(count('slotcast_http_requests_total{method="POST",route="/v1/reservations",status="2xx"}'), 1)
  t.equal(count('slotcast_http_requests_total{method="POST",route="/v1/reservations",status="4xx"}'), 1)
  t.equal(count('slotcast_http_request_seconds_count{method="POST",route="/v1/reservations"}'), 2)
  t.equal(count('slotcast_swept_holds_total'), 1)
  t.equal(count('slotcast_sweep_lateness_seconds_count'), 1)
  t.equal(count('slotcast_publish_seconds_count'), 6)
  t.equal(count('slotcast_sockets{transport="raw"}'), 1)
  t.equal(count('slotcast_sockets{transport="socket.io"}'), 0)
  t.equal(count('slotcast_watches'), 1)
  t.equal(count('slotcast_pictures_total'), 1)
  t.equal(count('slotcast_board_topics'), 1)
  t.ok(count('process_resident_memory_bytes') > 10_000_000)
  for (const name of ['slotcast_stream_lag_seconds', 'slotcast_event_loop_delay_p99_seconds'])
    t.ok(seen.has(name), name)
  t.equal(count('slotcast_clock_trusted'), 1)

  const text = [...seen.keys()].join('\n')
  for (const secret of [provider.id, ada.id, bob.id, slotId, 'Grace', 'Ada', 'example.com'])
    t.notMatch(text, secret)
  t.notMatch(text, /[0-9a-f]{24}/, 'nothing looks like an id')
})

t.test('every line is one that Prometheus reads, and the page needs no token', async (t) => {
  const server = await startOne(t, { settings: { PUBLIC_VIEW: 'false' } })
  const answer = await fetch(`${server.url}/metrics`)
  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  const readable =
    /^(# (HELP|TYPE) [a-z_:][a-z0-9_:]* .+|[a-z_:][a-z0-9_:]*(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? (-?\d+(\.\d+)?(e[+-]?\d+)?|NaN))$/
  for (const line of (await answer.text()).trimEnd().split('\n')) t.match(line, readable)
})

t.test('control: what did not happen is not counted', async (t) => {
  const server = await startOne(t)
  await fetch(`${server.url}/v1/nothing-here`)
  const seen = await scrape(server)
  t.equal(seen.get('slotcast_problems_total{code="not_found"}'), 1)
  t.notOk(seen.has('slotcast_slot_changes_total{kind="held",reason="none"}'))
  t.equal(seen.get('slotcast_http_requests_total{method="GET",route="none",status="4xx"}'), 1)
})
