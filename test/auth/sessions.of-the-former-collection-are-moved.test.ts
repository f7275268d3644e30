import t, { type Test } from 'tap'
import { prepareSessions } from '../../src/auth/session-model.js'
import { connectDatabase } from '../../src/database/connect.js'
import { testDatabase } from '../helper/database.js'
import { register, startOne } from '../helper/servers.js'

const FORMER = 'refreshTokens'

/** A database with three sign-ins, as an earlier version kept them: in a collection of another name. */
async function former(t: Test) {
  const { uri } = await testDatabase(t)
  const before = await startOne(t, { uri })
  const clients = [
    await register(before, 'client'),
    await register(before, 'client'),
    await register(before, 'client'),
  ]
  const tokens = await Promise.all(
    clients.map(async ({ email }) => {
      const { body } = await before.call<{ refreshToken: string }>('POST', '/v1/token', {
        body: { email, password: 'a long enough password' },
      })
      return body.refreshToken
    }),
  )
  const { mongo } = before.app
  const db = mongo.getClient().db(mongo.name)
  await before.app.close()
  const connection = await connectDatabase({ uri })
  t.teardown(() => connection.close())
  const own = connection.getClient().db(connection.name)
  await own.renameCollection('sessions', FORMER)
  t.ok(db.databaseName)
  const names = async () => (await own.listCollections().toArray()).map(({ name }) => name)
  return { uri, tokens, connection, db: own, names }
}

const refreshed = async (server: Awaited<ReturnType<typeof startOne>>, refreshToken: string | undefined) =>
  (await server.call('POST', '/v1/token/refresh', { body: { refreshToken } })).status

t.test('who signed in under an earlier version stays signed in', async (t) => {
  const { uri, tokens, names } = await former(t)
  const server = await startOne(t, { uri })
  t.notOk((await names()).includes(FORMER))
  for (const token of tokens) t.equal(await refreshed(server, token), 200)
})

t.test('a move that died half way is finished by the next start', async (t) => {
  const { uri, tokens, db, names } = await former(t)
  // One is here already, as a copy leaves it that was killed; the rest is not.
  const [first] = await db.collection(FORMER).find().sort({ _id: 1 }).toArray()
  if (first) await db.collection('sessions').insertOne(first)
  const server = await startOne(t, { uri })
  t.notOk((await names()).includes(FORMER))
  for (const token of tokens) t.equal(await refreshed(server, token), 200)
})

t.test('two servers that start at once move it once', async (t) => {
  const { tokens, connection, uri, names } = await former(t)
  await Promise.all([prepareSessions(connection), prepareSessions(connection), prepareSessions(connection)])
  t.notOk((await names()).includes(FORMER))
  const server = await startOne(t, { uri })
  for (const token of tokens) t.equal(await refreshed(server, token), 200)
})
