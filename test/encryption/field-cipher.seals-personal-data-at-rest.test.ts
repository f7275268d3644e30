import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import mongoose from 'mongoose'
import { test } from 'tap'
import { startEmbeddedMongo } from '../../src/database/embedded/embedded-mongo.js'
import { withDatabase } from '../../src/database/uri.js'
import { loggerOptions } from '../../src/logging.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { CACHE_DIR, temporaryFolder } from '../helper/database.js'
import { publish, register, startOne } from '../helper/servers.js'

/** Every file of the folder as bytes, read as Latin so that any text in UTF-8 can be searched for. */
function bytesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n')
}

test('the data folder, a dump and the log at its loudest hold no name and no address of a client', async (t) => {
  const dataDir = temporaryFolder(t)
  const embedded = await startEmbeddedMongo({
    dataDir,
    cacheDir: CACHE_DIR,
    env: process.env,
    say: (line) => t.comment(line),
  })
  t.teardown(() => embedded.stop())
  const uri = withDatabase(embedded.uri, 'rest')
  let log = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      log += String(chunk)
      done()
    },
  })
  const server = await startOne(t, { uri, logger: { ...loggerOptions('trace'), stream } })

  const provider = await register(server, 'provider', { name: 'Pediatrics Northgate' })
  const ada = await register(server, 'client', { name: 'Adelheid Quastenflosser' })
  const [forGuest, ...slots] = await publish(server, provider, 4)
  for (const slotId of slots) {
    const held = await server.call<Reservation>('POST', '/v1/reservations', {
      token: ada.token,
      body: { slotId, phone: '+49 30 55501234', note: 'Afraid of needles' },
    })
    await server.call('POST', `/v1/reservations/${held.body.id}/confirm`, { token: ada.token })
  }
  const password = 'a long enough password'
  await server.call('POST', '/v1/token', { body: { email: ada.email, password } })
  await server.call('POST', '/v1/token', { body: { email: ada.email, password: 'guessed wrongly' } })
  await server.call('PATCH', '/v1/me', { token: ada.token, body: { name: 'Adelheid Renamed' } })
  await server.call('GET', `/v1/providers?name=${encodeURIComponent('Adelheid')}&email=${ada.email}`)
  const byName = await server.call<{ items: Reservation[] }>('GET', '/v1/reservations?client=adelh', {
    token: provider.token,
  })
  t.equal(byName.body.items.length, slots.length, 'who may look for the name, finds it')
  const seen = await server.call<{ items: { reservation?: { client: { name: string } } }[] }>(
    'GET',
    `/v1/providers/${provider.id}/availability`,
    { token: provider.token },
  )
  t.equal(seen.body.items[1]?.reservation?.client.name, 'Adelheid Renamed', 'who may read it, reads it')

  const connection = await mongoose.createConnection(uri).asPromise()
  const [entry, ...more] = await connection.collection('calendarClients').find().toArray()
  t.same(more, [])
  t.equal(entry?.beginnings.length, 'adelheid'.length + 'renamed'.length, 'control: what it is found by')
  t.same(entry?.beginnings.toSorted(), entry?.beginnings, 'in an order that tells nothing')
  for (const one of entry?.beginnings ?? []) t.match(one, /^[\w-]{12}$/, 'and nothing of the name')
  const guest = { name: 'Grimhild Telefonat', phone: '+49 30 77705678', email: 'grimhild@example.org' }
  const booked = await server.call<Reservation>('POST', `/v1/providers/${provider.id}/reservations`, {
    token: provider.token,
    body: { slotId: forGuest, status: 'confirmed', person: { ...guest, note: 'Comes with a dog' } },
  })
  t.match(booked.body.contact, { phone: guest.phone, note: 'Comes with a dog' }, 'control: it was stored')
  await server.app.directory.settled()
  const dump: unknown[] = []
  for (const { name } of await connection.listCollections()) {
    dump.push(await connection.collection(name).find().toArray())
  }
  await connection.close()

  const places = { dump: JSON.stringify(dump), folder: bytesOf(dataDir), log }
  for (const [place, bytes] of Object.entries(places)) {
    for (const secret of [
      'Adelheid',
      'Quastenflosser',
      '55501234',
      'needles',
      'Grimhild',
      'Telefonat',
      guest.email,
      '77705678',
      'with a dog',
      ada.email,
      provider.email,
      password,
      'guessed wrongly',
      ada.token,
    ]) {
      t.notOk(bytes.toLowerCase().includes(secret.toLowerCase()), `${place} has no ${secret.slice(0, 20)}`)
    }
  }
  t.ok(places.dump.includes('Pediatrics Northgate'), 'a public name is found in the dump (control)')
  t.ok(places.folder.includes('Pediatrics Northgate'), 'and in the folder (control)')
  t.ok(log.includes('/v1/token'), 'and the log has the requests (control)')
})
