import Fastify from 'fastify'
import { test } from 'tap'
import accounts from '../../plugins/accounts.js'
import auth from '../../plugins/auth.js'
import clock from '../../plugins/clock.js'
import grants from '../../plugins/grants.js'
import mongo from '../../plugins/mongo.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'

const OLD = 'the secret that signed until today....'
const NEW = 'the secret that signs from today on...'

test('while keys rotate, tokens of both are good; the new one signs', async (t) => {
  const { uri } = await testDatabase(t)
  const server = async (secret: string, olderSecrets: string[]) => {
    const app = Fastify()
    t.teardown(() => app.close())
    await app.register(mongo, { uri })
    await app.register(clock, { clock: new MovedClock() })
    await app.register(accounts, {
      fieldKeys: [NEW],
      argon2: { memoryCost: 64, timeCost: 2, parallelism: 1 },
    })
    await app.register(grants, { config: { RATE_LIMIT_PER_MINUTE: 1_000 } })
    await app.register(auth, { secret, olderSecrets, publicView: true })
    await app.ready()
    return app
  }
  const before = await server(OLD, [])
  const during = await server(NEW, [OLD])
  const after = await server(NEW, [])
  const registered = await before.accounts.register({
    role: 'client',
    email: 'ada@example.com',
    password: 'correct horse battery',
    name: 'Ada',
    timeZone: 'UTC',
  })
  if (!registered.ok) throw new Error(registered.code)
  const { account: ada } = registered
  const { accessToken: old } = await before.tokens.signIn(ada)
  const { accessToken: renewed } = await during.tokens.signIn(ada)
  const good = (app: typeof before, token: string) => app.tokens.verify(token) !== null

  t.same([good(before, old), good(during, old), good(after, old)], [true, true, false])
  t.same([good(before, renewed), good(during, renewed), good(after, renewed)], [false, true, true])
})

test('a route that does not say who may use it stops the start', async (t) => {
  const { uri } = await testDatabase(t)
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(mongo, { uri })
  await app.register(clock, { clock: new MovedClock() })
  await app.register(accounts, { fieldKeys: [NEW], argon2: { memoryCost: 64, timeCost: 2, parallelism: 1 } })
  await app.register(grants, { config: { RATE_LIMIT_PER_MINUTE: 1_000 } })
  await app.register(auth, { secret: NEW, publicView: true })
  app.get('/said', { config: { access: 'open' } }, async () => 'fine')
  app.get('/forgotten', async () => 'oops')
  await t.rejects(async () => app.ready(), { message: /do not say who may use them: \/forgotten/ })
})
