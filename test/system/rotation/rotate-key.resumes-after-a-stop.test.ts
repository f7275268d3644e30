import mongoose from 'mongoose'
import { type Test, test } from 'tap'
import { rotateKey, sealedByOthers } from '../../../src/accounts/rotate-key.js'
import { createFieldCipher, kidOf } from '../../../src/encryption/field-cipher.js'
import type { Me } from '../../../src/schemas/accounts.js'
import type { Reservation } from '../../../src/schemas/reservations.js'
import { testDatabase } from '../../helper/database.js'
import {
  PASSWORD,
  publish,
  register,
  type SignedIn,
  startOne,
  type TestServer,
} from '../../helper/servers.js'

const OLD = 'the field key that is to be given up'
const NEW = 'the field key that comes in its place'
const PEOPLE = 5

/** A calendar with holds, bookings and past ones of several clients, made by a server that knows the old key alone. */
async function usedDatabase(t: Test) {
  const { uri } = await testDatabase(t)
  const before = await startOne(t, { uri, settings: { FIELD_KEY: OLD } })
  const provider = await register(before, 'provider', { name: 'Northgate' })
  const slots = await publish(before, provider, PEOPLE * 2)
  const clients: SignedIn[] = []
  for (let index = 0; index < PEOPLE; index++) {
    const client = await register(before, 'client', { name: `Client ${index}` })
    clients.push(client)
    const given = await hold(before, client, slots[index])
    await before.call('DELETE', `/v1/reservations/${given.id}`, { token: client.token })
    await hold(before, client, slots[index])
    const booked = await hold(before, client, slots[PEOPLE + index])
    await before.call('POST', `/v1/reservations/${booked.id}/confirm`, { token: client.token })
  }
  await before.app.close()
  const connection = await mongoose.createConnection(uri).asPromise()
  t.teardown(() => connection.close())
  return { uri, provider, clients, slots, db: connection.getClient().db(connection.name) }
}

async function hold(server: TestServer, client: SignedIn, slotId: string | undefined) {
  const answer = await server.call<Reservation>('POST', '/v1/reservations', {
    token: client.token,
    body: { slotId },
  })
  if (answer.status !== 201) throw new Error(`a hold answered ${answer.status}`)
  return answer.body
}

async function namesOn(server: TestServer, { id, token }: SignedIn) {
  const { body } = await server.call<{ items: { reservation?: { client: { name: string } } }[] }>(
    'GET',
    `/v1/providers/${id}/availability`,
    { token },
  )
  return body.items.map(({ reservation }) => reservation?.client.name)
}

/** Whom the provider finds by these words. */
async function foundBy(server: TestServer, { token }: SignedIn, words: string) {
  const path = `/v1/reservations?limit=200&client=${encodeURIComponent(words)}`
  const { body } = await server.call<{ items: Reservation[] }>('GET', path, { token })
  return [...new Set(body.items.map(({ client }) => client?.name))].sort()
}

const names = Array.from({ length: PEOPLE }, (_, index) => `Client ${index}`)

test('stopped after each batch in turn, served with both keys meanwhile, finished by the next run', async (t) => {
  const world = await usedDatabase(t)
  const { uri, provider, clients, db } = world
  const both = { FIELD_KEY: NEW, FIELD_KEY_PREVIOUS: OLD }
  const server = await startOne(t, { uri, settings: both })
  t.ok((await sealedByOthers(db, kidOf(NEW))).length > PEOPLE, 'control: the old key is found all over')
  const cipher = createFieldCipher([NEW, OLD])
  const rotate = (batches: number) => {
    let done = 0
    return rotateKey({
      db,
      cipher,
      slots: server.app.slots,
      directory: server.app.directory,
      batch: 2,
      onBatch: () => {
        if (++done > batches) throw new Error('stopped here')
      },
    })
  }
  let runs = 0
  let finished = null
  while (finished === null) {
    finished = await rotate(runs).catch((error: Error) => {
      if (error.message !== 'stopped here') throw error
      return null
    })
    runs++
    t.same(await namesOn(server, provider), [...names, ...names], `run ${runs}: every name is read`)
    t.same(await foundBy(server, provider, 'cli'), names, `run ${runs}: and found`)
    const client = clients[runs % PEOPLE]
    const signIn = await server.call('POST', '/v1/token', {
      body: { email: client?.email, password: PASSWORD },
    })
    t.equal(signIn.status, 200, `run ${runs}: a client signs in`)
  }
  t.ok(runs > 8, `${runs} runs, stopped one batch later each time`)
  t.match(finished, { unreadable: [], left: [] })
  t.match(
    await rotate(Number.POSITIVE_INFINITY),
    { accounts: 0, names: 0, calendarClients: 0, left: [] },
    'nothing is left to do',
  )
  await server.app.close()

  const after = await startOne(t, { uri, settings: { FIELD_KEY: NEW } })
  t.same(await namesOn(after, provider), [...names, ...names], 'the new key alone reads every name')
  t.same(await foundBy(after, provider, 'cli'), names, 'and finds it')
  for (const { email, account } of clients) {
    const { body } = await after.call<{ accessToken: string }>('POST', '/v1/token', {
      body: { email, password: PASSWORD },
    })
    const me = await after.call<Me>('GET', '/v1/me', { token: body.accessToken })
    t.match(me.body, { id: account.id, name: account.name, email })
  }
})

test('addresses stay unique while keys rotate, and free once they are given up', async (t) => {
  const { uri, clients, db } = await usedDatabase(t)
  const server = await startOne(t, { uri, settings: { FIELD_KEY: NEW, FIELD_KEY_PREVIOUS: OLD } })
  const [ada, eve, joe] = clients
  if (!ada || !eve || !joe) throw new Error('three clients')
  const take = async (email: string, at: TestServer = server) =>
    (
      await at.call('POST', '/v1/accounts', {
        body: { role: 'client', email, password: PASSWORD, name: 'Another', timeZone: 'UTC' },
      })
    ).status
  t.equal(await take(ada.email), 409, 'before')
  t.equal(await take('meanwhile@example.com'), 201)
  const cipher = createFieldCipher([NEW, OLD])
  await rotateKey({ db, cipher, slots: server.app.slots, directory: server.app.directory, batch: 2 })
  t.equal(await take(ada.email), 409, 'after')
  t.equal(await take('meanwhile@example.com'), 409)
  const token = (
    await server.call<{ accessToken: string }>('POST', '/v1/token', {
      body: { email: eve.email, password: PASSWORD },
    })
  ).body.accessToken
  await server.call('DELETE', '/v1/me', { token })
  t.equal(await take(eve.email), 201, 'that of a deleted account is free')
  const joes = (
    await server.call<{ accessToken: string }>('POST', '/v1/token', {
      body: { email: joe.email, password: PASSWORD },
    })
  ).body.accessToken
  const moved = await server.call('PATCH', '/v1/me', {
    token: joes,
    body: { email: 'joe-new@example.com', currentPassword: PASSWORD },
  })
  t.equal(moved.status, 200)
  t.equal(await take(joe.email), 201, 'and one that its owner left')

  const after = await startOne(t, { uri, settings: { FIELD_KEY: NEW } })
  for (const email of [ada.email, eve.email, joe.email, 'meanwhile@example.com', 'joe-new@example.com']) {
    t.equal(await take(email, after), 409, 'with the new key alone, each is taken')
  }
})

test('a change in the very moment of the rotation is kept', async (t) => {
  const { uri, clients, provider, slots, db } = await usedDatabase(t)
  const server = await startOne(t, { uri, settings: { FIELD_KEY: NEW, FIELD_KEY_PREVIOUS: OLD } })
  const [ada] = clients
  if (!ada) throw new Error('a client')
  const changes: Promise<unknown>[] = []
  let round = 0
  const rotated = await rotateKey({
    db,
    cipher: createFieldCipher([NEW, OLD]),
    slots: server.app.slots,
    directory: server.app.directory,
    batch: 1,
    onBatch: () => {
      round++
      changes.push(server.call('PATCH', '/v1/me', { token: ada.token, body: { name: `Ada ${round}` } }))
      changes.push(
        server.call('POST', '/v1/reservations', {
          token: ada.token,
          body: { slotId: slots[round % slots.length] },
        }),
      )
    },
  })
  await Promise.all(changes)
  t.match(rotated.unreadable, [])
  t.match((await server.call<Me>('GET', '/v1/me', { token: ada.token })).body.name, /^Ada \d+$/)
  t.notOk((await namesOn(server, provider)).includes(''), 'no name was lost')
  t.same(await sealedByOthers(db, kidOf(NEW)), [])
})

test('a guest is found with the new key alone, by the name in its reservation', async (t) => {
  const { uri, provider, db } = await usedDatabase(t)
  const server = await startOne(t, { uri, settings: { FIELD_KEY: OLD } })
  const guest = { id: 'guest-1', name: 'Grete Guest' }
  const gone = { id: 'guest-2', name: 'Grete Gone' }
  const [slot = ''] = await publish(server, provider, 1, 6)
  t.equal((await server.app.slots.hold(guest, slot)).ok, true)
  for (const one of [guest, gone]) server.app.directory.note(provider.id, one)
  await server.app.close()

  const both = await startOne(t, { uri, settings: { FIELD_KEY: NEW, FIELD_KEY_PREVIOUS: OLD } })
  const parts = { db, cipher: createFieldCipher([NEW, OLD]), slots: both.app.slots }
  t.equal((await both.app.directory.find(provider.id, 'grete')).size, 2, 'control: both are found before')
  const rotated = await rotateKey({ ...parts, directory: both.app.directory })
  t.match(rotated, { calendarClients: PEOPLE + 2, unreadable: [], left: [] })
  const after = await startOne(t, { uri, settings: { FIELD_KEY: NEW } })
  t.same(await foundBy(after, provider, 'gre'), [guest.name])
  t.same([...(await after.app.directory.find(provider.id, 'gre'))], [guest.id], 'not who has no reservation')
})

test('without the old key nothing is harmed, and what cannot be opened is named', async (t) => {
  const { uri, provider, clients, db } = await usedDatabase(t)
  const server = await startOne(t, { uri, settings: { FIELD_KEY: NEW } })
  const before = JSON.stringify(await db.collection('accounts').find().toArray())
  const { slots, directory } = server.app
  const rotated = await rotateKey({ db, cipher: createFieldCipher([NEW]), slots, directory })
  t.equal(rotated.accounts + rotated.names, 0)
  t.ok(rotated.unreadable.includes(`account ${clients[0]?.id}`))
  t.ok(rotated.left.includes(`accounts ${provider.id}`))
  t.ok(rotated.left.includes(`calendarClients ${provider.id} ${clients[0]?.id}`))
  t.equal(JSON.stringify(await db.collection('accounts').find().toArray()), before)
})
