import t from 'tap'
import type { AccountExport } from '../../src/schemas/accounts.js'
import type { Service } from '../../src/schemas/services.js'
import { entriesIn } from '../helper/audit-folder.js'
import { temporaryFolder } from '../helper/database.js'
import { register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'
import { twoServers } from '../helper/two-servers.js'
import { until } from '../helper/until.js'

type Answered = Service & { code: string; errors?: { field: string }[] }

const whole = {
  name: 'First visit',
  description: 'With an interview',
  priceText: '80 €',
  durationMinutes: 45,
  bufferBeforeMinutes: 15,
  bufferAfterMinutes: 30,
  startsEveryMinutes: 60,
  noticeSeconds: 3_600,
  cancelCutoffSeconds: 7_200,
  moveCutoffSeconds: 86_400,
  active: true,
}

const pathOf = ({ id }: SignedIn, serviceId?: string) =>
  `/v1/providers/${id}/services${serviceId === undefined ? '' : `/${serviceId}`}`
const create = (server: TestServer, provider: SignedIn, body: object) =>
  server.call<Answered>('POST', pathOf(provider), { token: provider.token, body })
const patch = (server: TestServer, provider: SignedIn, id: string, body: object, ifMatch?: string) =>
  server.call<Answered>('PATCH', pathOf(provider, id), {
    token: provider.token,
    body,
    ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
  })
const remove = (server: TestServer, provider: SignedIn, id: string) =>
  server.call<Answered>('DELETE', pathOf(provider, id), { token: provider.token })
const listed = async (server: TestServer, provider: SignedIn, token?: string) => {
  const answer = await server.call<{ items: Service[]; nextCursor: null }>('GET', pathOf(provider), {
    ...(token !== undefined && { token }),
  })
  if (answer.status !== 200 || answer.body.nextCursor !== null)
    throw new Error(`a list answered ${answer.status}, and goes on at ${answer.body.nextCursor}`)
  return answer.body.items
}

t.test('a service is made, read, changed and deleted', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  t.same(await listed(server, provider), [])
  const made = await create(server, provider, whole)
  t.equal(made.status, 201)
  const { id } = made.body
  t.same(made.body, { ...whole, id, providerId: provider.id, rev: 1 })
  t.equal(made.headers.get('location'), pathOf(provider, id))
  t.equal(made.headers.get('etag'), '"1"')
  t.same(await listed(server, provider), [made.body])
  const read = await server.call<Service>('GET', pathOf(provider, id))
  t.same(read.body, made.body)
  t.equal(read.headers.get('etag'), '"1"')

  const short = {
    name: 'Visit',
    durationMinutes: 30,
    noticeSeconds: null,
    description: null,
    priceText: null,
  }
  const changed = await patch(server, provider, id, short, '"1"')
  t.equal(changed.status, 200)
  t.equal(changed.headers.get('etag'), '"2"')
  const { description: _, noticeSeconds: __, priceText: ___, ...rest } = whole
  t.same(changed.body, { ...rest, name: 'Visit', durationMinutes: 30, id, providerId: provider.id, rev: 2 })
  t.same(await listed(server, provider), [changed.body])

  t.equal((await remove(server, provider, id)).status, 204)
  t.equal((await remove(server, provider, id)).status, 204, 'the same again')
  t.same(await listed(server, provider), [])
  t.equal((await server.call('GET', pathOf(provider, id))).status, 404)
  t.equal((await patch(server, provider, id, {}, '"2"')).status, 404)
})

t.test('what is left out has its default', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const { body } = await create(server, provider, { name: 'Visit', durationMinutes: 15 })
  t.same(body, {
    id: body.id,
    providerId: provider.id,
    name: 'Visit',
    durationMinutes: 15,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    startsEveryMinutes: 15,
    cancelCutoffSeconds: 0,
    moveCutoffSeconds: 0,
    active: true,
    rev: 1,
  })
})

t.test('each field has its bounds, and a refusal names it', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const { body: service } = await create(server, provider, whole)
  for (const [field, values] of Object.entries({
    name: ['', 'x'.repeat(101), '\u200b', 1, null],
    description: ['x'.repeat(1001), 1],
    priceText: ['', 'x'.repeat(41), '\u202e80', '80\n€', 80],
    durationMinutes: [0, 14, 20, 495, '30', null],
    bufferBeforeMinutes: [-15, 5, 135],
    bufferAfterMinutes: [-15, 5, 135],
    startsEveryMinutes: [0, 20, 45, 120],
    noticeSeconds: [-1, 0.5],
    cancelCutoffSeconds: [-1, null],
    moveCutoffSeconds: [-1, null],
    active: ['yes', null],
    rev: [7],
    place: [1],
  })) {
    for (const value of values) {
      const refusals = [
        await create(server, provider, { ...whole, [field]: value }),
        await patch(server, provider, service.id, { [field]: value }, '"1"'),
      ]
      for (const { status, body } of refusals) {
        t.equal(status, 400, `${field}: ${JSON.stringify(value)}`)
        t.equal(body.errors?.[0]?.field, field)
      }
    }
  }
  t.equal(
    (await create(server, provider, { ...whole, description: null })).status,
    400,
    'null is for a change',
  )
  for (const body of [
    { durationMinutes: 480, bufferBeforeMinutes: 120, bufferAfterMinutes: 120 },
    { noticeSeconds: 0, cancelCutoffSeconds: 0, startsEveryMinutes: 30 },
  ])
    t.equal((await create(server, provider, { ...whole, ...body })).status, 201, 'control')
  t.same(await listed(server, provider).then(([first]) => first), service, 'and nothing was changed')
})

t.test('a change needs the version that was read', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const { id } = (await create(server, provider, whole)).body
  t.match(await patch(server, provider, id, { active: false }), {
    status: 428,
    body: { code: 'precondition_required' },
  })
  t.match(await patch(server, provider, id, { active: false }, '"2"'), {
    status: 412,
    body: { code: 'precondition_failed' },
  })
  t.match(await patch(server, provider, id, { active: false }, '*'), { status: 400 })
  t.match(await patch(server, provider, id, { active: false }, '"1"'), { status: 200 }, 'control')
})

t.test('an inactive service is in the list of its provider alone', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const other = await register(server, 'provider')
  const client = await register(server, 'client')
  const { id } = (await create(server, provider, { ...whole, active: false })).body
  for (const token of [undefined, client.token, other.token])
    t.same(await listed(server, provider, token), [])
  t.match(await listed(server, provider, provider.token), [{ id, active: false }])
  t.match(await server.call('GET', pathOf(provider, id)), { status: 200, body: { active: false } })
  await patch(server, provider, id, { active: true }, '"1"')
  t.match(await listed(server, provider), [{ id }], 'control')
})

t.test('what is not there, and what is somebody else’s, is 404', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const other = await register(server, 'provider')
  const client = await register(server, 'client')
  const { id } = (await create(server, provider, whole)).body
  const nobody = { ...provider, id: '0'.repeat(32) }
  t.equal((await server.call('GET', pathOf(nobody))).status, 404)
  t.equal((await server.call('GET', pathOf(client))).status, 404)
  t.equal((await server.call('GET', pathOf(other, id))).status, 404, 'under another provider')
  t.equal((await server.call('GET', pathOf(provider, '0'.repeat(32)))).status, 404)
  const foreign = { ...provider, token: other.token }
  t.equal((await create(server, foreign, whole)).status, 404)
  t.equal((await patch(server, foreign, id, { name: 'X' }, '"1"')).status, 404)
  t.equal((await remove(server, foreign, id)).status, 404)
  t.equal((await patch(server, { ...other }, id, { name: 'X' }, '"1"')).status, 404, 'under the own id')
  t.equal((await remove(server, other, id)).status, 204)
  t.match(await listed(server, provider), [{ id, name: whole.name }], 'it is still there')
})

t.test('the fifty-first is refused', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const answers = await Promise.all(Array.from({ length: 55 }, () => create(server, provider, whole)))
  t.equal(answers.filter(({ status }) => status === 201).length, 50)
  const refused = answers.filter(({ status }) => status !== 201)
  for (const answer of refused) t.match(answer, { status: 422, body: { code: 'too_many_services' } })
  t.equal((await listed(server, provider)).length, 50)
})

t.test('the audit log has who made, changed and deleted which', async (t) => {
  const audit = temporaryFolder(t)
  const server = await startOne(t, { audit })
  const provider = await register(server, 'provider')
  const { id } = (await create(server, provider, whole)).body
  await patch(server, provider, id, { name: 'Visit', active: false }, '"1"')
  await patch(server, provider, id, { name: 'Late' }, '"1"')
  await remove(server, provider, id)
  await server.app.audit?.flush()
  const about = { provider: provider.id, service: id }
  t.match(
    entriesIn(audit).filter(({ action }) => action.startsWith('service.')),
    [
      { action: 'service.create', status: 201, who: provider.id, about },
      { action: 'service.change', status: 200, about: { ...about, fields: ['name', 'active'] } },
      { action: 'service.change', status: 412, code: 'precondition_failed' },
      { action: 'service.delete', status: 204, about },
    ],
  )
})

t.test('another server knows a change within a moment', async (t) => {
  const [here, there] = await twoServers(t)
  const provider = await register(here, 'provider')
  const { id } = (await create(here, provider, whole)).body
  await until(async () => (await listed(there, provider)).length === 1, 'the service is listed there')
  const version = there.app.services.versionOf(provider.id)
  await patch(here, provider, id, { name: 'Visit' }, '"1"')
  const begun = performance.now()
  await until(async () => (await listed(there, provider))[0]?.name === 'Visit', 'the new name there')
  const took = Math.round(performance.now() - begun)
  t.ok(took < 2_000, `${took} ms`)
  await until(() => there.app.services.versionOf(provider.id) !== version, 'another version')
  await remove(here, provider, id)
  await until(async () => (await listed(there, provider)).length === 0, 'it is gone there')
})

t.test('services and policies are in the export of a provider, and end with the account', async (t) => {
  const [here, there] = await twoServers(t)
  const provider = await register(here, 'provider')
  const other = await register(here, 'provider')
  const service = (await create(here, provider, whole)).body
  await create(here, other, whole)
  await here.call('PATCH', `/v1/providers/${provider.id}/policies`, {
    token: provider.token,
    body: { noticeSeconds: 60 },
    headers: { 'if-match': '"0"' },
  })
  const exported = await here.call<AccountExport>('GET', '/v1/me/export', { token: provider.token })
  t.same(exported.body.services, [service])
  t.same(exported.body.policies, { rev: 1, noticeSeconds: 60 })
  const client = await register(here, 'client')
  const ofClient = await here.call<AccountExport>('GET', '/v1/me/export', { token: client.token })
  t.match(ofClient.body, { services: [], policies: undefined }, 'control')

  t.equal((await listed(there, provider)).length, 1)
  t.equal((await here.call('DELETE', '/v1/me', { token: provider.token })).status, 204)
  for (const server of [here, there]) {
    t.equal((await server.call('GET', pathOf(provider))).status, 404)
    t.equal((await server.call('GET', pathOf(provider, service.id))).status, 404)
  }
  const services = here.app.mongo.collection('services')
  t.equal(await services.countDocuments({ providerId: provider.id }), 0)
  t.equal(await services.countDocuments({ providerId: other.id }), 1, 'control')
})
