import t from 'tap'
import type { Provider } from '../../src/schemas/accounts.js'
import type { Profile } from '../../src/schemas/profiles.js'
import { jpeg, jpegPart, png } from '../helper/portraits.js'
import { PASSWORD, register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'
import { until } from '../helper/until.js'

type Answered = Profile & { code?: string; errors?: { field: string; message: string }[] }

const pathOf = ({ id }: { id: string }) => `/v1/providers/${id}/profile`
const read = (server: TestServer, who: SignedIn, token?: string) =>
  server.call<Answered>('GET', pathOf(who), token === undefined ? {} : { token })
const change = (server: TestServer, who: SignedIn, body: object, rev: number) =>
  server.call<Answered>('PATCH', pathOf(who), {
    token: who.token,
    body,
    headers: { 'if-match': `"${rev}"` },
  })
const provider = async (server: TestServer, idOrLink: string) =>
  server.call<Provider>('GET', `/v1/providers/${idOrLink}`)

const said = {
  title: 'Kinderärztin',
  text: 'Deutsch, English.\n\nPlease bring the card.',
  address: 'Hauptstraße 1\n12345 Berlin',
  place: 'Berlin-Mitte',
  phone: '+49 (0)30 / 123-45.67',
}

t.test('what is said is shown to everybody, and null takes it back', async (t) => {
  const server = await startOne(t)
  const vogt = await register(server, 'provider', { name: 'Dr. Vogt' })
  t.same((await read(server, vogt)).body, { link: 'dr-vogt', rev: 1 }, 'a link is there from the start')
  const set = await change(server, vogt, said, 1)
  t.equal(set.status, 200)
  t.equal(set.headers.get('etag'), '"2"')
  t.same(set.body, { link: 'dr-vogt', ...said, rev: 2 })
  const asked = await read(server, vogt)
  t.same([asked.body, asked.headers.get('etag')], [set.body, '"2"'])
  t.same((await provider(server, vogt.id)).body, {
    id: vogt.id,
    name: 'Dr. Vogt',
    timeZone: 'Europe/Berlin',
    link: 'dr-vogt',
    ...said,
  })
  const { text: _, ...short } = said
  const list = await server.call<{ items: Provider[] }>('GET', '/v1/providers?name=vogt')
  t.same(
    list.body.items,
    [{ id: vogt.id, name: 'Dr. Vogt', timeZone: 'Europe/Berlin', link: 'dr-vogt', ...short }],
    'a list has no long text',
  )
  t.same((await change(server, vogt, { text: null, phone: null }, 2)).body, {
    link: 'dr-vogt',
    title: said.title,
    address: said.address,
    place: said.place,
    rev: 3,
  })
})

t.test('a change needs the version that was read', async (t) => {
  const server = await startOne(t)
  const who = await register(server, 'provider')
  const without = await server.call<Answered>('PATCH', pathOf(who), {
    token: who.token,
    body: { title: 'X' },
  })
  t.match(without, { status: 428, body: { code: 'precondition_required' } })
  const both = await Promise.all(['One', 'Two'].map((title) => change(server, who, { title }, 1)))
  t.same(both.map(({ status }) => status).sort(), [200, 412])
  t.match(await change(server, who, { title: 'Three' }, 1), {
    status: 412,
    body: { code: 'precondition_failed' },
  })
})

t.test('nobody else, no client and no unknown id has one', async (t) => {
  const server = await startOne(t)
  const who = await register(server, 'provider', { name: 'Dr. Vogt' })
  const client = await register(server, 'client')
  t.equal((await read(server, client)).status, 404)
  t.equal((await read(server, { ...who, id: '0'.repeat(32) })).status, 404)
  t.equal((await provider(server, 'nobody-has-this')).status, 404)
  t.equal((await provider(server, 'Not A Link')).status, 404)
  const byLink = await change(server, { ...who, id: 'dr-vogt' }, { title: 'X' }, 1)
  t.equal(byLink.status, 404, 'a change goes by the id')
})

t.test('each field that cannot be is named, and nothing is changed', async (t) => {
  const server = await startOne(t)
  const who = await register(server, 'provider')
  const long = (length: number) => 'x'.repeat(length)
  for (const [body, field] of [
    [{ title: long(81) }, 'title'],
    [{ title: 'two\nlines' }, 'title'],
    [{ title: 'turned \u202e round' }, 'title'],
    [{ title: '\u200b' }, 'title'],
    [{ title: '' }, 'title'],
    [{ text: long(2001) }, 'text'],
    [{ text: 'bell \u0007' }, 'text'],
    [{ address: long(301) }, 'address'],
    [{ place: long(81) }, 'place'],
    [{ place: 7 }, 'place'],
    [{ phone: 'call me' }, 'phone'],
    [{ phone: '+-()' }, 'phone'],
    [{ phone: `0${long(40)}` }, 'phone'],
    [{ phone: '030 123\n456' }, 'phone'],
    [{ link: 'Dr-Vogt' }, 'link'],
    [{ link: 'dr' }, 'link'],
    [{ link: '-dr-vogt' }, 'link'],
    [{ link: 'dr.vogt' }, 'link'],
    [{ link: 'a'.repeat(41) }, 'link'],
    [{ link: 'a'.repeat(32) }, 'link'],
    [{ link: null }, 'link'],
    [{ picture: 'x' }, 'picture'],
    [{ rev: 9 }, 'rev'],
    [{}, 'body'],
  ] as const) {
    const answer = await change(server, who, body, 1)
    t.match(answer, { status: 400, body: { code: 'invalid_request' } }, JSON.stringify(body).slice(0, 60))
    t.equal(answer.body.errors?.[0]?.field, field)
  }
  t.equal((await read(server, who)).body.rev, 1)
  const decomposed = await change(
    server,
    who,
    { title: 'A\u0308rztin', text: 'at most \u{1f44b}\u{1f3fd}' },
    1,
  )
  t.equal(decomposed.body.title, 'Ärztin', 'control: and each character is kept in one form')
})

t.test('another server knows a change within a moment, and a new link at once', async (t) => {
  const [here, there] = await twoServers(t)
  const who = await register(here, 'provider', { name: 'Dr. Vogt' })
  t.equal((await provider(there, who.id)).body.title, undefined)
  await change(here, who, { title: 'Dentist', link: 'vogt-berlin' }, 1)
  t.equal((await provider(there, 'vogt-berlin')).body.id, who.id)
  const begun = performance.now()
  await until(async () => (await provider(there, who.id)).body.title === 'Dentist', 'the title is there')
  t.ok(performance.now() - begun < 2_000, `${Math.round(performance.now() - begun)} ms`)
})

const picture = (who: { id: string }) => `/v1/providers/${who.id}/picture`

async function put(server: TestServer, who: SignedIn, bytes: Buffer, type = 'image/png') {
  const response = await fetch(server.url + picture(who), {
    method: 'PUT',
    headers: { authorization: `Bearer ${who.token}`, 'content-type': type },
    body: new Uint8Array(bytes),
  })
  return { status: response.status, body: (await response.json()) as Answered, headers: response.headers }
}

async function get(server: TestServer, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, { headers })
  return {
    status: response.status,
    bytes: Buffer.from(await response.arrayBuffer()),
    headers: response.headers,
  }
}

t.test('a picture is put, shown, kept by browsers, replaced and removed', async (t) => {
  const server = await startOne(t)
  const who = await register(server, 'provider')
  t.equal((await get(server, picture(who))).status, 404)
  const first = await put(server, who, png())
  t.equal(first.status, 200)
  t.match(first.body, { rev: 2, picture: new RegExp(`^${picture(who)}\\?v=[0-9a-f]{16}$`) })
  const path = first.body.picture ?? ''
  t.equal((await provider(server, who.id)).body.picture, path)

  const shown = await get(server, path, { accept: 'image/avif,image/webp,image/*,*/*;q=0.8' })
  t.equal(shown.status, 200)
  t.same(shown.bytes, png())
  t.match(Object.fromEntries(shown.headers), {
    'content-type': 'image/png',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-disposition': 'inline',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  t.equal((await get(server, path, { accept: 'image/png' })).status, 200)
  t.equal((await get(server, path, { accept: 'text/html' })).status, 406)
  const etag = shown.headers.get('etag') ?? ''
  const again = await get(server, picture(who), { 'if-none-match': etag })
  t.same([again.status, again.bytes.length], [304, 0])
  t.equal(
    (await get(server, picture(who))).headers.get('cache-control'),
    'no-cache',
    'without v it may change',
  )

  const photo = jpeg([jpegPart(0xe1, 'Exif\0\0taken at home')])
  // What it says it is, is not asked.
  const second = await put(server, who, photo, 'image/webp')
  const other = await get(server, second.body.picture ?? '')
  t.equal(other.headers.get('content-type'), 'image/jpeg')
  t.same(other.bytes, jpeg(), 'without where it was taken')
  const old = await get(server, path)
  t.same([old.bytes, old.headers.get('cache-control')], [jpeg(), 'no-cache'], 'an old address is not kept')
  t.equal(
    (await change(server, who, { title: 'X' }, 2)).status,
    412,
    'the version that is changed has gone on',
  )

  for (const _ of [1, 2])
    t.equal((await server.call('DELETE', picture(who), { token: who.token })).status, 204)
  t.equal((await get(server, second.body.picture ?? '')).status, 404)
  t.notOk('picture' in (await provider(server, who.id)).body)
})

t.test('what is no picture is refused, and JSON is read elsewhere', async (t) => {
  const server = await startOne(t)
  const who = await register(server, 'provider')
  await put(server, who, png())
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  for (const [bytes, type, status, code] of [
    [svg, 'image/png', 422, 'invalid_picture'],
    [Buffer.concat([png().subarray(0, 8), svg]), 'image/png', 422, 'invalid_picture'],
    [png({ width: 513 }), 'image/png', 422, 'invalid_picture'],
    [Buffer.alloc(0), 'image/png', 422, 'invalid_picture'],
    [svg, 'image/svg+xml', 415, 'unsupported_media_type'],
    [Buffer.from('{}'), 'application/json', 415, 'unsupported_media_type'],
    [Buffer.alloc(512 * 1024 + 1), 'image/png', 413, 'too_large'],
  ] as const) {
    t.match(await put(server, who, bytes, type), { status, body: { code } }, `${type}, ${bytes.length} bytes`)
  }
  t.same((await get(server, picture(who))).bytes, png(), 'and the one before stays')
  const elsewhere = await server.call('PATCH', '/v1/me', {
    token: who.token,
    body: 'x',
    headers: { 'content-type': 'image/png' },
  })
  t.equal(elsewhere.status, 415)
})

t.test('everything is in the export, and gone with the account', async (t) => {
  const server = await startOne(t)
  const who = await register(server, 'provider', { name: 'Dr. Vogt' })
  await change(server, who, { ...said, link: 'vogt-berlin' }, 1)
  await put(server, who, png())
  const { body } = await server.call<{ profile: Profile }>('GET', '/v1/me/export', { token: who.token })
  t.same(body.profile, {
    link: 'vogt-berlin',
    formerLinks: ['dr-vogt'],
    ...said,
    picture: `data:image/png;base64,${png().toString('base64')}`,
    rev: 3,
  })
  const left = async () => {
    const { db } = server.app.mongo
    const names = ((await db?.listCollections({}, { nameOnly: true }).toArray()) ?? []).map(
      ({ name }) => name,
    )
    const kept = await Promise.all(
      names.map(async (name) => [name, await db?.collection(name).find().toArray()]),
    )
    return JSON.stringify(kept)
  }
  const traces = ['vogt-berlin', 'Berlin-Mitte', png().toString('base64')]
  for (const trace of traces) t.match(await left(), trace, 'control: it is there')
  await server.call('DELETE', '/v1/me', { token: who.token, body: { password: PASSWORD } })
  for (const trace of traces) t.notMatch(await left(), trace)
  t.equal((await get(server, picture(who))).status, 404)
  t.equal((await provider(server, 'vogt-berlin')).status, 404)
  const next = await register(server, 'provider', { name: 'Dr. Vogt' })
  t.equal((await change(server, next, { link: 'vogt-berlin' }, 1)).status, 200, 'its links are free')
  t.equal((await provider(server, 'dr-vogt')).body.id, next.id)
})

t.test('an account that ends while its picture is on the way keeps nothing of it', async (t) => {
  const server = await startOne(t)
  const who = await register(server, 'provider')
  await server.app.accounts.remove(who.id)
  t.same(await server.app.profiles.putPortrait(who.id, 'image/png', png()), { ok: false, code: 'not_found' })
  t.equal(await server.app.profiles.portrait(who.id), null)
})
