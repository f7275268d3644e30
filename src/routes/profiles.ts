/** What a provider says of itself: read by everybody, changed by the provider itself. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { faceOf, type StoredProfile } from '../accounts/public-face.js'
import { etagOf, IfMatch, revOf } from '../http/preconditions.js'
import { Refusal } from '../http/problems.js'
import { Id, Problem } from '../schemas/common.js'
import { Profile, ProfileChanges } from '../schemas/profiles.js'
import { signedIn } from './reservations.js'

const Params = Type.Object({ id: Id })

export const profileRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/providers/:id/profile',
    {
      config: { access: 'browse' },
      schema: {
        operationId: 'getProfile',
        summary: 'What a provider says of itself',
        description: 'By id or link. Everything in it is public.',
        tags: ['providers'],
        params: Params,
        response: { 200: Profile, 404: Problem, 503: Problem },
      },
    },
    async ({ params, caller }, reply) => {
      const id = await app.profiles.providerId(params.id)
      if (id === null) throw new Refusal('not_found')
      const isOwn = caller?.id === id
      // Who changes it gets the version that the change needs, and a link if there is none yet.
      let account = isOwn ? await app.accounts.findFresh(id) : await app.accounts.find(id)
      if (isOwn && account && account.profile?.link === undefined) {
        await app.profiles.ensureLink(account)
        account = await app.accounts.findFresh(id)
      }
      if (!account) throw new Refusal('not_found')
      const profile = profileView(id, account.profile, isOwn)
      reply.header('etag', etagOf(profile.rev))
      return profile
    },
  )

  app.patch(
    '/v1/providers/:id/profile',
    {
      config: { access: 'provider', audit: 'profile.change' },
      schema: {
        operationId: 'updateProfile',
        summary: 'Change what is said of oneself',
        description:
          'Everything in it is public. The last ten links that it had go on leading to it. Every server knows the change within half a second.',
        tags: ['providers'],
        params: Params,
        headers: IfMatch,
        body: ProfileChanges,
        response: {
          200: Profile,
          400: Problem,
          404: Problem,
          409: Problem,
          412: Problem,
          428: Problem,
          503: Problem,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (signedIn(request.caller).id !== id) throw new Refusal('not_found')
      const changed = await app.profiles.change(id, revOf(request.headers['if-match']), request.body)
      if (!changed.ok) throw new Refusal(changed.code)
      reply.header('etag', etagOf(changed.profile.rev))
      return profileView(id, changed.profile, true)
    },
  )
}

export function profileView(id: string, profile: StoredProfile | undefined, isOwn: boolean): Profile {
  const { rev = 0, formerLinks } = profile ?? {}
  return { ...faceOf(id, profile), ...(isOwn && formerLinks && { formerLinks }), rev }
}
