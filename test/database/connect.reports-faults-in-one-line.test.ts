import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type Test, test } from 'tap'
import { connectDatabase, serversOf } from '../../src/database/connect.js'
import { freePort } from '../../src/database/embedded/free-port.js'
import { CannotStart } from '../../src/database/startup-error.js'
import { withDatabase, withOption } from '../../src/database/uri.js'
import { temporaryFolder } from '../helper/database.js'
import { secantusBinary, startEmbedded } from '../helper/engines.js'

/** A server as the embedded default never starts it. */
async function bareServer(t: Test, ...flags: string[]): Promise<string> {
  const port = await freePort()
  const where = ['--port', String(port), '--storage-path', temporaryFolder(t)]
  const server = spawn(await secantusBinary(t), [...where, '--log-file-max', '64MB', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(async () => {
    server.kill('SIGKILL')
    await once(server, 'exit')
  })
  let said = ''
  while (!said.includes('listening'))
    said += String(await Promise.race([once(server.stdout, 'data'), once(server.stderr, 'data')]))
  return `127.0.0.1:${port}`
}

async function faultOf(uri: string): Promise<string> {
  try {
    await (await connectDatabase({ uri, waitMs: 100 })).close()
  } catch (error) {
    if (error instanceof CannotStart) return error.message
    throw error
  }
  return 'no fault'
}

test('a standalone server is told how it becomes a replica set of one', async (t) => {
  const server = await bareServer(t, '--standalone')
  t.equal(
    await faultOf(`mongodb://${server}/slotcast`),
    `The database at ${server} is a standalone server, which has no change streams; start mongod with --replSet rs0 and run rs.initiate() once, and it is a replica set of one.`,
  )
  t.equal(await faultOf(`mongodb://${await bareServer(t)}/slotcast`), 'no fault', 'the control: a set of one')
})

test('a wrong or missing password is told at once, without the password', async (t) => {
  const server = await bareServer(t, '--auth')
  const wrong = await faultOf(`mongodb://ada:open-sesame@${server}/slotcast`)
  t.equal(wrong, `The database at ${server} refuses the name or the password in MONGODB_URI.`)
  t.match(
    await faultOf(`mongodb://${server}/slotcast`),
    new RegExp(`^The database at ${server} wants a name and a password`),
  )
})

test('a server that is away, or accepts and never answers, is waited for and then told', async (t) => {
  const nobody = `127.0.0.1:${await freePort()}`
  t.match(
    await faultOf(`mongodb://ada:open-sesame@${nobody}/x`),
    new RegExp(`^No database answers at ${nobody} \\(waited \\d s\\)`),
  )

  const mute = createServer(() => {}).listen(0, '127.0.0.1')
  await once(mute, 'listening')
  t.teardown(() => mute.close())
  const address = `127.0.0.1:${(mute.address() as AddressInfo).port}`
  t.match(await faultOf(`mongodb://${address}/x`), new RegExp(`^No database answers at ${address}`))
})

test('an address that is none is told without what stands before the @', async (t) => {
  const fault = await faultOf('mongodb://ada:open%zzsesame@somewhere/x')
  t.match(fault, /^MONGODB_URI is not a valid connection string/)
  t.notMatch(fault, /sesame/)
  t.equal(serversOf('mongodb://ada:open@sesame@one:1,two:2/x?y=z'), 'one:1,two:2')
})

test('an address without a database name means slotcast, one with a name means that', async (t) => {
  const { uri } = await startEmbedded(t)
  const named = await connectDatabase({ uri: withDatabase(uri, 'elsewhere') })
  const unnamed = await connectDatabase({ uri: withOption(uri, 'appName', 'x') })
  t.same([named.name, unnamed.name], ['elsewhere', 'slotcast'])
  await named.close()
  await unnamed.close()
})
