import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { testDatabase } from '../../helper/database.js'
import { programPath } from '../../helper/paths.js'
import { caller, publish, register, SETTINGS, startOne } from '../../helper/servers.js'
import { openViewer, TRANSPORTS } from '../../helper/viewer.js'

const DYING = programPath('test/helper/dying-server')

t.test(
  'a node that is killed between write and broadcast loses no event: the other one sends it',
  async (t) => {
    const { uri } = await testDatabase(t)
    const survivor = await startOne(t, { uri })
    const provider = await register(survivor, 'provider')
    const client = await register(survivor, 'client')
    const [slotId = ''] = await publish(survivor, provider, 1)
    const viewers = await Promise.all(
      TRANSPORTS.map((transport) => openViewer(t, survivor.url, { transport })),
    )
    for (const viewer of viewers) await viewer.ask('watch', { providerId: provider.id })

    const dying = spawn(process.execPath, [...process.execArgv, DYING], {
      env: { ...process.env, ...SETTINGS, MONGODB_URI: uri },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.teardown(() => dying.kill('SIGKILL'))
    const exit = once(dying, 'exit')
    const [address] = await once(dying.stdout, 'data')
    const hold = caller(String(address).trim())('POST', '/v1/reservations', {
      token: client.token,
      body: { slotId },
    })
    await t.rejects(hold, 'its caller hears nothing')
    const [, signal] = await exit
    t.equal(signal, 'SIGKILL', 'control: the server died in that moment')

    for (const viewer of viewers) {
      const { payload } = await viewer.hears('slot-held')
      t.match(payload, { slotId, state: 'held', rev: 2 }, viewer.transport)
    }
    t.match(await survivor.app.slots.collection.findOne({ _id: slotId }), { state: 'held', rev: 2 })
  },
)
