/** The picture on a provider's page. The only routes that read anything but JSON, by a parser of their own. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { readPortrait } from '../accounts/portrait-format.js'
import { etagOf, hasEtag } from '../http/preconditions.js'
import { Refusal } from '../http/problems.js'
import { validatorCompiler } from '../http/validation.js'
import { Id, Problem } from '../schemas/common.js'
import { Profile } from '../schemas/profiles.js'
import { profileView } from './profiles.js'
import { signedIn } from './reservations.js'

const Params = Type.Object({ id: Id })
const TYPES = ['image/png', 'image/jpeg', 'image/webp']
const MOST_BYTES = 512 * 1024
const YEAR_SECONDS = 31_536_000
/** It is shown by a page as a picture. Opened by itself, it can do nothing. */
const POLICY = "default-src 'none'; sandbox"

export const pictureRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(TYPES, { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
    done(null, body),
  )

  app.put(
    '/v1/providers/:id/picture',
    {
      bodyLimit: MOST_BYTES,
      config: { access: 'provider', audit: 'picture.change' },
      // What the body is, its bytes say.
      validatorCompiler: (part) => (part.httpPart === 'body' ? () => true : validatorCompiler(part)),
      schema: {
        operationId: 'setPicture',
        summary: 'Set the own picture',
        description:
          'PNG, JPEG or WebP of at most 512 KB and 512 x 512, not animated. It is public. What else a file says (place and time of a photograph, texts, colour profiles, which way up it was taken) is left out.',
        tags: ['providers'],
        consumes: TYPES,
        params: Params,
        body: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }),
        response: { 200: Profile, 404: Problem, 413: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const id = ownId(request)
      const file = Buffer.isBuffer(request.body) ? readPortrait(request.body) : null
      if (file === null) throw new Refusal('invalid_picture')
      const put = await app.profiles.putPortrait(id, file.type, file.bytes)
      if (!put.ok) throw new Refusal(put.code)
      reply.header('etag', etagOf(put.profile.rev))
      return profileView(id, put.profile, true)
    },
  )

  app.get(
    '/v1/providers/:id/picture',
    {
      config: { access: 'browse', produces: 'image/*' },
      schema: {
        operationId: 'getPicture',
        summary: "A provider's picture",
        description: 'With the `v` that the provider names it can be kept for ever.',
        tags: ['providers'],
        params: Params,
        querystring: Type.Object(
          { v: Type.Optional(Type.String({ maxLength: 64 })) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }),
          304: Type.Null({ description: 'It is the one with the ETag of If-None-Match' }),
          404: Problem,
          503: Problem,
        },
      },
    },
    async ({ params: { id }, query, headers, caller }, reply) => {
      // Most requests for what is not there are answered from memory.
      const account = await app.accounts.find(id)
      const portrait = account?.profile?.portrait === undefined ? null : await app.profiles.portrait(id)
      if (!portrait) throw new Refusal('not_found')
      const etag = `"${portrait.version}"`
      reply.headers({
        etag,
        'cache-control':
          query.v === portrait.version
            ? `${caller ? 'private' : 'public'}, max-age=${YEAR_SECONDS}, immutable`
            : 'no-cache',
        'content-security-policy': POLICY,
        'content-disposition': 'inline',
      })
      if (hasEtag(headers['if-none-match'], etag)) return reply.code(304).send(null)
      return reply.type(portrait.type).send(portrait.bytes)
    },
  )

  app.delete(
    '/v1/providers/:id/picture',
    {
      config: { access: 'provider', audit: 'picture.delete' },
      schema: {
        operationId: 'deletePicture',
        summary: 'Remove the own picture',
        description: 'Safe to repeat.',
        tags: ['providers'],
        params: Params,
        response: { 204: Type.Null(), 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      await app.profiles.removePortrait(ownId(request))
      return reply.code(204).send(null)
    },
  )
}

/** The caller's own id; for any other caller the provider does not exist. */
function ownId({ caller, params }: FastifyRequest<{ Params: Static<typeof Params> }>): string {
  if (signedIn(caller).id !== params.id) throw new Refusal('not_found')
  return params.id
}
