import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import t from 'tap'
import { catalogue, type ErrorCode } from '../../../src/http/problems.js'
import { publish, register, startOne, type TestServer } from '../../helper/servers.js'

const REQUESTS = 10_000

interface Operation {
  method: string
  path: string
  fields: string[]
  query: string[]
}

/** The operations as OpenAPI describes them, so that a new route is tried from the day it is there. */
function operationsOf(server: TestServer): Operation[] {
  const { paths = {} } = server.app.swagger() as { paths?: Record<string, Record<string, Described>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      fields: Object.keys(operation.requestBody?.content?.['application/json']?.schema?.properties ?? {}),
      query: (operation.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name),
    })),
  )
}

interface Described {
  requestBody?: { content?: Record<string, { schema?: { properties?: object } }> }
  parameters?: { in: string; name: string }[]
}

const hostile = [
  '$past',
  '$$ROOT',
  '__proto__',
  'constructor',
  '../../..',
  '%00',
  '\u0000',
  '\ud800',
  '2026-02-30',
  '+275760-09-13T00:00:00.000Z',
  '9999-12-31T23:59:59Z',
  '1970-01-01T00:00:00Z',
  '0000-00-00',
  '2027-08-13T12:00:00 02:00',
  'NaN',
  '-0',
  '1e309',
  ' ',
  'x'.repeat(500),
  'Europe/Berlin',
  'Nowhere/Nothing',
  'W10=',
  'bnVsbA',
  '[1,"a"]',
  'open,held',
  '24:00',
  '25:00',
]
const scalar = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
)
const operators = fc.constantFrom<object>(
  { $ne: null },
  { $gt: '' },
  { $regex: '.*' },
  { $where: '1' },
  { $nor: [] },
  { $expr: true },
)
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: operators },
  { weight: 1, arbitrary: fc.anything({ maxDepth: 3 }) },
)

t.test(
  'ten thousand odd requests: never a fault of ours, and each refusal is of the catalogue',
  async (t) => {
    const server = await startOne(t)
    const provider = await register(server, 'provider')
    const client = await register(server, 'client')
    const slots = await publish(server, provider, 8)
    const operations = operationsOf(server).filter(
      ({ path, method }) => !(path === '/v1/me' && method === 'DELETE'),
    )
    t.ok(operations.length >= 18, `${operations.length} operations are described`)
    const ids = [provider.id, client.id, ...slots, '0'.repeat(32), ...hostile.slice(0, 6)]
    const tokens = [client.token, provider.token, `${client.token}x`, 'nonsense', undefined]

    const request = fc.constantFrom(...operations).chain((operation) =>
      fc.record({
        operation: fc.constant(operation),
        id: fc.constantFrom(...ids),
        token: fc.constantFrom(...tokens),
        query: fc.dictionary(
          fc.oneof(
            { weight: 6, arbitrary: fc.constantFrom(...operation.query, 'limit', 'x') },
            { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
          ),
          scalar,
          { maxKeys: 4 },
        ),
        body: fc.oneof(
          {
            weight: 8,
            arbitrary: fc.dictionary(fc.constantFrom(...operation.fields, 'state', '__proto__x'), value, {
              maxKeys: 6,
            }),
          },
          { weight: 1, arbitrary: value },
        ),
        type: fc.constantFrom(
          'application/json',
          'application/json; charset=utf-8',
          'text/plain',
          'application/json;garbage',
          'APPLICATION/JSON',
        ),
        key: fc.option(fc.constantFrom('k1', 'k2', ' ', 'ü', 'x'.repeat(300)), { nil: undefined }),
      }),
    )
    const seen = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(request, async ({ operation, id, token, query, body, type, key }) => {
        const answer = await server.app.inject(injection(operation, id, token, query, body, type, key))
        seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1)
        if (answer.statusCode < 400) return
        // The page of a link, for whoever opens it.
        const isPage = operation.path.startsWith('/l/') && answer.body.startsWith('<!doctype html>')
        if (isPage && answer.statusCode < 500) return
        const problem = answer.json() as { code: ErrorCode; status: number }
        if (answer.statusCode >= 500) throw new Error(`${answer.statusCode} ${answer.body}`)
        if (catalogue[problem.code]?.status !== answer.statusCode)
          throw new Error(`not of the catalogue: ${answer.statusCode} ${answer.body}`)
        if (!String(answer.headers['content-type']).startsWith('application/problem+json'))
          throw new Error('not problem+json')
        if (token && answer.body.includes(token)) throw new Error('a token came back')
      }),
      { numRuns: REQUESTS, endOnFailure: true },
    )
    t.comment(JSON.stringify([...seen].sort()))
    t.ok(
      (seen.get(200) ?? 0) + (seen.get(201) ?? 0) > 50,
      'control: some were good, so the odd ones reached what they were meant to',
    )
  },
)

function injection(
  operation: Operation,
  id: string,
  token: string | undefined,
  query: Record<string, unknown>,
  body: unknown,
  type: string,
  key: string | undefined,
): InjectOptions {
  const search = Object.entries(query).map(([name, one]) => `${escaped(name)}=${escaped(String(one))}`)
  return {
    method: operation.method as 'GET',
    url: `${operation.path.replace(/\{\w+\}/g, escaped(id))}${search.length > 0 ? `?${search.join('&')}` : ''}`,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'idempotency-key': encodeURI(key) }),
      ...(operation.method === 'POST' || operation.method === 'PATCH' ? { 'content-type': type } : {}),
    },
    ...(operation.method === 'POST' || operation.method === 'PATCH' ? { payload: jsonOf(body) } : {}),
  }
}

function escaped(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return '%ED%A0%80' // A lone surrogate cannot be encoded; this is what a hostile client sends in its place.
  }
}

function jsonOf(body: unknown): string {
  try {
    return JSON.stringify(body) ?? 'undefined'
  } catch {
    return '{"unfinished":'
  }
}
