/**
 * A server in a process of its own that sends mail and webhooks, to be killed at any moment. Its settings come by the
 * environment; it prints its address. What a killed one had begun is taken over within seconds.
 */
import { build } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { SETTINGS } from './servers.js'

const config = readConfig({ ...SETTINGS, ...process.env })
const { MONGODB_URI = '', JWT_SECRET = '', FIELD_KEY = '' } = config
const app = await build({
  config: { ...config, JWT_SECRET, FIELD_KEY },
  mongoUri: MONGODB_URI,
  argon2: { memoryCost: 64, timeCost: 2, parallelism: 1 },
  jobs: { lookMs: 200, fullLookMs: 1_000, leaseMs: 8_000, takeOverMs: 1_000 },
})
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
