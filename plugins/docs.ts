/** The API described: OpenAPI and AsyncAPI from the schemas that validate, a page to try them, a page of the errors. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { Access } from '../src/http/caller.js'
import { catalogue, type ErrorCode } from '../src/http/problems.js'
import { asyncapiDocument } from '../src/live/asyncapi.js'
import { Problem } from '../src/schemas/common.js'

const VERSION = '0.1.0'
const codes = Object.keys(catalogue) as ErrorCode[]

export default fp(
  async (app: FastifyInstance) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Slotcast',
          version: VERSION,
          description:
            'Hold a slot, confirm it, and every screen that looks at the calendar changes in the same moment. The live channel is in /asyncapi.json, the errors are at /docs/errors.',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/' }],
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      },
      transform: ({ schema, url, route }) => ({
        schema: described(schema as Described | undefined, route),
        url,
      }),
      transformObject: (document) => {
        const described = 'openapiObject' in document ? document.openapiObject : document.swaggerObject
        for (const path of Object.values(described.paths ?? {})) letBodiesBeMissing(path)
        return described
      },
    })
    await app.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, access: 'open' }
      })
      await scope.register(swaggerUi, {
        routePrefix: '/docs',
        staticCSP: true,
        uiConfig: { validatorUrl: null, persistAuthorization: false, tryItOutEnabled: true },
        theme: { title: 'Slotcast API' },
      })
    })

    const open = { config: { access: 'open' as const }, schema: { hide: true } }
    app.get('/openapi.json', open, async () => app.swagger())
    const asyncapi = asyncapiDocument(VERSION)
    app.get('/asyncapi.json', open, async () => asyncapi)
    const page = errorPage()
    app.get(
      '/docs/errors',
      { ...open, config: { access: 'open', produces: 'text/html' } },
      async (_request, reply) =>
        reply
          .header('content-security-policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
          .type('text/html; charset=utf-8')
          .send(page),
    )
  },
  { name: 'docs' },
)

interface Described extends Record<string, unknown> {
  response?: Record<string, unknown>
  body?: unknown
  querystring?: unknown
  params?: unknown
  hide?: boolean
}

/** A route's own schema, with who may call it and every error it can answer. */
function described(schema: Described | undefined, route: RouteOptions): Described {
  if (!schema || schema.hide) return { ...schema, hide: true }
  const access: Access = route.config?.access ?? 'any'
  const produces = route.config?.produces
  const response: Record<string, unknown> = { ...schema.response }
  for (const status of [...statusesOf(schema, access), ...Object.keys(response).map(Number)]) {
    if (status >= 400 && (response[status] ?? Problem) === Problem) {
      response[status] = problemResponse(status)
    }
  }
  return {
    ...schema,
    response,
    ...(produces !== undefined && { produces: [produces] }),
    ...(access !== 'open' && { security: access === 'look' ? [{}, { bearer: [] }] : [{ bearer: [] }] }),
  }
}

/** A body that may be null may be left out, which @fastify/swagger does not know. */
function letBodiesBeMissing(path: object | undefined): void {
  for (const operation of Object.values(path ?? {}) as { requestBody?: RequestBody }[]) {
    const { requestBody } = operation
    const forms = requestBody?.content['application/json']?.schema?.anyOf ?? []
    if (requestBody && forms.some(({ type }) => type === 'null')) requestBody.required = false
  }
}

interface RequestBody {
  required?: boolean
  content: Record<string, { schema?: { anyOf?: { type?: string }[] } }>
}

function statusesOf(schema: Described, access: Access): number[] {
  return [
    ...(schema.body || schema.querystring || schema.params ? [400] : []),
    ...(access === 'open' ? [] : [401]),
    ...(access === 'client' || access === 'provider' ? [403] : []),
    ...(schema.params ? [404] : []),
    ...(schema.body ? [413, 415] : []),
    405,
    406,
    // Looked at before anything else is, on every route: whatever it takes, a caller can put more behind it.
    414,
    429,
    500,
    503,
  ]
}

function problemResponse(status: number) {
  const here = codes.filter((code) => catalogue[code].status === status)
  const { properties, required } = Problem
  return {
    description: here.map((code) => `\`${code}\`: ${catalogue[code].when}`).join('\n\n'),
    content: {
      'application/problem+json': {
        schema: {
          type: 'object',
          required,
          properties: { ...properties, status: { const: status }, code: { type: 'string', enum: here } },
          additionalProperties: true,
        },
      },
    },
  }
}

function errorPage(): string {
  const rows = codes
    .map((code) => {
      const { status, title, when } = catalogue[code]
      return `<h2 id="${code}"><code>${code}</code> (${status})</h2><p>${title}. ${when}</p>`
    })
    .join('\n')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Slotcast: errors</title><h1>Errors</h1><p>Every error is <code>application/problem+json</code> with one of these codes.</p>\n${rows}\n</html>\n`
}
