/**
 * The routes as OpenAPI describes them, from the schemas that validate and serialise. A schema of src/schemas that an
 * operation uses becomes a component, and a `$ref` stands in its place. This happens in the document alone: with `$id`
 * and `addSchema`, Fastify's validators and serialisers would have to follow the references too. The body of a request
 * stays where it is, so that a reader sees at the operation what may be sent and what is refused.
 */
import type { RouteOptions } from 'fastify'
import { Problem } from '../schemas/common.js'
import { components } from '../schemas/components.js'
import type { Access } from './caller.js'
import { catalogue, type ErrorCode } from './problems.js'
import { scopesOf } from './scopes.js'

type Json = Record<string, unknown>

export interface RouteSchema extends Json {
  response?: Json
  body?: unknown
  querystring?: unknown
  params?: unknown
  hide?: boolean
}

/** Marks where a component stands until the document is complete; @fastify/swagger would resolve a `$ref` itself. */
const MARK = 'x-component'
const codes = Object.keys(catalogue) as ErrorCode[]
/** By their text, because `Type.Optional` copies a schema. */
const names = new Map([...components].map(([name, schema]) => [JSON.stringify(schema), name]))

/** A route's own schema, with who may call it and every error it can answer. */
export function describeRoute(schema: RouteSchema | undefined, route: RouteOptions): RouteSchema {
  if (!schema || schema.hide) return { ...schema, hide: true }
  const access: Access = route.config?.access ?? 'any'
  const produces = route.config?.produces
  const response: Json = { ...schema.response }
  for (const status of [...statusesOf(schema, access), ...Object.keys(response).map(Number)]) {
    if (status >= 400 && (response[status] ?? Problem) === Problem) response[status] = problemResponse(status)
  }
  const scopes = scopesFor(route)
  const reach = access === 'open' ? '' : reachOf(scopes)
  return {
    ...schema,
    ...(reach !== '' && { description: [schema.description, reach].filter(Boolean).join(' ') }),
    response: markEach(response),
    ...(schema.querystring !== undefined && { querystring: withoutOptionalExamples(schema.querystring) }),
    ...(produces !== undefined && { produces: [produces] }),
    ...(access !== 'open' && { security: access === 'browse' ? [{}, { bearer: [] }] : [{ bearer: [] }] }),
  }
}

function scopesFor({ method, url }: RouteOptions): string[] {
  return [...new Set([method].flat().flatMap((one) => scopesOf(one, url)))]
}

function reachOf(scopes: string[]): string {
  if (scopes.length === 0) return 'No API key reaches this.'
  return `An API key needs the scope ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`
}

function statusesOf(schema: RouteSchema, access: Access): number[] {
  return [
    ...(schema.body || schema.querystring || schema.params ? [400] : []),
    ...(access === 'open' ? [] : [401]),
    ...(access === 'open' || access === 'browse' ? [] : [403]),
    ...(schema.params ? [404] : []),
    ...(schema.body ? [413, 415] : []),
    405,
    406,
    // The length of the address is checked first on every route, also on those that take no parameters.
    414,
    429,
    500,
    503,
  ]
}

function problemResponse(status: number): Json {
  const here = codes.filter((code) => catalogue[code].status === status)
  return {
    description: here.map((code) => `\`${code}\`: ${catalogue[code].when}`).join('\n\n'),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            Problem,
            {
              type: 'object',
              properties: { status: { const: status }, code: { type: 'string', enum: here } },
            },
          ],
        },
      },
    },
  }
}

/**
 * The docs page fills in the example of every parameter, and some exclude each other (`day`, `from`). The example of an
 * optional one moves into its description.
 */
function withoutOptionalExamples(querystring: unknown): Json {
  const { properties = {}, required = [], ...rest } = querystring as QuerySchema
  const shown = Object.entries(properties).map(([name, property]) => {
    const { examples: [example] = [], description, ...plain } = property
    if (example === undefined || required.includes(name)) return [name, property]
    const text = `${description === undefined ? '' : `${description}; `}for example ${example}`
    return [name, { ...plain, description: text }]
  })
  return { ...rest, required, properties: Object.fromEntries(shown) }
}

interface QuerySchema {
  properties?: Record<string, { examples?: unknown[]; description?: string }>
  required?: string[]
}

function mark(value: unknown): unknown {
  const name = names.get(JSON.stringify(value))
  return name === undefined ? markEach(value) : { [MARK]: name }
}

function markEach<T>(value: T): T {
  if (Array.isArray(value)) return value.map(mark) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner)])) as T
}

interface Document {
  paths?: object
  components?: object
}

/** The document with a `$ref` for each mark, and the components that are referred to. */
export function withComponents<T extends Document>(document: T): T {
  const used = new Map<string, unknown>()
  const refer = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(refer)
    if (typeof value !== 'object' || value === null) return value
    if (!(MARK in value)) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, refer(inner)]))
    }
    const name = String(value[MARK])
    if (!used.has(name)) {
      used.set(name, null)
      used.set(name, refer(markEach(components.get(name))))
    }
    return { $ref: `#/components/schemas/${name}` }
  }
  const paths = refer(document.paths ?? {}) as Record<string, object>
  const schemas = Object.fromEntries([...used].sort(([a], [b]) => a.localeCompare(b)))
  for (const path of Object.values(paths)) letBodiesBeMissing(path)
  return { ...document, paths, components: { ...document.components, schemas } }
}

/** A body that may be null may be left out, which @fastify/swagger does not know. */
function letBodiesBeMissing(path: object): void {
  for (const { requestBody } of Object.values(path) as { requestBody?: RequestBody }[]) {
    const { anyOf = [] } = requestBody?.content['application/json']?.schema ?? {}
    if (requestBody && anyOf.some(({ type }) => type === 'null')) requestBody.required = false
  }
}

interface BodySchema {
  anyOf?: { type?: string }[]
}

interface RequestBody {
  required?: boolean
  content: Record<string, { schema?: BodySchema }>
}
