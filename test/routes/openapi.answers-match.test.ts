import t from 'tap'
import { register, startOne, type TestServer } from '../helper/servers.js'

interface Operation {
  method: string
  /** As in OpenAPI, with `{id}`. */
  path: string
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

interface Schema {
  /** Problem, and what is narrower for this status. */
  allOf?: { properties?: { code?: { enum?: string[] } } }[]
}

interface Document {
  paths: Record<string, Record<string, { responses: Operation['responses'] }>>
}

/** Longer than any id, and than any id that could be. */
const BAD_ID = 'x'.repeat(81)
const UNKNOWN_ID = '0'.repeat(32)
/** What is wrong with a secret is said to nobody: a bad one is answered like one that there is not. */
const BEARS_A_SECRET = ['/l/{token}', '/v1/feeds/{secret}.ics']
const LONG_QUERY = `?q=${'x'.repeat(3_000)}`

function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      path,
      responses,
    })),
  )
}

const withoutCharset = (type: string) => type.replace(/; *charset=[^;]+/, '').replace(/; */g, '; ')

/** Where an answer is not one that is described; null where all is well. */
function disagreement(
  { method, path, responses }: Operation,
  answer: { status: number; headers: Headers; body: unknown },
): string | null {
  const { status, headers, body } = answer
  const described = responses[status]
  if (!described) return `${method} ${path} answers ${status}, which is not described`
  if (status === 204) return null
  const type = withoutCharset(headers.get('content-type') ?? '')
  const [, content] =
    Object.entries(described.content ?? {}).find(([one]) => withoutCharset(one) === type) ?? []
  if (!content) return `${method} ${path} answers ${status} as "${type}", which is not described`
  const codes = content.schema.allOf?.flatMap(({ properties }) => properties?.code?.enum ?? [])
  const code = (body as { code?: string }).code ?? ''
  return status >= 400 && codes && !codes.includes(code)
    ? `${method} ${path} answers ${code}, which is not described`
    : null
}

/** Sends each request as somebody who may, from a page of this server. */
async function callerOf(server: TestServer) {
  const tokens = {
    client: (await register(server, 'client')).token,
    provider: (await register(server, 'provider')).token,
  }
  const access = new Map(
    server.app
      .accessTable()
      .map((row) => [`${row.method} ${row.url.replace(/:(\w+)/g, '{$1}')}`, row.access]),
  )
  return ({ method, path }: Operation, id: string, query = '') => {
    const role = access.get(`${method} ${path}`) === 'provider' ? 'provider' : 'client'
    return server.call<{ code: string; errors?: { field: string }[] }>(
      method,
      path.replace(/\{\w+\}/, id) + query,
      // Links of mails have a page for everybody else.
      { token: tokens[role], headers: { origin: server.url, accept: 'application/json, */*' } },
    )
  }
}

t.test('a bad id, an unknown one and an address that is too long are answered as described', async (t) => {
  const server = await startOne(t)
  const call = await callerOf(server)
  const { body: document } = await server.call<Document>('GET', '/openapi.json')
  const operations = operationsOf(document)
  t.ok(operations.length > 20, `${operations.length} operations`)

  for (const operation of operations) {
    const name = `${operation.method} ${operation.path}`
    const long = await call(operation, UNKNOWN_ID, LONG_QUERY)
    t.equal(long.status, 414, name)
    t.equal(disagreement(operation, long), null)
    if (!operation.path.includes('{')) continue
    const bad = await call(operation, BAD_ID)
    const isSecret = BEARS_A_SECRET.includes(operation.path)
    t.equal(bad.status, isSecret ? 404 : 400, name)
    if (!isSecret) t.equal(bad.body.errors?.[0]?.field, 'id', name)
    t.equal(disagreement(operation, bad), null)
    const unknown = await call(operation, UNKNOWN_ID)
    t.equal(disagreement(operation, unknown), null)
    t.ok(operation.responses[404], `${name} says that there may be none`)
  }
})

t.test('what is read without an account is of the media type that is described', async (t) => {
  const server = await startOne(t)
  const { body: document } = await server.call<Document>('GET', '/openapi.json')
  const operations = operationsOf(document)
  for (const path of ['/metrics', '/livez', '/readyz', '/v1/rules', '/v1/slots', '/v1/providers']) {
    const operation = operations.find((one) => one.path === path && one.method === 'GET')
    if (!operation) return t.fail(`${path} is not described`)
    t.equal(disagreement(operation, await server.call('GET', path)), null)
  }
  const [metrics] = operations.filter(({ path }) => path === '/metrics')
  t.same(Object.keys(metrics?.responses[200]?.content ?? {}), ['text/plain; version=0.0.4; charset=utf-8'])
})

t.test('control: a status, a media type and a code that nothing describes are found', async (t) => {
  const operation: Operation = {
    method: 'GET',
    path: '/x',
    responses: {
      200: { content: { 'application/json': { schema: {} } } },
      404: {
        content: {
          'application/problem+json': {
            schema: { allOf: [{ properties: { code: { enum: ['not_found'] } } }] },
          },
        },
      },
    },
  }
  const answer = (status: number, type: string, code = '') => ({
    status,
    headers: new Headers({ 'content-type': type }),
    body: { code },
  })
  t.equal(disagreement(operation, answer(200, 'application/json; charset=utf-8')), null)
  t.match(disagreement(operation, answer(414, 'application/problem+json')), /414/)
  t.match(disagreement(operation, answer(200, 'text/plain; version=0.0.4')), /text\/plain/)
  t.match(disagreement(operation, answer(404, 'application/problem+json', 'gone')), /gone/)
})
