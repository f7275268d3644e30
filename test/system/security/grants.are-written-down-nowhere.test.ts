/** API keys and the secrets of feeds, at the most talkative level of the log, on every way to go wrong. */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { newGrantText } from '../../../src/auth/grant-text.js'
import { loggerOptions } from '../../../src/logging.js'
import type { CreatedFeed, CreatedKey } from '../../../src/schemas/grants.js'
import { temporaryFolder, testDatabase } from '../../helper/database.js'
import { databaseProxy } from '../../helper/database-proxy.js'
import { publish, register, startOne, startServers, type TestServer } from '../../helper/servers.js'
import { until } from '../../helper/until.js'
import { openViewer, refusalOf } from '../../helper/viewer.js'

t.test(
  'no line of the log, no error, no metric and no audit line has a key or the address of a feed',
  async (t) => {
    const lines: string[] = []
    const stream = { write: (line: string) => void lines.push(line) }
    const folder = temporaryFolder(t)
    const { uri } = await testDatabase(t)
    const proxy = await databaseProxy(t, uri)
    const server = await startOne(t, {
      uri: proxy.uri,
      audit: folder,
      logger: { ...loggerOptions('trace'), stream },
    })
    const provider = await register(server, 'provider')
    const made = await server.call<CreatedKey>('POST', '/v1/keys', {
      token: provider.token,
      body: { name: 'Program', scopes: ['read', 'calendar'] },
    })
    const feed = await server.call<CreatedFeed>('POST', '/v1/feeds', { token: provider.token })
    const { key } = made.body
    const path = new URL(feed.body.url).pathname
    const secret = path.slice('/v1/feeds/'.length, -'.ics'.length)
    const unknown = { key: newGrantText('key'), secret: newGrantText('feed') }
    const secrets = [key, secret, unknown.key, unknown.secret]
    const told: string[] = []
    const ask = async (...asked: Parameters<TestServer['call']>) => {
      const [method, path] = asked
      // An answer without its body, which says that it is JSON.
      if (method === 'HEAD') return (await fetch(server.url + path, { method })).status
      const { status, body, headers } = await server.call<object>(...asked)
      told.push(JSON.stringify(body), JSON.stringify([...headers]))
      return status
    }

    const [slotId] = await publish(server, provider, 1)
    t.equal(await ask('GET', '/v1/me', { token: key }), 200)
    t.equal(await ask('GET', '/v1/me', { token: unknown.key }), 401)
    t.equal(await ask('POST', '/v1/reservations', { token: key, body: { slotId } }), 403)
    t.equal(await ask('GET', `/v1/reservations/${key}`, { token: key }), 404, 'in a wrong place')
    await ask('GET', `/${key}`)
    await ask('GET', `/v1/rules?key=${key}`)
    await ask('GET', `/v1/slots?providerId=${key}&limit=nonsense`)
    await ask('DELETE', `/v1/keys/${key}`, { token: provider.token })
    await ask('DELETE', `/v1/feeds/${secret}`, { token: provider.token })
    t.equal(await ask('GET', path), 200)
    t.equal(await ask('HEAD', path), 200)
    for (const each of [secret, unknown.secret, `${secret}x`, secret.slice(0, -3)]) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
        for (const end of ['.ics', '', '.ics/', '.ICS', '.ics/more', '.ics?x=1', '.ics%20', '.ics%'])
          await ask(method, `/v1/feeds/${each}${end}`)
      }
      await ask('GET', `/v1//feeds/${each}.ics`)
      await ask('GET', `/V1/Feeds/${each}.ics`)
      await ask('GET', `/feed/${each}.ics`)
      await ask('GET', `/v1/feeds/${each.replaceAll('_', '%5F')}.ics`)
      await ask('GET', `/v1/feeds/${each}.ics`, { headers: { accept: 'image/png' } })
      await ask('GET', `/v1/feeds/${each}.ics?${'x'.repeat(3_000)}`)
    }
    const viewer = await openViewer(t, server.url, { token: key })
    await viewer.ask('watch', { providerId: provider.id })
    await viewer.ask('auth', { token: unknown.key })
    for (const transport of ['raw', 'socket.io'] as const)
      told.push(JSON.stringify(await refusalOf(openViewer(t, server.url, { transport, token: unknown.key }))))

    proxy.cut()
    await until(async () => (await ask('GET', path)) === 503, 'the database is away')
    await ask('GET', '/v1/me', { token: key })
    await ask('GET', '/v1/me', { token: newGrantText('key') })
    proxy.restore()
    await until(async () => (await ask('GET', path)) === 200, 'it is back')
    server.app.calendarFeeds.of = async () => {
      throw new Error('a fault of ours')
    }
    t.equal(await ask('GET', path), 500)
    told.push((await server.call<string>('GET', '/metrics')).body)
    await server.app.close()
    const audited = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(jsonl|json)$/.test(name))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
      .join('')

    const written = { log: lines.join(''), answers: told.join('\n'), audit: audited }
    for (const [where, text] of Object.entries(written)) {
      // The control below shows that a part of one would be found.
      for (const one of secrets) t.notOk(text.includes(one.slice(-20, -6)), where)
    }
    t.match(
      written.log,
      /"route":"\/v1\/feeds\/:secret.ics"/,
      'control: the requests are in the log, by their pattern',
    )
    t.match(written.log, 'a fault of ours')
    t.match(written.answers, '"instance":"/v1/feeds/…"')
    t.match(written.answers, 'route="/v1/feeds/:secret.ics"')
    t.match(written.audit, made.body.id, 'and ids in the audit log')
    t.match(written.audit, feed.body.id)
  },
)

t.test('control: a secret in a line, of which a part would have been found', async (t) => {
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const [server] = (await startServers(t, { count: 1, logger: { ...loggerOptions('trace'), stream } })) as [
    TestServer,
  ]
  const secret = newGrantText('feed')
  server.app.log.info({ address: `/v1/feeds/${secret}.ics` }, 'planted')
  t.ok(lines.join('').includes(secret.slice(-20, -6)))
})
