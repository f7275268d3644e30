import { test } from 'tap'
import type { Registered, Tokens } from '../../src/schemas/accounts.js'
import { startOne } from '../helper/servers.js'

const ada = {
  role: 'client',
  email: 'Ada@Example.com',
  password: 'correct horse battery',
  name: 'Ada',
  timeZone: 'Europe/Berlin',
} as const

test('who registers is signed in at once and can sign in later', async (t) => {
  const server = await startOne(t)
  const registered = await server.call<Registered>('POST', '/v1/accounts', { body: ada })
  t.equal(registered.status, 201)
  t.equal(registered.headers.get('location'), '/v1/me')
  t.equal(registered.headers.get('cache-control'), 'no-store')
  t.match(registered.body, {
    account: { id: /^[0-9a-f]{32}$/, role: 'client', name: 'Ada', timeZone: 'Europe/Berlin' },
    tokenType: 'Bearer',
    expiresIn: 300,
  })

  const { email, password } = ada
  const signedIn = await server.call<Tokens>('POST', '/v1/token', { body: { email, password } })
  t.equal(signedIn.status, 200)
  t.not(signedIn.body.refreshToken, registered.body.refreshToken, 'each sign-in is a session of its own')

  for (const token of [registered.body.accessToken, signedIn.body.accessToken]) {
    const me = await server.call('GET', '/v1/me', { token })
    t.match(me.body, { ...registered.body.account, email: ada.email })
    t.notOk('password' in me.body)
  }
})

test('one address has one account, however it is written', async (t) => {
  const server = await startOne(t)
  t.equal((await server.call('POST', '/v1/accounts', { body: ada })).status, 201)
  for (const email of ['ada@example.com', 'ADA@EXAMPLE.COM', 'ａda@example.com']) {
    const again = await server.call<{ code: string }>('POST', '/v1/accounts', { body: { ...ada, email } })
    t.equal(again.status, 409, email)
    t.equal(again.body.code, 'email_taken')
  }
  t.equal(
    (await server.call('POST', '/v1/token', { body: { email: ' aDa@example.com ', password: ada.password } }))
      .status,
    200,
    'and signs in however it is written',
  )
  t.equal(
    (await server.call('POST', '/v1/accounts', { body: { ...ada, email: 'ada2@example.com' } })).status,
    201,
    'another address is free (control)',
  )
})

test('of twenty registrations of one address at once, one succeeds', async (t) => {
  const server = await startOne(t)
  const statuses = await Promise.all(
    Array.from({ length: 20 }, async () => (await server.call('POST', '/v1/accounts', { body: ada })).status),
  )
  t.same(statuses.toSorted(), [201, ...Array.from({ length: 19 }, () => 409)])
})

test('a wrong password and an unknown address are answered alike', async (t) => {
  const server = await startOne(t)
  await server.call('POST', '/v1/accounts', { body: ada })
  const answers = []
  for (const body of [
    { email: ada.email, password: 'wrong' },
    { email: 'nobody@example.com', password: ada.password },
    { email: 'no address at all', password: '' },
  ]) {
    const {
      status,
      headers,
      body: problem,
    } = await server.call<Record<string, unknown>>('POST', '/v1/token', {
      body,
    })
    answers.push({ status, challenge: headers.get('www-authenticate'), ...problem, requestId: '' })
  }
  t.match(answers[0], { status: 401, code: 'unauthenticated', challenge: 'Bearer' })
  t.same(answers[1], answers[0])
  t.same(answers[2], answers[0])
})

test('each faulty field of a registration is named', async (t) => {
  const server = await startOne(t)
  for (const [fault, field] of [
    [{ email: 'ada' }, 'email'],
    [{ password: 'short' }, 'password'],
    [{ name: ' ' }, 'name'],
    [{ timeZone: 'IST' }, 'timeZone'],
    [{ timeZone: 'Mars/Base' }, 'timeZone'],
    [{ role: 'admin' }, 'role'],
    [{ id: 'mine' }, 'id'],
    [{ email: { $ne: '' } }, 'email'],
    [{ password: ['correct horse battery'] }, 'password'],
  ] as const) {
    const answer = await server.call<{ errors: { field: string }[] }>('POST', '/v1/accounts', {
      body: { ...ada, ...fault },
    })
    t.equal(answer.status, 400, field)
    t.same(
      answer.body.errors.map((error) => error.field),
      [field],
    )
  }
  const nothing = await server.call<{ errors: { field: string }[] }>('POST', '/v1/accounts', { body: {} })
  t.same(
    nothing.body.errors.map((error) => error.field).sort(),
    Object.keys(ada).sort(),
    'all that is missing at once',
  )
})

test('a key that is special to JavaScript is one that is not known, in every body', async (t) => {
  const server = await startOne(t)
  const body = JSON.stringify(ada).replace('{', '{"__proto__":{"status":"ended"},')
  t.match(await server.call('POST', '/v1/accounts', { body }), {
    status: 400,
    body: { errors: [{ field: '__proto__', message: 'is not known here' }] },
  })
  t.notOk('status' in {})
  const bodies = Object.values(server.app.swagger().paths ?? {})
    .flatMap((path) => Object.values(path ?? {}))
    .flatMap((operation) => JSON.stringify((operation as { requestBody?: object }).requestBody) ?? [])
  t.ok(bodies.length > 5, 'control: they are found')
  const isJson = (text: string) => text.includes('application/json')
  for (const text of bodies.filter(isJson)) t.match(text, '"additionalProperties":false')
})
