/** API keys of the caller's account. No key reaches these routes: one that is stolen makes no others. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { type GrantRecord, MOST_GRANTS } from '../auth/grant-store.js'
import { invalid, Refusal } from '../http/problems.js'
import { Id, Problem } from '../schemas/common.js'
import { type ApiKey, ApiKeyList, CreatedKey, NewKey } from '../schemas/grants.js'
import { signedIn } from './reservations.js'

const SOON = 'Every server knows it within a second and a half, and ends the sockets that came with it.'

export const keyRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/v1/keys',
    {
      config: { access: 'any', audit: 'key.create' },
      schema: {
        operationId: 'createKey',
        summary: 'Make an API key',
        description: `The key is in this answer and nowhere else: only its hash is kept. An account has at most ${MOST_GRANTS.key}; those that have run out do not count. A new password and signing out everywhere end no key.`,
        tags: ['keys'],
        body: NewKey,
        response: { 201: CreatedKey, 400: Problem, 401: Problem, 403: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const { name, scopes, expiresAt } = request.body
      const ends = expiresAt === undefined ? undefined : new Date(expiresAt)
      if (ends && ends.getTime() <= app.clock.now()) throw invalid('expiresAt', 'must lie ahead')
      const made = await app.grants.create({
        kind: 'key',
        owner: caller,
        name: name.trim(),
        scopes,
        expiresAt: ends,
      })
      if (!made) throw new Refusal('too_many_keys')
      // One that was made while the account was deleted has nobody else who ends it.
      if (!(await app.accounts.findFresh(caller.id))) {
        await app.grants.endAll(caller.id)
        throw new Refusal('unauthenticated')
      }
      request.audited = { key: made.grant._id, scopes }
      reply.code(201).header('cache-control', 'no-store')
      return { ...keyView(made.grant), key: made.text }
    },
  )

  app.get(
    '/v1/keys',
    {
      config: { access: 'any' },
      schema: {
        operationId: 'listKeys',
        summary: 'The API keys of the own account',
        description:
          'The newest first; all of them, there are no further pages. One that has run out is among them for thirty days.',
        tags: ['keys'],
        response: { 200: ApiKeyList, 401: Problem, 403: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const keys = await app.grants.listOf(signedIn(request.caller).id, 'key')
      reply.header('cache-control', 'no-store')
      return { items: keys.map(keyView), nextCursor: null }
    },
  )

  app.delete(
    '/v1/keys/:id',
    {
      config: { access: 'any', audit: 'key.end' },
      schema: {
        operationId: 'endKey',
        summary: 'Revoke an API key',
        description: `Safe to repeat for thirty days; then it is unknown. ${SOON}`,
        tags: ['keys'],
        params: Type.Object({ id: Id }),
        response: { 204: Type.Null(), 400: Problem, 401: Problem, 403: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const isOwn = await app.grants.end(signedIn(request.caller).id, 'key', id)
      if (!isOwn) throw new Refusal('not_found')
      request.audited = { key: id }
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/v1/keys',
    {
      config: { access: 'any', audit: 'key.end' },
      schema: {
        operationId: 'endKeys',
        summary: 'Revoke all API keys of the own account',
        description: `For when somebody else may have been in the account. Safe to repeat. ${SOON}`,
        tags: ['keys'],
        response: { 204: Type.Null(), 401: Problem, 403: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const count = await app.grants.endAll(signedIn(request.caller).id, 'key')
      request.audited = { everywhere: true, count }
      return reply.code(204).send(null)
    },
  )
}

export function keyView({ _id, name, scopes, expiresAt, ...rest }: GrantRecord): ApiKey {
  return {
    id: _id,
    name: name ?? '',
    scopes: scopes ?? [],
    ...usedView(rest),
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  }
}

/** What keys and feeds have in common. */
export function usedView({
  hint,
  createdAt,
  lastUsedAt,
}: Pick<GrantRecord, 'hint' | 'createdAt' | 'lastUsedAt'>) {
  return {
    hint: hint ?? '',
    createdAt: createdAt.toISOString(),
    ...(lastUsedAt && { lastUsedAt: lastUsedAt.toISOString() }),
  }
}
