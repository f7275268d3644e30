import t from 'tap'
import type { AccountExport, Me, Registered } from '../../src/schemas/accounts.js'
import { register, startOne, startServers } from '../helper/servers.js'

t.test('an account has the language that was named, else the one that the browser asks for', async (t) => {
  const server = await startOne(t)
  let count = 0
  const registered = async (language: string | undefined, asked: string) => {
    const { body } = await server.call<Registered>('POST', '/v1/accounts', {
      headers: { 'accept-language': asked },
      body: {
        role: 'client',
        email: `somebody-${count++}@example.com`,
        password: 'a long enough password',
        name: 'Ada',
        timeZone: 'Europe/Berlin',
        ...(language !== undefined && { language }),
      },
    })
    return body
  }
  t.equal((await registered('ar', 'de')).account.language, 'ar')
  t.equal((await registered(undefined, 'nl, es-MX;q=0.8, de;q=0.5')).account.language, 'es')
  t.equal((await registered(undefined, 'nl')).account.language, 'en')
  t.match(await registered('nl', 'de'), { code: 'invalid_request', errors: [{ field: 'language' }] })
})

t.test('it is changed by its owner, and every server learns of it', async (t) => {
  const [one, other] = await startServers(t)
  if (one === undefined || other === undefined) throw new Error('two servers')
  const ada = await register(one, 'client')
  t.equal((await other.app.accounts.find(ada.id))?.language, 'en')
  const change = (language: string) =>
    one.call<Me>('PATCH', '/v1/me', { token: ada.token, body: { language } })
  t.equal((await change('fr')).body.language, 'fr')
  t.equal((await change('nl')).status, 400)
  t.equal((await one.call<Me>('GET', '/v1/me', { token: ada.token })).body.language, 'fr')
  const copy = await one.call<AccountExport>('GET', '/v1/me/export', { token: ada.token })
  t.equal(copy.body.account.language, 'fr')
  await one.app.tokens.knownEverywhere()
  t.equal((await other.app.accounts.find(ada.id))?.language, 'fr', 'known to the other server')
})

t.test('an account of an earlier version reads English', async (t) => {
  const server = await startOne(t)
  const ada = await register(server, 'client')
  await server.app.mongo.collection('accounts').updateMany({}, { $unset: { language: '' } })
  t.equal((await server.call<Me>('GET', '/v1/me', { token: ada.token })).body.language, 'en')
})
