/**
 * A server in a process of its own that dies, by SIGKILL, after so many writes of slots by its materialiser; the last of
 * them is on its way when it does. Its settings come by the environment; it prints its address.
 */
import { build } from '../../src/app.js'
import { readConfig } from '../../src/config.js'

const { MONGODB_URI = '', JWT_SECRET = '', FIELD_KEY = '', WRITES = '0' } = process.env
const app = await build({
  config: { ...readConfig(process.env), JWT_SECRET, FIELD_KEY },
  mongoUri: MONGODB_URI,
  sweep: false,
  schedules: false,
})
let left = Number(WRITES)
const die = () => process.kill(process.pid, 'SIGKILL')
const { slots } = app
const [open, withdrawRuled] = [slots.open.bind(slots), slots.withdrawRuled.bind(slots)]
slots.open = async (providerId, starts, ...rest) => {
  if (left-- > 0) return open(providerId, starts, ...rest)
  await open(providerId, starts.slice(0, starts.length / 2), ...rest)
  die()
  return { opened: 0, ids: [] }
}
slots.withdrawRuled = async (ids, ruleRev) => {
  if (left-- > 0) return withdrawRuled(ids, ruleRev)
  die()
  return 0
}
const finish = app.schedules.finish.bind(app.schedules)
app.schedules.finish = async (...done) => {
  die()
  return finish(...done)
}
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
