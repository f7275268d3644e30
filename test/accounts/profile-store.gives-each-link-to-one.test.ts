import t from 'tap'
import { linksIn } from '../../src/accounts/profile-store.js'
import { suggestedLink } from '../../src/domain/links.js'
import type { Provider } from '../../src/schemas/accounts.js'
import type { Profile } from '../../src/schemas/profiles.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'
import { register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'
import { until } from '../helper/until.js'

const DONE = 'providers have readable links'

const profileOf = async (server: TestServer, { id }: { id: string }) =>
  (await server.call<Profile>('GET', `/v1/providers/${id}/profile`)).body
const rename = (server: TestServer, who: SignedIn, link: string, rev: number) =>
  server.call<Profile & { code?: string }>('PATCH', `/v1/providers/${who.id}/profile`, {
    token: who.token,
    body: { link },
    headers: { 'if-match': `"${rev}"` },
  })
const meant = async (server: TestServer, link: string) =>
  (await server.call<Partial<Provider>>('GET', `/v1/providers/${link}`)).body.id

t.test('a name suggests a link', async (t) => {
  const id = `5f3c${'0'.repeat(28)}`
  for (const [name, link] of [
    ['Dr. Vogt', 'dr-vogt'],
    ['Praxis Müller & Söhne', 'praxis-mueller-soehne'],
    ['Mu\u0308ller', 'mueller'],
    ['Große Straße', 'grosse-strasse'],
    ['Zoë Lefèvre', 'zoe-lefevre'],
    ["O'Neill", 'oneill'],
    ['Łukasz Żółć', 'lukasz-zolc'],
    ['Ærø Smith', 'aeroe-smith'],
    ['  ...2nd  Floor!!', '2nd-floor'],
    ['Praxisgemeinschaft Hauptstrasse Nord und Süd', 'praxisgemeinschaft-hauptstrasse'],
    ['山田 太郎', 'p-5f3c0000'],
    ['Анна', 'p-5f3c0000'],
    ['Bo', 'p-5f3c0000'],
    ['Admin', 'p-5f3c0000'],
    ['𝐀𝐝𝐦𝐢𝐧', 'p-5f3c0000'],
    ['Support Team', 'p-5f3c0000'],
    ['Team Vogt', 'team-vogt'],
    ['$$$', 'p-5f3c0000'],
    ['a'.repeat(32), 'p-5f3c0000'],
  ] as const)
    t.equal(suggestedLink(name, id), link, name)
})

t.test('providers of one name get links of their own, all at once too', async (t) => {
  const [here, there] = await twoServers(t)
  const all = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      register(index % 2 ? here : there, 'provider', { name: 'Dr. Vogt' }),
    ),
  )
  const links: string[] = []
  // On a machine with too much to do, one may have been registered without a link, and gets it now.
  for (const { id, token } of all)
    links.push((await here.call<Profile>('GET', `/v1/providers/${id}/profile`, { token })).body.link ?? '')
  t.equal(new Set(links).size, 12, links.join(' '))
  for (const link of ['dr-vogt', 'dr-vogt-2', 'dr-vogt-5']) t.ok(links.includes(link), link)
  for (const [index, link] of links.entries()) t.equal(await meant(there, link), all[index]?.id)
})

t.test('of a hundred who want one link at the same moment, one gets it', async (t) => {
  const [here, there] = await twoServers(t)
  const rivals: SignedIn[] = []
  // A few at a time: a hundred passwords at once take longer than a request may.
  while (rivals.length < 100) {
    const some = Array.from({ length: 10 }, (_, index) =>
      register(here, 'provider', { name: `Rival ${rivals.length + index}` }),
    )
    rivals.push(...(await Promise.all(some)))
  }
  const outcomes = await Promise.all(
    rivals.map(({ id }, index) =>
      (index % 2 ? here : there).app.profiles.change(id, 1, { link: 'the-best-one' }),
    ),
  )
  const winners = rivals.filter((_, index) => outcomes[index]?.ok)
  t.equal(winners.length, 1)
  t.equal(outcomes.filter((outcome) => !outcome.ok && outcome.code === 'link_taken').length, 99)
  for (const server of [here, there]) t.equal(await meant(server, 'the-best-one'), winners[0]?.id)
  const named = await here.app.mongo.collection('accounts').countDocuments({ 'profile.link': 'the-best-one' })
  t.equal(named, 1, 'and no other account says it has it')
})

t.test('a word that is kept free is taken', async (t) => {
  const server = await startOne(t)
  const who = await register(server, 'provider')
  t.match(await rename(server, who, 'support', 1), { status: 409, body: { code: 'link_taken' } })
})

t.test('former links go on working; the oldest beyond ten is free for others', async (t) => {
  const [here, there] = await twoServers(t)
  const who = await register(here, 'provider', { name: 'Dr. Vogt' })
  const rival = await register(here, 'provider', { name: 'Rival' })
  for (let index = 1; index <= 10; index++)
    t.equal((await rename(here, who, `vogt-${index}`, index)).status, 200)
  t.equal(await meant(there, 'dr-vogt'), who.id, 'the tenth')
  t.match(await rename(there, rival, 'dr-vogt', 1), { status: 409 }, 'a former link is its own')
  const eleventh = await rename(here, who, 'vogt-11', 11)
  t.same(
    eleventh.body.formerLinks,
    Array.from({ length: 10 }, (_, index) => `vogt-${10 - index}`),
  )
  t.equal(await meant(here, 'dr-vogt'), undefined)
  await until(async () => (await meant(there, 'dr-vogt')) === undefined, 'it is free there')
  t.equal((await rename(there, rival, 'dr-vogt', 1)).status, 200)
  for (const server of [here, there]) t.equal(await meant(server, 'dr-vogt'), rival.id)
  const back = await rename(here, who, 'vogt-5', 12)
  t.match(back, { status: 200, body: { link: 'vogt-5' } }, 'its own former link can be its link again')
  t.notOk(back.body.formerLinks?.includes('vogt-5'))
  t.equal(await meant(here, 'vogt-11'), who.id)
})

t.test('a link whose change was interrupted is nobody’s, and after a minute somebody else’s', async (t) => {
  const clock = new MovedClock()
  const server = await startOne(t, { clock, sweep: false })
  const who = await register(server, 'provider', { name: 'Dr. Vogt' })
  const rival = await register(server, 'provider', { name: 'Rival' })
  // As a server leaves it that ends between the two writes.
  await linksIn(server.app.mongo).insertOne({
    _id: 'vogt-berlin',
    providerId: who.id,
    at: new Date(clock.now()),
  })
  t.equal(await meant(server, 'vogt-berlin'), undefined, 'it leads nowhere')
  t.equal((await rename(server, rival, 'vogt-berlin', 1)).status, 409, 'the change may be under way')
  clock.move(60_000)
  t.equal((await rename(server, rival, 'vogt-berlin', 1)).status, 200)
  t.equal(await meant(server, 'vogt-berlin'), rival.id)
  clock.move(60_000)
  t.equal((await rename(server, who, 'vogt-berlin', 1)).status, 409, 'control: one that is in use stays')
})

t.test('providers of an earlier version have links after the start', async (t) => {
  const { uri } = await testDatabase(t)
  const before = await startOne(t, { uri })
  const some = [
    await register(before, 'provider', { name: 'Dr. Vogt' }),
    await register(before, 'provider', { name: 'Dr. Vogt' }),
    await register(before, 'provider', { name: 'Анна' }),
  ]
  await register(before, 'client', { name: 'Dr. Vogt' })
  const { mongo } = before.app
  await mongo.collection('accounts').updateMany({}, { $unset: { profile: '' } })
  await linksIn(mongo).deleteMany({})
  await mongo.collection<{ _id: string }>('done').deleteOne({ _id: DONE })
  const servers = await Promise.all([startOne(t, { uri }), startOne(t, { uri })])
  await until(
    async () => (await mongo.collection<{ _id: string }>('done').findOne({ _id: DONE })) !== null,
    'it is done',
  )
  for (const server of servers) {
    const links = await Promise.all(some.map(async (one) => (await profileOf(server, one)).link ?? ''))
    t.same(links.slice(0, 2).sort(), ['dr-vogt', 'dr-vogt-2'])
    t.match(links[2], /^p-[0-9a-f]{8}$/)
    for (const [index, link] of links.entries()) t.equal(await meant(server, link), some[index]?.id)
  }
  t.equal(await linksIn(mongo).countDocuments({}), 3, 'and no more')
})

t.test('a provider without a link gets one when it asks for its profile', async (t) => {
  const server = await startOne(t)
  const who = await register(server, 'provider', { name: 'Dr. Vogt' })
  await server.app.mongo.collection('accounts').updateMany({}, { $unset: { profile: '' } })
  server.app.accounts.forget([who.id])
  t.equal((await profileOf(server, who)).link, undefined, 'control')
  const own = await server.call<Profile>('GET', `/v1/providers/${who.id}/profile`, { token: who.token })
  t.match(own.body, { link: 'dr-vogt', rev: 1 })
})
