import t from 'tap'
import type { Reservation } from '../../src/schemas/reservations.js'
import { publish, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'

interface Page {
  items: Reservation[]
  nextCursor: string | null
}

const hold = async (server: TestServer, { token }: SignedIn, slotId: string | undefined) => {
  const answer = await server.call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })
  if (answer.status !== 201) throw new Error(`a hold answered ${answer.status}`)
  return answer.body
}

/** Whose reservations a provider finds, in the order of the list. */
const found = async (server: TestServer, { token }: SignedIn, client: string, more = '') => {
  await server.app.directory.settled()
  const path = `/v1/reservations?client=${encodeURIComponent(client)}${more}`
  const { body } = await server.call<Page>('GET', path, { token })
  return body.items.map((one) => one.client?.name)
}

t.test('by the beginnings of the words of a name, whatever its case, accents and signs', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const people = [
    'Zoë Müller-Lüdenscheidt',
    'Anna Maria Muller',
    "Max O'Neill",
    'Μαρία Παπαδοπούλου',
    '山田太郎',
  ]
  const [zoe, anna, max, maria, taro] = people
  const slots = await publish(server, provider, people.length)
  for (const [at, name] of people.entries())
    await hold(server, await register(server, 'client', { name }), slots[at])
  const rows: [query: string, names: (string | undefined)[]][] = [
    ['mül', [zoe, anna]],
    ['MULLER', [zoe, anna]],
    ['ｍｕｌ', [zoe, anna]],
    ['m', [zoe, anna, max]],
    ['zoe mul', [zoe]],
    ['mul zo', [zoe]],
    ['Müller-Lüd', [zoe]],
    ['mullerlud', [zoe]],
    ['ludensch', [zoe]],
    ['  anna,  m. ', [anna]],
    ['mu anna ma', [anna]],
    ['oneill', [max]],
    ['o’nei', [max]],
    ['Neill', [max]],
    ['μαρια', [maria]],
    ['山田', [taro]],
    ['uller', []],
    ['anna zoe', []],
    ['mullert', []],
    ['anna maria mullers', []],
    ['.', []],
    ['"\\', []],
    ['$gt', []],
    ['', people],
  ]
  for (const [query, names] of rows) t.same(await found(server, provider, query), names, query)
})

t.test('only on the own calendar, with the other parameters, and by providers alone', async (t) => {
  const server = await startOne(t)
  const [one, other] = [await register(server, 'provider'), await register(server, 'provider')]
  const [first, second] = [await publish(server, one, 3), await publish(server, other, 4)]
  const ada = await register(server, 'client', { name: 'Ada Ash' })
  const eve = await register(server, 'client', { name: 'Eve Elm' })
  const [given, , confirmed] = [
    await hold(server, ada, first[0]),
    await hold(server, eve, second[0]),
    await hold(server, ada, first[2]),
  ]
  await server.call('DELETE', `/v1/reservations/${given.id}`, { token: ada.token })
  await server.call('POST', `/v1/reservations/${confirmed.id}/confirm`, { token: ada.token })
  t.same(await found(server, one, 'a'), ['Ada Ash', 'Ada Ash'])
  t.same(await found(server, other, 'e'), ['Eve Elm'], 'control: who is not found below is somebody')
  t.same(await found(server, one, 'e'), [])
  t.same(await found(server, other, 'a'), [])
  // The same client on both: what is found here is not what it has there.
  await hold(server, ada, second[3])
  t.same(await found(server, other, 'ada'), ['Ada Ash'])
  t.same(await found(server, one, 'ada'), ['Ada Ash', 'Ada Ash'])

  t.same(await found(server, one, 'ada', '&status=confirmed'), ['Ada Ash'])
  t.same(await found(server, one, 'ada', '&status=held'), [])
  t.same(await found(server, one, 'ada', `&from=${confirmed.start}`), ['Ada Ash'])
  t.same(await found(server, one, 'ada', `&to=${given.start}`), [])

  for (const client of ['ada', '']) {
    const refused = await server.call('GET', `/v1/reservations?client=${client}`, { token: ada.token })
    t.match([refused.status, refused.body], [403, { code: 'forbidden' }])
  }
  t.equal((await server.call('GET', '/v1/reservations', { token: ada.token })).status, 200, 'control')
  const long = await server.call('GET', `/v1/reservations?client=${'a'.repeat(101)}`, { token: one.token })
  t.match([long.status, long.body], [400, { errors: [{ field: 'client' }] }])
})

t.test('pages have the order and the length of the whole list, for few clients and for many', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const slots = await publish(server, provider, 90)
  // Guests, who have no account: their names are in the reservations alone.
  for (const [at, slotId] of slots.entries()) {
    const who = at % 45
    const guest = { id: `guest-${who}`, name: `${who % 3 === 0 ? 'Others' : 'Guest'} N${who}` }
    const held = await server.app.slots.hold(guest, slotId)
    if (!held.ok) throw new Error(held.code)
    if (at % 4 === 0) await server.app.slots.end({ id: guest.id, role: 'client' }, held.reservation.id)
    server.app.directory.note(provider.id, guest)
  }
  const all = await pages('')
  t.equal(all.length, 90)
  for (const [query, pattern, clients] of [
    ['guest', /^Guest/, 30],
    ['guest n1', /^Guest N1/, 8],
    ['n44', /N44$/, 1],
  ] as const) {
    const theirs = all.filter(({ client }) => pattern.test(client?.name ?? ''))
    t.equal(new Set(theirs.map(({ clientId }) => clientId)).size, clients, 'control: of so many clients')
    t.same(await pages(`&client=${encodeURIComponent(query)}`), theirs, query)
    t.same(
      await pages(`&client=${encodeURIComponent(query)}&status=released`),
      theirs.filter(({ status }) => status === 'released'),
      `${query}, of one status`,
    )
  }

  async function pages(more: string) {
    await server.app.directory.settled()
    const items: Reservation[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/v1/reservations?limit=7${more}${cursor && `&cursor=${cursor}`}`
      const { body } = await server.call<Page>('GET', path, { token: provider.token })
      if (body.nextCursor !== null) t.equal(body.items.length, 7)
      items.push(...body.items)
      cursor = body.nextCursor
    }
    // The time that is left differs from one reading to the next.
    return items.map(({ expiresInSeconds, ...one }) => one)
  }
})
