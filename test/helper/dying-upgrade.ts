/**
 * A server in a process of its own that dies, by SIGKILL, while it brings a database of an earlier version up to date: with
 * its write number DIE_AT, on its way where that is even, acknowledged where it is odd. Where it comes through, it says
 * `started` and closes.
 */
import mongoose from 'mongoose'
import { build } from '../../src/app.js'
import { readConfig } from '../../src/config.js'

const { MONGODB_URI = '', JWT_SECRET = '', FIELD_KEY = '', DIE_AT = '0' } = process.env
const dieAt = Number(DIE_AT)
const die = () => process.kill(process.pid, 'SIGKILL')
let writes = 0

type Write = (...args: unknown[]) => Promise<unknown>
const writers = mongoose.mongo.Collection.prototype as unknown as Record<string, Write>
for (const name of ['insertOne', 'insertMany', 'updateOne', 'updateMany', 'bulkWrite', 'drop']) {
  const write = writers[name]
  if (!write) throw new Error(`the driver has no ${name}`)
  writers[name] = async function (this: unknown, ...args: unknown[]) {
    writes++
    if (writes !== dieAt) return write.apply(this, args)
    const written = write.apply(this, args)
    if (dieAt % 2 === 1) await written
    else await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
    die()
    return written
  }
}

const app = await build({
  config: { ...readConfig(process.env), JWT_SECRET, FIELD_KEY },
  mongoUri: MONGODB_URI,
  sweep: false,
})
await app.ready()
process.stdout.write('started\n')
await app.close()
