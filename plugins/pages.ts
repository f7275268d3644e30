/**
 * Serves the pages that Vite built in dist/pages: HTML files that are revalidated (ETag), and assets that are named by
 * their hash and cached for a year. The policy allows no other origin and nothing inline.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Refusal } from '../src/http/problems.js'

/** From plugins/ in the source and from dist/plugins/ when built. */
const PLACES = ['../dist/pages/', '../pages/'].map((place) => fileURLToPath(new URL(place, import.meta.url)))
const HOST = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i
const ASSET = /^[\w.-]+$/
const YEAR_MS = 31_536_000_000

const pages: Record<string, string> = {
  '/': 'find/index.html',
  '/book/:providerId': 'booking/index.html',
  '/my': 'my/index.html',
  '/provider': 'provider/index.html',
  '/provider/list': 'day-list/index.html',
  '/provider/hours': 'hours/index.html',
  '/provider/services': 'services/index.html',
  '/provider/page': 'public-page/index.html',
  '/account': 'account/index.html',
}

export default fp(
  async (app: FastifyInstance) => {
    const root = PLACES.find((place) => existsSync(`${place}find/index.html`))
    if (root === undefined) {
      app.log.warn('the pages are not built (npm run build); only the API is served')
      return
    }
    await app.register(fastifyStatic, {
      root,
      serve: false,
      preCompressed: true,
      etag: true,
      cacheControl: false,
    })

    for (const [path, file] of Object.entries(pages)) {
      app.get(path, { config: { access: 'open' }, schema: { hide: true } }, (request, reply) => {
        protect(request, reply).header('cache-control', 'no-cache')
        const { providerId } = request.params as { providerId?: string }
        if (providerId !== undefined)
          reply.header('link', neededBy(providerId, app.profiles.rememberedId(providerId)))
        return reply.sendFile(file)
      })
    }
    app.missingPage = (request, reply) =>
      protect(request, reply).code(404).header('cache-control', 'no-cache').sendFile('missing/index.html')
    app.get<{ Params: { name: string } }>(
      '/assets/:name',
      { config: { access: 'open' }, schema: { hide: true } },
      (request, reply) => {
        const { name } = request.params
        // An unknown name is the API's kind of 404, not the static server's.
        if (!ASSET.test(name) || !existsSync(`${root}assets/${name}`)) throw new Refusal('not_found')
        protect(request, reply).header('cache-control', `public, max-age=${YEAR_MS / 1000}, immutable`)
        return reply.sendFile(`assets/${name}`)
      },
    )
  },
  { name: 'pages', dependencies: ['errors', 'auth', 'profiles'] },
)

/**
 * What the booking page will ask for first, word for word (src/pages/shared/preload-path.ts): the browser fetches it while
 * the scripts are on their way. Of a link that this server does not remember, the page learns the id before it asks more.
 */
function neededBy(inAddress: string, id: string | undefined): string {
  const provider = `/v1/providers/${encodeURIComponent(inAddress)}`
  const known = id === undefined ? undefined : encodeURIComponent(id)
  return [
    ...(known === undefined ? [] : [`/v1/slots?providerId=${known}&state=open,held,confirmed&limit=200`]),
    provider,
    ...(known === undefined ? [] : [`/v1/providers/${known}/services`]),
    '/v1/rules',
  ]
    .map((path) => `<${path}>; rel=preload; as=fetch; crossorigin=anonymous`)
    .join(', ')
}

function protect(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.headers({
    'content-security-policy': policy(request.headers.host),
    'referrer-policy': 'same-origin',
  })
}

/** Older browsers do not take 'self' to mean a WebSocket to the same place, so it is named where the name is sane. */
function policy(host: string | undefined): string {
  const sockets = host !== undefined && HOST.test(host) ? ` ws://${host} wss://${host}` : ''
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${sockets}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join('; ')
}
