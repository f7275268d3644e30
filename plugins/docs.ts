/** The API's description: OpenAPI and AsyncAPI from the schemas that validate, a page to try it, a page of the errors. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { describeRoute, type RouteSchema, withComponents } from '../src/http/openapi.js'
import { catalogue, type ErrorCode } from '../src/http/problems.js'
import { asyncapiDocument } from '../src/live/asyncapi.js'

const VERSION = '0.1.0'
/** Our icon in the source, beside the built plugins, and where only the build is (a container). */
const ICON_FOLDERS = ['../src/pages/shared/', '../pages/assets/', '../dist/pages/assets/']
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'connect-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'style-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
}
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
            'Hold a slot and confirm it; every viewer of the calendar sees the change at once. The live channel is described in /asyncapi.json, the errors at /docs/errors.',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/' }],
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      },
      transform: ({ schema, url, route }) => ({
        schema: describeRoute(schema as RouteSchema | undefined, route),
        url,
      }),
      transformObject: (document) =>
        withComponents('openapiObject' in document ? document.openapiObject : document.swaggerObject),
    })
    await app.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, access: 'open' }
      })
      await scope.register(swaggerUi, {
        routePrefix: '/docs',
        staticCSP: POLICY,
        // BaseLayout has no bar on top, in which the other layout shows a logo of swagger-ui.
        uiConfig: {
          layout: 'BaseLayout',
          validatorUrl: null,
          persistAuthorization: false,
          tryItOutEnabled: true,
        },
        theme: { title: 'Slotcast API', favicon: icons() },
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

function icons() {
  const folders = ICON_FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
  const paths = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => folder + name))
  return paths
    .filter((path) => /\/icon(-[\w-]+)?\.svg$/.test(path))
    .slice(0, 1)
    .map((path) => ({
      filename: 'icon.svg',
      rel: 'icon',
      type: 'image/svg+xml',
      sizes: 'any',
      content: readFileSync(path),
    }))
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
