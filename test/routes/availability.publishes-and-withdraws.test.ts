import t from 'tap'
import { MovedClock } from '../helper/moved-clock.js'
import { register, type SignedIn, startOne, type TestServer } from '../helper/servers.js'

interface Published {
  opened: number
  existing: number
  slots: string[]
  code: string
  errors: { field: string }[]
}

function post(server: TestServer, provider: SignedIn, blocks: unknown, extra: object = {}) {
  return server.call<Published>('POST', `/v1/providers/${provider.id}/availability`, {
    token: provider.token,
    body: { blocks, ...extra },
  })
}

t.test('Friday 13 August 2027, 08:00 to 15:00 is 28 slots, and the same again opens none', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const blocks = [{ day: '2027-08-13', from: '08:00', to: '15:00' }]
  const first = await post(server, provider, blocks)
  t.match(first, { status: 200, body: { opened: 28, existing: 0 } })
  t.equal(first.body.slots.length, 28)
  t.equal(first.body.slots[0], `${provider.id}.20270813T0600Z`, 'Berlin is two hours ahead in August')
  t.match(await post(server, provider, blocks), {
    status: 200,
    body: { opened: 0, existing: 28, slots: first.body.slots },
  })
})

t.test('several blocks are published together or not at all', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const good = { day: '2027-08-13', from: '08:00', to: '10:00' }
  for (const [block, status, code, field] of [
    [{ day: '2027-08-14', from: '08:00', to: '09:10' }, 422, 'off_grid', 'blocks.1.to'],
    [{ day: '2001-08-14', from: '08:00', to: '09:00' }, 422, 'in_the_past', 'blocks.1.from'],
    [{ day: '2027-03-28', from: '02:30', to: '09:00' }, 422, 'invalid_local_time', 'blocks.1.from'],
    [{ start: '2027-01-01T00:00:00Z', end: '2028-01-01T00:00:00Z' }, 422, 'too_many_slots', undefined],
    [{ day: '2027-02-30', from: '08:00', to: '09:00' }, 400, 'invalid_request', 'blocks.1.day'],
    [{ day: '2027-08-14', from: '09:00', to: '08:00' }, 400, 'invalid_request', 'blocks.1.to'],
    [{ day: '2100-01-01', from: '08:00', to: '09:00' }, 400, 'invalid_request', 'blocks.1.to'],
    [{ start: '2099-12-31T23:45:00Z', end: '2100-01-01T00:15:00Z' }, 400, 'invalid_request', 'blocks.1.end'],
    [{ start: '2027-08-14T08:00:00', end: '2027-08-14T09:00:00Z' }, 400, 'invalid_request', 'blocks.1.start'],
  ] as const) {
    const answer = await post(server, provider, [good, block])
    t.match(answer, { status, body: { code } }, JSON.stringify(block))
    if (field)
      t.ok(
        answer.body.errors.some((error) => error.field === field),
        `${field} is named, not ${JSON.stringify(answer.body.errors)}`,
      )
  }
  const many = await post(server, provider, [
    { day: '2027-08-14', from: '08:00' },
    good,
    { start: 'soon', end: 'later', by: 'me' },
    { from: '8', to: '9' },
  ])
  t.same(
    many.body.errors.map((error) => error.field),
    [
      'blocks.0.to',
      'blocks.2.by',
      'blocks.2.start',
      'blocks.2.end',
      'blocks.3.day',
      'blocks.3.from',
      'blocks.3.to',
    ],
    'each fault of each block, as the form that the block is nearest to',
  )
  t.equal(await server.app.slots.collection.countDocuments(), 0, 'nothing was written')
  t.match(
    await post(server, provider, [good]),
    { body: { opened: 8 } },
    'control: the good one alone is published',
  )
})

t.test('a body that sets state is refused, and so is somebody else’s calendar', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const other = await register(server, 'provider')
  const client = await register(server, 'client')
  const blocks = [{ day: '2027-08-13', from: '08:00', to: '09:00' }]
  t.match(await post(server, provider, blocks, { state: 'confirmed' }), {
    status: 400,
    body: { errors: [{ field: 'state' }] },
  })
  t.match(await post(server, provider, [{ ...blocks[0], state: 'held' }]), { status: 400 })
  t.match(await post(server, { ...other, id: provider.id }, blocks), { status: 404 })
  t.match(await post(server, { ...client, id: provider.id }, blocks), { status: 403 })
  t.equal(await server.app.slots.collection.countDocuments(), 0)
})

t.test('a night of spring gives fewer slots, one of autumn more', async (t) => {
  const server = await startOne(t)
  const provider = await register(server, 'provider')
  const night = (day: string) => post(server, provider, [{ day, from: '00:00', to: '24:00' }])
  t.match(await night('2027-03-28'), { body: { opened: 92 } })
  t.match(await night('2027-10-31'), { body: { opened: 100 } })
  t.match(await night('2027-06-01'), { body: { opened: 96 } }, 'control: a common day')
})

t.test(
  'overlapping blocks open each slot once, and an ambiguous end can be sent with its offset',
  async (t) => {
    const server = await startOne(t)
    const provider = await register(server, 'provider')
    t.match(
      await post(server, provider, [
        { day: '2027-08-13', from: '08:00', to: '10:00' },
        { day: '2027-08-13', from: '09:00', to: '11:00' },
      ]),
      { body: { opened: 12 } },
    )
    t.match(await post(server, provider, [{ day: '2027-10-31', from: '01:00', to: '02:30' }]), {
      status: 422,
      body: { code: 'invalid_local_time' },
    })
    t.match(
      await post(server, provider, [
        { start: '2027-10-31T01:00:00+02:00', end: '2027-10-31T02:30:00+01:00' },
      ]),
      { body: { opened: 10 } },
    )
  },
)

t.test('withdrawing names what stays, with who, and is safe to repeat', async (t) => {
  const server = await startOne(t, { clock: new MovedClock() })
  const provider = await register(server, 'provider')
  const client = await register(server, 'client', { name: 'Mary Held' })
  const { body } = await post(server, provider, [{ day: '2027-08-20', from: '08:00', to: '10:00' }])
  await server.call('POST', '/v1/reservations', { token: client.token, body: { slotId: body.slots[2] } })
  const withdraw = (query: string) =>
    server.call('DELETE', `/v1/providers/${provider.id}/availability?${query}`, { token: provider.token })
  const span = 'start=2027-08-20T00:00:00Z&end=2027-08-21T00:00:00Z'
  t.match(await withdraw(span), {
    status: 200,
    body: {
      withdrawn: 7,
      kept: [{ id: body.slots[2], state: 'held', reservation: { client: { name: 'Mary Held' } } }],
    },
  })
  t.match(await withdraw(span), { status: 200, body: { withdrawn: 0, kept: [{ id: body.slots[2] }] } })
  t.match(await withdraw('start=2027-08-20T00:00:00Z&end=2027-12-21T00:00:00Z'), {
    status: 422,
    body: { code: 'window_too_long' },
  })
  t.match(await withdraw('start=2027-08-21T00:00:00Z&end=2027-08-20T00:00:00Z'), { status: 400 })
  t.match(await post(server, provider, [{ day: '2027-08-20', from: '08:00', to: '10:00' }]), {
    body: { opened: 7, existing: 1 },
  })
})
