import { test } from 'tap'
import type { Provider } from '../../src/schemas/accounts.js'
import { testDatabase } from '../helper/database.js'
import { register, startOne } from '../helper/servers.js'

interface Page {
  items: Provider[]
  nextCursor: string | null
}

test('providers are found by part of their name, whatever its case and accents', async (t) => {
  const server = await startOne(t)
  for (const name of [
    'Zoë Müller',
    'Dr. Muller (Bonn)',
    'Ümit',
    '$past',
    '$$ROOT',
    'a.*b',
    '<b>&amp;',
    "O'Neill",
  ]) {
    await register(server, 'provider', { name })
  }
  await register(server, 'client', { name: 'Client Muller' })
  const find = async (name: string) => {
    const { body } = await server.call<Page>('GET', `/v1/providers?name=${encodeURIComponent(name)}`)
    return body.items.map((provider) => provider.name)
  }
  t.same(await find('MULLER'), ['Dr. Muller (Bonn)', 'Zoë Müller'], 'and no client')
  t.same(await find('zoe'), ['Zoë Müller'])
  t.same(await find('ü'), ['Dr. Muller (Bonn)', 'Ümit', 'Zoë Müller'])
  t.same(await find('$past'), ['$past'])
  t.same(await find('$$ROOT'), ['$$ROOT'])
  t.same(await find('.*'), ['a.*b'])
  t.same(await find('(bonn'), ['Dr. Muller (Bonn)'])
  t.same(await find('<b>&amp;'), ['<b>&amp;'])
  t.same(await find('o’neill'), ["O'Neill"])
  t.same(await find('nobody'), [])
  t.same(await find('"'), [])
})

test('each word of the name is found, in any order and without its dots', async (t) => {
  const server = await startOne(t)
  const long = `${'Praxisgemeinschaft '.repeat(4)}und Dr. Zuckerberg`
  for (const name of ['Dr. Anna Vogt', 'Prof. Dr.-Ing. Helene Vogt', long, 'Annabel Drake'])
    await register(server, 'provider', { name })
  const find = async (name: string) => {
    const { body } = await server.call<Page>('GET', `/v1/providers?name=${encodeURIComponent(name)}`)
    return body.items.map((provider) => provider.name)
  }
  t.same(await find('Dr Anna'), ['Annabel Drake', 'Dr. Anna Vogt'], 'parts of words count, as before')
  t.same(await find('Vogt Helene'), ['Prof. Dr.-Ing. Helene Vogt'])
  t.same(await find('dr ing vogt'), ['Prof. Dr.-Ing. Helene Vogt'])
  t.same(await find('Dr. Anna Vogt'), ['Dr. Anna Vogt'])
  t.ok(Buffer.byteLength(long) > 90, 'control: beyond what is sorted by')
  t.same(await find('zuckerberg'), [long])
  t.same(await find('Vogt Nobody'), [], 'all words, not some')
})

test('accounts of an earlier version are found as well', async (t) => {
  const { uri } = await testDatabase(t)
  const before = await startOne(t, { uri })
  const { id } = await register(before, 'provider', { name: 'Dr. Anna Vogt' })
  const accounts = before.app.mongo.collection<{ _id: string }>('accounts')
  await accounts.updateOne({ _id: id }, { $unset: { searchText: '' } })
  await before.app.mongo.collection('done').deleteMany({})
  const found = async (server: typeof before) =>
    (await server.call<Page>('GET', '/v1/providers?name=vogt%20anna')).body.items.length
  t.equal(await found(before), 0, 'control: as that version left it')
  const [one, two] = await Promise.all([startOne(t, { uri }), startOne(t, { uri })])
  t.same([await found(one), await found(two)], [1, 1], 'two servers that start at once')
})

test('a long list comes in pages, each provider once, by name', async (t) => {
  const server = await startOne(t)
  const names = Array.from({ length: 23 }, (_, index) => `Provider ${String(index % 12).padStart(2, '0')}`)
  for (const name of names.toReversed()) await register(server, 'provider', { name })
  const seen: Provider[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const path: string = `/v1/providers?limit=5${cursor && `&cursor=${cursor}`}`
    const { body } = await server.call<Page>('GET', path)
    seen.push(...body.items)
    cursor = body.nextCursor
  }
  t.same(
    seen.map(({ name }) => name),
    names.toSorted(),
  )
  t.equal(new Set(seen.map(({ id }) => id)).size, 23)
})

test('a cursor that is none, and a limit that is none, are named', async (t) => {
  const server = await startOne(t)
  for (const [query, field] of [
    ['cursor=nonsense', 'cursor'],
    [`cursor=${Buffer.from('[1,2]').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('{"$gt":""}').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('["a",{"$gt":""}]').toString('base64url')}`, 'cursor'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=x', 'limit'],
    ['name=a&name=b', 'name'],
    ['nmae=a', 'nmae'],
  ] as const) {
    const answer = await server.call<{ errors: { field: string }[] }>('GET', `/v1/providers?${query}`)
    t.equal(answer.status, 400, query)
    t.equal(answer.body.errors[0]?.field, field)
  }
})

test('one provider is seen as anybody may see it; clients and unknown ids are nothing', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider', { name: '$5 off', timeZone: 'Asia/Kathmandu' })
  const client = await register(server, 'client')
  const found = await server.call('GET', `/v1/providers/${provider.id}`)
  t.same(found.body, { id: provider.id, name: '$5 off', timeZone: 'Asia/Kathmandu', link: '5-off' })
  for (const id of [client.id, '0'.repeat(32), '$ne']) {
    t.equal((await server.call('GET', `/v1/providers/${id}`)).status, 404)
  }
})

test('with PUBLIC_VIEW=false looking needs a token', async (t) => {
  const server = await startOne(t, { settings: { PUBLIC_VIEW: 'false' } })
  const { token } = await register(server, 'client')
  for (const path of ['/v1/providers', `/v1/providers/${'0'.repeat(32)}`]) {
    t.equal((await server.call('GET', path)).status, 401, path)
    t.not((await server.call('GET', path, { token })).status, 401)
  }
})
