import t from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import { prepareWaits, type WaitDoc } from '../../src/waits/wait-model.js'
import { WaitStore } from '../../src/waits/wait-store.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import { until } from '../helper/until.js'

const DAY_MS = 86_400_000

t.test('what was not told because a server ended is told by a later look, under the same name', async (t) => {
  const { uri } = await testDatabase(t)
  const connection = await connectDatabase({ uri })
  t.teardown(() => connection.close())
  const waits = await prepareWaits(connection)
  const clock = new MovedClock()
  const faults: unknown[] = []
  let ids = 0
  const storeThat = (tell: (wait: WaitDoc) => Promise<void>) => {
    const store = new WaitStore({
      waits,
      clock,
      newId: () => `wait-${ids++}`,
      random: () => 0,
      onFault: (error) => faults.push(error),
    })
    store.onChange(tell)
    return store
  }
  const dying = storeThat(async () => {
    throw new Error('the server ends here')
  })
  const [from, to] = [clock.now(), clock.now() + DAY_MS]
  const joined = await dying.join({ clientId: 'client', providerId: 'provider', from, to })
  if (!joined.ok) throw new Error(joined.code)
  await until(() => faults.length === 1, 'the fault')

  const told: string[] = []
  const later = storeThat(async ({ _id, rev, state }) => {
    told.push(`${_id}:${rev} ${state}`)
  })
  await later.tellAgain()
  t.same(told, ['wait-0:1 waiting'])
  await later.tellAgain()
  t.equal(told.length, 1, 'and not again')
  await later.leave(joined.wait._id)
  await until(async () => (await waits.countDocuments({ untold: true })) === 0, 'it to be noted')
  t.same(told, ['wait-0:1 waiting', 'wait-0:2 left'], 'control: what goes well is told at once')
  await later.tellAgain()
  t.equal(told.length, 2)
})
