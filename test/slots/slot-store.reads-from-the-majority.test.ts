import t from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import { withOption } from '../../src/database/uri.js'
import type { Reservation } from '../../src/schemas/reservations.js'
import { testDatabase } from '../helper/database.js'
import { publish, register, startOne } from '../helper/servers.js'

interface Seen {
  commandName: string
  command: { find?: string; readConcern?: { level?: string }; filter?: object }
}

/** The reads of slots that a server makes for one request, as the driver sends them. */
t.test('what a reply calls held, replayed or confirmed was read as the majority has it', async (t) => {
  const { uri } = await testDatabase(t)
  // The driver tells its commands to who asks for it in the URI; the server knows nothing of it.
  const server = await startOne(t, { uri: withOption(uri, 'monitorCommands', 'true'), sweep: false })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const [slotId] = await publish(server, provider, 1)
  const reads: (string | undefined)[] = []
  server.app.mongo.getClient().on('commandStarted', ({ commandName, command }: Seen) => {
    if (commandName === 'find' && command.find === 'slots') reads.push(command.readConcern?.level)
  })
  const { token } = client
  const hold = () =>
    server.call<Reservation>('POST', '/v1/reservations', {
      token,
      body: { slotId },
      headers: { 'idempotency-key': 'the-same' },
    })
  const replies: [string, () => ReturnType<typeof hold>, number][] = [
    ['hold', hold, 201],
    ['replay', hold, 201],
    [
      'own hold again',
      () => server.call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } }),
      200,
    ],
  ]
  let id = ''
  for (const [name, ask, status] of replies) {
    reads.length = 0
    const answer = await ask()
    id = answer.body.id
    t.equal(answer.status, status, name)
    t.ok(reads.length > 0, `${name}: control: it was read`)
    t.same([...new Set(reads)], ['majority'], name)
  }
  for (const name of ['confirm', 'confirmed again']) {
    reads.length = 0
    const answer = await server.call('POST', `/v1/reservations/${id}/confirm`, { token })
    t.equal(answer.status, 200, name)
    t.ok(reads.length > 0, `${name}: control: it was read`)
    t.same([...new Set(reads)], ['majority'], name)
  }
})

t.test('control: a connection that is not told reads what is there', async (t) => {
  const { uri } = await testDatabase(t)
  const connection = await connectDatabase({
    uri: `${uri}${uri.includes('?') ? '&' : '?'}monitorCommands=true`,
  })
  t.teardown(() => connection.close())
  const reads: (string | undefined)[] = []
  connection.getClient().on('commandStarted', ({ commandName, command }: Seen) => {
    if (commandName === 'find') reads.push(command.readConcern?.level)
  })
  await connection.collection('slots').findOne({})
  t.same(reads, [undefined])
})
