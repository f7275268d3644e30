/**
 * A server in a process of its own that dies, by SIGKILL, between the acknowledgement of its first write of a hold and
 * its broadcast: the moment in which a server that sends what it wrote loses an event.
 * Its settings come by the environment; it prints its address.
 */
import { build } from '../../src/app.js'
import { readConfig } from '../../src/config.js'

const { MONGODB_URI = '', JWT_SECRET = '', FIELD_KEY = '' } = process.env
const app = await build({
  config: { ...readConfig(process.env), JWT_SECRET, FIELD_KEY },
  mongoUri: MONGODB_URI,
  sweep: false,
})
app.board.takeReply = () => process.kill(process.pid, 'SIGKILL')
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
