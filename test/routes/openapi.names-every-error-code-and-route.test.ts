/** What is said twice is compared here: the catalogue with OpenAPI and with what really happens, types with the database's schemas. */

import asyncapiSpecs from '@asyncapi/specs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import draft7 from 'ajv/dist/refs/json-schema-draft-07.json' with { type: 'json' }
import t from 'tap'
import { addDays } from '../../src/domain/days.js'
import { catalogue, type ErrorCode } from '../../src/http/problems.js'
import { ReleaseReason, ReservationStatus, SlotState } from '../../src/schemas/common.js'
import { Service } from '../../src/schemas/services.js'
import { serviceSchema } from '../../src/services/service-model.js'
import { slotSchema } from '../../src/slots/slot-model.js'
import { openSlot } from '../../src/slots/slot-updates.js'
import { MovedClock } from '../helper/moved-clock.js'
import { ownEngine } from '../helper/own-engine.js'
import { PASSWORD, publish, register, signInAgain, startOne, type TestServer } from '../helper/servers.js'

interface Problem {
  code: ErrorCode
  status: number
  type: string
  title: string
  detail: string
  instance: string
  requestId: string
}

t.test('every code of the catalogue is in OpenAPI, and no other', async (t) => {
  const server = await startOne(t)
  const { body } = await server.call('GET', '/openapi.json')
  const described = new Set(
    [...JSON.stringify(body).matchAll(/"code":\{"type":"string","enum":\[([^\]]*)\]/g)].flatMap(
      ([, codes = '']) => codes.replaceAll('"', '').split(','),
    ),
  )
  t.same([...described].sort(), Object.keys(catalogue).sort())
  const { valid, errors } = await new Validator().validate(body)
  t.ok(valid, JSON.stringify(errors))
  const errorsPage = await server.call<string>('GET', '/docs/errors')
  for (const code of Object.keys(catalogue)) t.match(errorsPage.body, `id="${code}"`)
})

t.test('asyncapi.json is valid AsyncAPI', async (t) => {
  const server = await startOne(t)
  const { body } = await server.call('GET', '/asyncapi.json')
  const schema = asyncapiSpecs.schemasWithoutId['3.0.0']
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  if (!ajv.getSchema(draft7.$id)) ajv.addMetaSchema(draft7)
  const validate = ajv.compile(schema as object)
  t.ok(validate(body), JSON.stringify(validate.errors?.slice(0, 5)))
  t.notOk(validate({ ...body, channels: 7 }), 'control: a document with broken channels is found')
})

t.test('the schema of the database and the types agree', async (t) => {
  t.same(slotSchema.path('state').options.enum, SlotState.enum)
  const statusesOf = (part: string) => slotSchema.path(part).schema?.path('status').options.enum as string[]
  // A slot also says why it was left by a reservation that goes on, or that made room for another.
  t.same(statusesOf('past'), ReleaseReason.enum)
  const ends = statusesOf('past').filter((status) => status !== 'moved' && status !== 'replaced')
  t.same([...statusesOf('reservation'), ...ends].sort(), [...ReservationStatus.enum].sort())
  const inSchema = Object.keys(slotSchema.paths).map((path) => path.split('.')[0])
  t.same(
    [...new Set(inSchema)].sort(),
    Object.keys(openSlot('p', 0, new Date(0), { by: 'rule', ruleRev: 1 })).sort(),
    'a new slot has each path',
  )
  const { id: _, ...fields } = Service.properties
  t.same(
    Object.keys(serviceSchema.paths).sort(),
    ['_id', 'createdAt', 'place', ...Object.keys(fields)].sort(),
  )
})

t.test('every code of the catalogue is produced, as problem+json with its status', async (t) => {
  const seen = new Set<string>()
  const expectCode = async (code: ErrorCode, ...args: Parameters<TestServer['call']>) => {
    const { status, body, headers } = await where.call<Problem>(...args)
    t.equal(body.code, code, `${args[0]} ${args[1].slice(0, 80)}`)
    t.equal(status, catalogue[code].status)
    t.equal(headers.get('content-type')?.split(';')[0], 'application/problem+json')
    t.match(body, {
      status,
      title: catalogue[code].title,
      type: `/docs/errors#${code}`,
      detail: String,
      instance: String,
      requestId: headers.get('x-request-id'),
    })
    if (status === 429 || status === 503) t.ok(headers.get('retry-after'))
    seen.add(body.code)
  }
  const engine = await ownEngine(t)
  const clock = new MovedClock()
  const settings = { NOTICE_SECONDS: '86400' }
  const server = await startOne(t, { uri: engine.uri, clock, settings })
  const limited = await startOne(t, { uri: engine.uri, clock, settings: { RATE_LIMIT_PER_MINUTE: '1' } })
  let where: TestServer = server
  const provider = await register(server, 'provider')
  const client = await register(server, 'client')
  const rival = await register(server, 'client')
  const second = await register(server, 'provider')
  const slots = await publish(server, provider, 12)
  const [twin] = await publish(server, second, 1)
  const by = ({ token }: { token: string }, body?: unknown, headers?: Record<string, string>) => ({
    token,
    ...(body !== undefined && { body }),
    ...(headers && { headers }),
  })
  const hold = (who: { token: string }, slotId: string | undefined, headers?: Record<string, string>) =>
    server.call<{ id: string }>('POST', '/v1/reservations', by(who, { slotId }, headers))
  const holding = (slotId: string | undefined) =>
    ['POST', '/v1/reservations', by(client, { slotId })] as const
  const calendar = `/v1/providers/${provider.id}/availability`
  const block = (from: string, to: string, day = '2027-09-01') => ({ blocks: [{ day, from, to }] })

  await expectCode('mail_unavailable', 'POST', '/v1/password/forgotten', {
    body: { email: 'nobody@example.com' },
  })
  await expectCode('invalid_request', ...holding(undefined))
  await expectCode('unauthenticated', 'GET', '/v1/reservations')
  await expectCode('forbidden', 'POST', '/v1/reservations', by(provider, { slotId: slots[0] }))
  await expectCode('not_found', ...holding('nothing'))
  await expectCode('method_not_allowed', 'PATCH', '/v1/slots')
  await expectCode('not_acceptable', 'GET', '/v1/rules', { headers: { accept: 'image/png' } })
  await expectCode('uri_too_long', 'GET', `/v1/slots?providerId=${'x'.repeat(3_000)}`)
  await expectCode('too_large', 'POST', '/v1/reservations', by(client, { slotId: 'x'.repeat(20_000) }))
  await expectCode('unsupported_media_type', 'POST', '/v1/reservations', {
    token: client.token,
    body: 'slotId=1',
    headers: { 'content-type': 'text/plain' },
  })
  await expectCode('email_taken', 'POST', '/v1/accounts', {
    body: {
      role: 'client',
      email: client.email,
      password: PASSWORD,
      name: 'Ada',
      timeZone: 'UTC',
    },
  })

  const { body: face } = await server.call<{ link: string }>('GET', `/v1/providers/${second.id}/profile`)
  await expectCode(
    'link_taken',
    'PATCH',
    `/v1/providers/${provider.id}/profile`,
    by(provider, { link: face.link }, { 'if-match': '"1"' }),
  )
  await expectCode('invalid_picture', 'PUT', `/v1/providers/${provider.id}/picture`, {
    token: provider.token,
    body: '<svg/>',
    headers: { 'content-type': 'image/png' },
  })

  const taken = await hold(rival, slots[0])
  await expectCode('slot_held', ...holding(slots[0]))
  await expectCode('client_busy', 'POST', '/v1/reservations', by(rival, { slotId: twin }))
  await server.call('POST', `/v1/reservations/${taken.body.id}/confirm`, by(rival))
  await expectCode('slot_confirmed', ...holding(slots[0]))
  const released = await hold(rival, slots[1])
  await server.call('DELETE', `/v1/reservations/${released.body.id}?withdraw=true`, by(provider))
  await expectCode('slot_withdrawn', ...holding(slots[1]))
  await expectCode('hold_released', 'POST', `/v1/reservations/${released.body.id}/confirm`, by(rival))
  await hold(client, slots[2], { 'idempotency-key': 'k' })
  await expectCode(
    'idempotency_key_reused',
    'POST',
    '/v1/reservations',
    by(client, { slotId: slots[3] }, { 'idempotency-key': 'k' }),
  )
  const [, third] = [await hold(client, slots[3]), await hold(client, slots[4])]
  await expectCode('hold_limit', ...holding(slots[5]))

  const visit = { name: 'Visit', durationMinutes: 15, startsEveryMinutes: 60, cancelCutoffSeconds: 9_999_999 }
  const { body: offered } = await server.call<{ id: string }>(
    'POST',
    `/v1/providers/${provider.id}/services`,
    by(provider, visit),
  )
  await expectCode(
    'does_not_fit',
    'POST',
    '/v1/reservations',
    by(rival, { slotId: slots[5], serviceId: offered.id }),
  )
  const cut = await server.call<{ id: string }>(
    'POST',
    '/v1/reservations',
    by(rival, { slotId: slots[8], serviceId: offered.id }),
  )
  await server.call('POST', `/v1/reservations/${cut.body.id}/confirm`, by(rival))
  await expectCode('cutoff', 'DELETE', `/v1/reservations/${cut.body.id}`, by(rival))
  await expectCode(
    'not_begun',
    'PATCH',
    `/v1/reservations/${cut.body.id}`,
    by(provider, { outcome: 'arrived' }),
  )
  const extended = `/v1/reservations/${(await hold(rival, slots[7])).body.id}`
  await server.call('POST', `${extended}/extend`, by(rival))
  await expectCode('extension_limit', 'POST', `${extended}/extend`, by(rival))
  await server.call('DELETE', extended, by(rival))
  const limits = (fields: object, rev: number) =>
    server.call(
      'PATCH',
      `/v1/providers/${provider.id}/policies`,
      by(provider, fields, { 'if-match': `"${rev}"` }),
    )
  await limits({ maxAheadDays: 1, maxUpcomingBookings: 1 }, 0)
  await expectCode('max_ahead', 'POST', '/v1/reservations', by(rival, { slotId: slots[9] }))
  await limits({ maxAheadDays: null }, 1)
  const more = await hold(rival, slots[9])
  await expectCode('booking_limit', 'POST', `/v1/reservations/${more.body.id}/confirm`, by(rival))
  await limits({ maxUpcomingBookings: null }, 2)

  const wish = { providerId: provider.id, from: '2040-01-01T00:00:00Z', to: '2040-02-01T00:00:00Z' }
  const { waitStore } = server.app
  const from = Date.parse(wish.from)
  for (let days = 1; days <= 5; days++) {
    const to = from + days * 86_400_000
    await waitStore.join({ clientId: rival.id, providerId: provider.id, from, to })
  }
  await expectCode('wait_limit', 'POST', '/v1/waits', by(rival, wish))
  await server.app.mongo.collection<{ _id: string }>('waits').insertMany(
    Array.from({ length: 500 }, (_, index) => ({
      _id: `w${index}`,
      clientId: `c${index}`,
      providerId: provider.id,
      from: new Date(from),
      to: new Date(wish.to),
      state: 'waiting',
      rev: 1,
      joinedAt: new Date(from),
      since: new Date(from),
      listPlace: `full ${index + 1}`,
    })),
  )
  await expectCode('waiting_list_full', 'POST', '/v1/waits', by(client, wish))

  await expectCode('off_grid', 'POST', calendar, by(provider, block('08:00', '09:10')))
  await expectCode(
    'invalid_local_time',
    'POST',
    calendar,
    by(provider, block('02:30', '04:00', '2028-03-26')),
  )
  await expectCode('in_the_past', 'POST', calendar, by(provider, block('08:00', '09:00', '2001-01-01')))
  await expectCode(
    'too_many_slots',
    'POST',
    calendar,
    by(provider, { blocks: [{ start: '2028-01-01T00:00:00Z', end: '2028-03-01T00:00:00Z' }] }),
  )
  await expectCode('window_too_long', 'GET', '/v1/slots?from=2028-01-01T00:00:00Z&to=2028-09-01T00:00:00Z')

  clock.move(1_800_000)
  await expectCode(
    'hold_expired',
    'POST',
    `/v1/reservations/${third.body.id}/confirm`,
    by(await signInAgain(server, client)),
  )
  clock.move(2 * 86_400_000 - 1_800_000)
  await expectCode(
    'min_notice',
    'POST',
    '/v1/reservations',
    by(await signInAgain(server, client), { slotId: slots[6] }),
  )

  const policies = `/v1/providers/${provider.id}/policies`
  const { token: ofProvider } = await signInAgain(server, provider)
  const change = (ifMatch?: string) =>
    by(
      { token: ofProvider },
      { noticeSeconds: 0 },
      ifMatch === undefined ? undefined : { 'if-match': ifMatch },
    )
  await expectCode('precondition_required', 'PATCH', policies, change())
  await expectCode('precondition_failed', 'PATCH', policies, change('"7"'))

  const services = `/v1/providers/${provider.id}/services`
  const service = by({ token: ofProvider }, { name: 'Visit', durationMinutes: 30 })
  const inactive = await server.call<{ id: string }>(
    'POST',
    services,
    by({ token: ofProvider }, { name: 'Visit', durationMinutes: 30, active: false }),
  )
  await expectCode(
    'service_inactive',
    'GET',
    `/v1/slots?providerId=${provider.id}&serviceId=${inactive.body.id}`,
  )
  for (let made = 2; made < 50; made++) await server.call('POST', services, service)
  await expectCode('too_many_services', 'POST', services, service)

  const webhook = (url: string) => by({ token: ofProvider }, { url, events: ['slot.opened'] })
  await expectCode('url_refused', 'POST', '/v1/webhooks', webhook('https://127.0.0.1/'))
  for (let made = 0; made < 20; made++) await server.call('POST', '/v1/webhooks', webhook('https://8.8.8.8/'))
  await expectCode('too_many_webhooks', 'POST', '/v1/webhooks', webhook('https://8.8.8.8/'))

  const key = by({ token: ofProvider }, { name: 'Program', scopes: ['read'] })
  for (let made = 0; made < 20; made++) await server.call('POST', '/v1/keys', key)
  await expectCode('too_many_keys', 'POST', '/v1/keys', key)
  for (let made = 0; made < 10; made++) await server.call('POST', '/v1/feeds', { token: ofProvider })
  await expectCode('too_many_feeds', 'POST', '/v1/feeds', { token: ofProvider })

  const exceptions = `/v1/providers/${provider.id}/exceptions`
  await server.app.schedules.addExceptions(
    provider.id,
    Array.from({ length: 200 }, (_, index) => {
      const day = addDays('2090-01-01', index)
      return { from: day, to: day, closed: true }
    }),
  )
  const oneMore = by({ token: ofProvider }, { from: '2091-01-01', to: '2091-01-01', closed: true })
  await expectCode('too_many_exceptions', 'POST', exceptions, oneMore)

  where = limited
  await limited.call('GET', '/v1/rules')
  await expectCode('rate_limited', 'GET', '/v1/rules')
  where = server
  const { token } = await signInAgain(server, client)
  const find = server.app.slots.findReservation
  server.app.slots.findReservation = async () => {
    throw new Error('a fault of ours with a secret in it')
  }
  await expectCode('internal', 'GET', `/v1/reservations/${third.body.id}`, { token })
  const internal = await server.call('GET', `/v1/reservations/${third.body.id}`, { token })
  t.notMatch(JSON.stringify(internal.body), 'secret', 'the text of a fault stays here')
  server.app.slots.findReservation = find
  await engine.kill()
  await expectCode('unavailable', 'GET', `/v1/reservations/${third.body.id}`, { token })

  t.same([...seen].sort(), Object.keys(catalogue).sort(), 'none is left out')
})
