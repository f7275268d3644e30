import type { EventEmitter } from 'node:events'
import t, { type Test } from 'tap'
import { HoldNumbers } from '../../src/slots/hold-numbers.js'
import { testDatabase } from '../helper/database.js'
import { publish, register, startOne } from '../helper/servers.js'

const HOUR = 3_600_000

t.test('the lowest number that is not taken', async (t) => {
  const numbers = new HoldNumbers(3)
  const until = HOUR
  t.same(
    ['a', 'b', 'c'].map((slot) => numbers.take('ada', slot, 0, until)),
    [1, 2, 3],
  )
  numbers.free('ada', 'b')
  t.equal(numbers.take('ada', 'd', 0, until), 2)
  t.equal(numbers.take('grace', 'a', 0, until), 1, 'for each client its own')
  t.equal(numbers.take('ada', 'e', 0, until), 1, 'where all are taken the index may decide')
})

t.test('of a hold that is over the number is tried last', async (t) => {
  const numbers = new HoldNumbers(3)
  numbers.take('ada', 'a', 0, HOUR)
  numbers.take('ada', 'b', 0, 2 * HOUR)
  t.equal(numbers.take('ada', 'c', HOUR, 3 * HOUR), 3, 'a sweep may not have released it yet')
  t.equal(numbers.take('ada', 'd', HOUR, 3 * HOUR), 1)
})

/** Counts the updates of slots that a server sends. */
async function counted(t: Test, uri: string) {
  const server = await startOne(t, {
    uri: `${uri}${uri.includes('?') ? '&' : '?'}monitorCommands=true`,
    settings: { MAX_ACTIVE_HOLDS: '12' },
    sweep: false,
  })
  let updates = 0
  const client = server.app.mongo.getClient() as unknown as EventEmitter
  client.on(
    'commandStarted',
    ({ commandName, command }: { commandName: string; command: { update?: string } }) => {
      if (commandName === 'findAndModify' || (commandName === 'update' && command.update === 'slots'))
        updates++
    },
  )
  return {
    server,
    updates: () => updates,
  }
}

t.test("a client's twelfth hold takes one update, and on another instance two", async (t) => {
  const { uri } = await testDatabase(t)
  const one = await counted(t, uri)
  const two = await counted(t, uri)
  const provider = await register(one.server, 'provider')
  const { token } = await register(one.server, 'client')
  const slots = await publish(one.server, provider, 12)
  const hold = async ({ server, updates }: typeof one, slotId: string | undefined) => {
    const before = updates()
    const { status } = await server.call('POST', '/v1/reservations', { token, body: { slotId } })
    t.equal(status, 201)
    return updates() - before
  }
  for (const slotId of slots.slice(0, 10)) t.equal(await hold(one, slotId), 1)
  t.equal(await hold(two, slots[10]), 2, 'which learns which numbers are taken')
  t.equal(await hold(two, slots[11]), 1)
})
