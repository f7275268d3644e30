import t from 'tap'
import { needs, type Scope } from '../../src/http/scopes.js'
import type { CreatedKey } from '../../src/schemas/grants.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'

const SCOPES: Scope[] = ['read', 'book', 'calendar', 'webhooks']
const NOWHERE = '0'.repeat(32)

async function keyOf(server: TestServer, { token }: SignedIn, scopes: Scope[]): Promise<string> {
  const { body } = await server.call<CreatedKey>('POST', '/v1/keys', { token, body: { name: 'x', scopes } })
  return body.key
}

const others = (scope: Scope) => SCOPES.filter((one) => one !== scope)

t.test('every route that needs somebody says which scope a key needs, and no row is left over', async (t) => {
  const server = await startOne(t)
  const needing = server.app
    .accessTable()
    .filter(({ method, access }) => access !== 'open' && method !== 'HEAD' && method !== 'OPTIONS')
    .map(({ method, url }) => `${method} ${url}`)
  t.same(Object.keys(needs).toSorted(), needing.toSorted())
})

t.test('each route refuses a key without its scope, by its name, and lets one with it in', async (t) => {
  const server = await startOne(t)
  const table = server.app.accessTable()
  const accounts = { client: await register(server, 'client'), provider: await register(server, 'provider') }
  const keys = new Map<string, string>()
  for (const role of ['client', 'provider'] as const) {
    for (const scope of SCOPES) {
      keys.set(`${role} ${scope}`, await keyOf(server, accounts[role], [scope]))
      // Three of twenty.
      keys.set(`${role} but ${scope}`, await keyOf(server, accounts[role], others(scope)))
    }
  }
  let asked = 0
  for (const [route, need] of Object.entries(needs)) {
    const [method = '', url = ''] = route.split(' ')
    const access = table.find((one) => one.method === method && one.url === url)?.access
    if (access === 'browse') continue
    for (const role of access === 'client' || access === 'provider'
      ? [access]
      : (['client', 'provider'] as const)) {
      const scope = need === null || typeof need === 'string' ? need : need[role]
      const path = url
        .replace('/v1/providers/:id', `/v1/providers/${accounts.provider.id}`)
        .replaceAll(/:\w+/g, NOWHERE)
      const ask = async (key: string | undefined) => {
        const answer = await server.call<{ code?: string; detail?: string }>(method, path, {
          ...(key !== undefined && { token: key }),
          ...(method !== 'GET' && method !== 'DELETE' && { body: {} }),
        })
        return { status: answer.status, detail: answer.body.detail ?? '' }
      }
      if (scope === null) {
        for (const one of SCOPES)
          t.match(
            await ask(keys.get(`${role} ${one}`)),
            { status: 403, detail: /No API key/ },
            `${route} as ${role}`,
          )
        continue
      }
      const refused = await ask(keys.get(`${role} but ${scope}`))
      t.match(
        refused,
        { status: 403, detail: new RegExp(`scope \`${scope}\``) },
        `${route} as ${role} without`,
      )
      const let_in = await ask(keys.get(`${role} ${scope}`))
      t.notMatch(let_in.detail, /API key/, `${route} as ${role} with ${scope}: ${let_in.status}`)
      t.not(let_in.status, 401)
      asked++
    }
  }
  t.ok(asked > 25, `${asked} routes were asked`)
})

t.test('a key is never more than its account: the role is asked for first', async (t) => {
  const server = await startOne(t)
  const client = await register(server, 'client')
  const key = await keyOf(server, client, SCOPES)
  const answer = await server.call<{ detail: string }>('PUT', `/v1/providers/${client.id}/schedule`, {
    token: key,
    body: { weekly: [] },
  })
  t.match(answer, { status: 403, body: { detail: 'This is for providers.' } })
})

t.test('a program books with `book`, and a provider’s ends the booking with `calendar`', async (t) => {
  const server = await startOne(t)
  const [client, provider] = [await register(server, 'client'), await register(server, 'provider')]
  const [slotId] = await publish(server, provider, 1)
  const books = await keyOf(server, client, ['book'])
  const held = await server.call<{ id: string }>('POST', '/v1/reservations', {
    token: books,
    body: { slotId },
  })
  t.equal(held.status, 201)
  const path = `/v1/reservations/${held.body.id}`
  t.equal((await server.call('POST', `${path}/confirm`, { token: books })).status, 200)
  t.equal((await server.call('GET', path, { token: books })).status, 403, 'it may not look')
  const ends = await keyOf(server, provider, ['calendar'])
  const looks = await keyOf(server, provider, ['read', 'book', 'webhooks'])
  t.equal((await server.call('DELETE', path, { token: looks })).status, 403)
  t.equal((await server.call('DELETE', path, { token: ends })).status, 204)
  t.equal((await server.call('GET', path, { token: looks })).status, 200)
})

t.test('where everybody may look, a key without `read` sees what everybody sees', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const services = `/v1/providers/${provider.id}/services`
  const offered = { name: 'Visit', durationMinutes: 30, active: false }
  await server.call('POST', services, { token: provider.token, body: offered })
  const seen = async (token?: string) =>
    (await server.call<{ items: object[] }>('GET', services, token === undefined ? {} : { token })).body.items
      .length
  t.equal(await seen(await keyOf(server, provider, ['read'])), 1, 'its provider sees what is not offered')
  t.equal(await seen(await keyOf(server, provider, others('read'))), 0)
  t.equal(await seen(), 0, 'control: as nobody does')
  const closed = await startOne(t, { settings: { PUBLIC_VIEW: 'false' } })
  const other = await register(closed, 'provider')
  const answer = await closed.call<{ detail: string }>('GET', '/v1/slots', {
    token: await keyOf(closed, other, others('read')),
  })
  t.match(answer, { status: 403, body: { detail: /`read`/ } })
})

t.test('OpenAPI says of each operation which scope a key needs', async (t) => {
  const server = await startOne(t)
  const { body } = await server.call<{ paths: Record<string, Record<string, { description?: string }>> }>(
    'GET',
    '/openapi.json',
  )
  t.match(body.paths['/v1/reservations']?.post?.description, /needs the scope `book`/)
  t.match(body.paths['/v1/reservations/{id}']?.delete?.description, /scope `book` or `calendar`/)
  t.match(body.paths['/v1/me/export']?.get?.description, /No API key reaches this/)
  t.notMatch(body.paths['/v1/rules']?.get?.description ?? '', /API key/)
  t.ok(
    body.paths['/v1/feeds/{secret}.ics']?.get,
    Object.keys(body.paths)
      .filter((path) => /feed/.test(path))
      .join(),
  )
})
