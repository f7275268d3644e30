import t from 'tap'
import { testDatabase } from '../helper/database.js'
import { publish, register, startOne } from '../helper/servers.js'
import { book, end, hold } from '../helper/waits.js'

t.test('holding, confirming and ending send what they sent without a waiting list', async (t) => {
  const { uri } = await testDatabase(t)
  const monitored = `${uri}${uri.includes('?') ? '&' : '?'}monitorCommands=true`
  const server = await startOne(t, { uri: monitored, sweep: false, schedules: false })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const waiting = await register(server, 'client')
  const slots = await publish(server, provider, 4)
  let sent: string[] = []
  const watched = new Set(['slots', 'waits'])
  server.app.mongo.getClient().on('commandStarted', ({ commandName, command }) => {
    const collection = String(command[commandName])
    // What is read again because an account has changed is read beside, whatever is asked meanwhile.
    const isBeside = collection === 'waits' && typeof command.filter?.providerId !== 'string'
    if (watched.has(collection) && !isBeside) sent.push(`${commandName} ${collection}`)
  })
  const during = async (work: () => Promise<unknown>) => {
    sent = []
    await work()
    return sent.filter((one) => !one.startsWith('getMore')).toSorted()
  }
  const [first = '', second = '', third = ''] = slots
  // What is read once and then remembered.
  await end(server, client, (await hold(server, client, third)).id)
  const one = ['find slots', 'update slots']
  let id = ''
  t.same(await during(async () => ({ id } = await hold(server, client, first))), one, 'a hold')
  t.same(await during(() => end(server, client, id)), one, 'giving it back')
  const both = [...one, ...one].toSorted()
  t.same(
    await during(async () => ({ id } = await book(server, client, second))),
    [...both, 'find slots'].toSorted(),
  )
  t.same(await during(() => end(server, client, id)), one, 'a cancellation')

  const joined = await server.app.waitStore.join({
    clientId: waiting.id,
    providerId: provider.id,
    from: server.app.clock.now(),
    to: server.app.clock.now() + 30 * 86_400_000,
  })
  t.ok(joined.ok)
  server.app.waits.forget([provider.id])
  ;({ id } = await hold(server, client, first))
  const asked = await during(() => end(server, client, id))
  t.ok(asked.includes('find waits'), 'control: where somebody waits, the list is read')
  t.equal((await server.app.slots.collection.findOne({ _id: first }))?.state, 'held')
})
