import { createHash } from 'node:crypto'
import t from 'tap'
import { linksOf } from '../../src/links/link-model.js'
import type { LinkStore } from '../../src/links/link-store.js'
import { MovedClock } from '../helper/moved-clock.js'
import { startOne } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'

const HOUR_MS = 3_600_000

function tokenIn(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}

async function found(links: LinkStore, url: string) {
  const link = await links.find(tokenIn(url))
  if (!link) throw new Error('no such link')
  return link
}

t.test('a link has 256 bits, and the database has its hash alone', async (t) => {
  const [{ app }] = await twoServers(t, { settings: { PUBLIC_URL: 'https://booking.example.org' } })
  const expiresAt = app.clock.now() + HOUR_MS
  const url = await app.links.make({ purpose: 'cancel', reservationId: 'r', expiresAt })
  t.match(url, /^https:\/\/booking\.example\.org\/l\/[\w-]{43}$/)
  const token = tokenIn(url)
  t.equal(Buffer.from(token, 'base64url').length, 32)
  const [stored] = await linksOf(app.mongo).find({}).toArray()
  t.equal(stored?._id, createHash('sha256').update(token).digest('base64url'))
  t.notMatch(JSON.stringify(stored), token)
})

t.test(
  'a seed makes the same link again on every instance, and another one for another purpose',
  async (t) => {
    const [one, other] = await twoServers(t)
    const expiresAt = one.app.clock.now() + HOUR_MS
    const link = { purpose: 'cancel', reservationId: 'r', expiresAt, seed: 'slot:3:mail:r' } as const
    const first = tokenIn(await one.app.links.make(link))
    t.equal(tokenIn(await other.app.links.make(link)), first)
    t.not(tokenIn(await one.app.links.make({ ...link, purpose: 'move' })), first)
    t.not(tokenIn(await one.app.links.make({ ...link, seed: 'slot:4:mail:r' })), first)
    t.equal(await linksOf(one.app.mongo).countDocuments(), 3)
  },
)

t.test('of many uses at once on two instances one acts', async (t) => {
  const [one, other] = await twoServers(t)
  const expiresAt = one.app.clock.now() + HOUR_MS
  const url = await one.app.links.make({ purpose: 'cancel', reservationId: 'r', expiresAt })
  const link = await found(one.app.links, url)
  let acted = 0
  const uses = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      (index % 2 ? one : other).app.links.use(link, async () => {
        acted++
        return { outcome: 'done' }
      }),
    ),
  )
  t.equal(acted, 1)
  t.equal(uses.filter(({ how }) => how === 'acted').length, 1)
  t.same(await other.app.links.use(link, async () => ({ outcome: 'again' })), {
    how: 'used',
    outcome: 'done',
  })
})

t.test('a refused action leaves the link to be used; one that died, when its time is over', async (t) => {
  const clock = new MovedClock()
  const { app } = await startOne(t, { clock })
  const url = await app.links.make({
    purpose: 'move',
    reservationId: 'r',
    expiresAt: app.clock.now() + HOUR_MS,
  })
  const link = await found(app.links, url)
  t.match(await app.links.use(link, async () => ({ outcome: null })), { how: 'acted' })
  await t.rejects(
    app.links.use(link, async () => {
      throw new Error('died')
    }),
  )
  t.same(await app.links.use(link, async () => ({ outcome: 'early' })), { how: 'busy' }, 'control')
  clock.move(31_000)
  t.match(await app.links.use(link, async () => ({ outcome: 'late' })), { how: 'acted' })
  t.equal((await found(app.links, url)).outcome, 'late')
  clock.move(HOUR_MS)
  t.equal(await app.links.find(tokenIn(url)), null, 'it ends')
  t.same(await app.links.use(link, async () => ({ outcome: 'after its end' })), { how: 'unknown' })
})
