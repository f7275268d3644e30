/** The waiting list: joined, seen and left by clients, and seen by the owner of the calendar. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { policiesOf } from '../accounts/policies-of.js'
import { offerWindow } from '../domain/policies.js'
import type { Service } from '../domain/service.js'
import { LONGEST_WAIT_MS } from '../domain/wait.js'
import type { Caller } from '../http/caller.js'
import { decodeCursor, pageOf } from '../http/paging.js'
import { invalid, Refusal } from '../http/problems.js'
import { Id, Problem, pageQuery } from '../schemas/common.js'
import { NewWait, Wait, WaitList } from '../schemas/waits.js'
import type { WaitDoc } from '../waits/wait-model.js'
import { signedIn } from './reservations.js'

const Params = Type.Object({ id: Id })
const firstKey: readonly [number, string] = [0, '']
const DEFAULT_LIMIT = 50

export const waitRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/v1/waits',
    {
      config: { access: 'client', audit: 'wait.join' },
      schema: {
        operationId: 'joinWaitingList',
        summary: 'Wait for a time to come free',
        description:
          'What comes free is held for the first in line whom it suits; nobody else sees it open. The answer takes two seconds: from then on every server offers what comes free. The same request again is answered 200 with the wait that there is.',
        tags: ['waits'],
        body: NewWait,
        response: {
          200: Wait,
          201: Wait,
          400: Problem,
          404: Problem,
          409: Problem,
          422: Problem,
          503: Problem,
        },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const { providerId, serviceId, weekdays, between } = request.body
      const [from, to] = [Date.parse(request.body.from), Date.parse(request.body.to)]
      checkTimes(from, to, between)
      const provider = await app.accounts.find(providerId)
      if (provider?.role !== 'provider') throw new Refusal('not_found')
      const service = serviceId === undefined ? null : await app.services.findFresh(providerId, serviceId)
      if (serviceId !== undefined && !service) throw new Refusal('not_found')
      if (service?.active === false) throw new Refusal('service_inactive')
      await checkNotice(providerId, service, to)
      const wish = {
        clientId: caller.id,
        providerId,
        from,
        to,
        ...(serviceId !== undefined && { serviceId }),
        ...(weekdays && { weekdays }),
        ...(between && { between }),
      }
      const outcome = await app.waits.join(wish)
      // The account may have been deleted meanwhile, and its deletion may have missed this.
      if (!app.tokens.isCurrent(caller) && !(await app.accounts.findFresh(caller.id))) {
        await app.waits.removeAllOf(caller.id)
        throw new Refusal('unauthenticated', 'The account has ended.')
      }
      if (!outcome.ok) throw new Refusal(outcome.code)
      request.audited = { providerId }
      reply.header('location', `/v1/waits/${outcome.wait._id}`)
      return reply.code(outcome.isNew ? 201 : 200).send(await ownView(outcome.wait))
    },
  )

  app.get(
    '/v1/waits',
    {
      config: { access: 'any' },
      schema: {
        operationId: 'listWaits',
        summary: 'What the caller waits for, or who waits for times of the own calendar, in line',
        description: 'Those that go on. An owner of a calendar sees who waits; positions are for clients.',
        tags: ['waits'],
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: { 200: WaitList, 400: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedIn(request.caller)
      const { limit = DEFAULT_LIMIT, cursor } = request.query
      const all = await listOf(caller)
      const after = decodeCursor(cursor, firstKey)
      const start = after ? all.findIndex(({ _id }) => _id === after[1]) + 1 : 0
      const page = pageOf(all.slice(start, start + limit + 1), limit, ({ since, _id }) => [
        since.getTime(),
        _id,
      ])
      const items =
        caller.role === 'client' ? await Promise.all(page.items.map(ownView)) : await ownersViews(page.items)
      return { items, nextCursor: page.nextCursor, count: all.length }
    },
  )

  app.get(
    '/v1/waits/:id',
    {
      config: { access: 'client' },
      schema: {
        operationId: 'getWait',
        summary: 'One wait, with its place in line',
        description: 'One that has ended is kept for 30 days.',
        tags: ['waits'],
        params: Params,
        response: { 200: Wait, 404: Problem, 503: Problem },
      },
    },
    async (request) => {
      const caller = signedIn(request.caller)
      const read = await app.waits.read(request.params.id)
      if (read?.wait.clientId !== caller.id) throw new Refusal('not_found')
      return waitView(read.wait, read.position)
    },
  )

  app.delete(
    '/v1/waits/:id',
    {
      config: { access: 'client', audit: 'wait.leave' },
      schema: {
        operationId: 'leaveWaitingList',
        summary: 'Stop waiting',
        description: 'What is offered to it is given back and passed on. May be repeated.',
        tags: ['waits'],
        params: Params,
        response: { 204: Type.Null(), 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const caller = signedIn(request.caller)
      const wait = await app.waitStore.find(request.params.id)
      if (wait?.clientId !== caller.id) throw new Refusal('not_found')
      await app.waits.leave(wait._id)
      return reply.code(204).send(null)
    },
  )

  function checkTimes(from: number, to: number, between: NewWait['between']): void {
    if (to <= from) throw invalid('to', 'must be after from')
    if (to - from > LONGEST_WAIT_MS) throw invalid('to', 'must be at most 366 days after from')
    if (between && between.to <= between.from) throw invalid('between.to', 'must be after between.from')
    if (to <= app.clock.now()) throw new Refusal('in_the_past')
  }

  /** Nothing that suits can be offered any more where even the last start is too near. */
  async function checkNotice(providerId: string, service: Service | null, to: number): Promise<void> {
    const { accounts, clock, defaultPolicies } = app
    const policies = await policiesOf({ accounts, defaultPolicies }, providerId)
    const earliest = clock.now() + offerWindow(service, policies).noticeMs
    if (to <= earliest)
      throw new Refusal('min_notice', undefined, { earliestStart: new Date(earliest).toISOString() })
  }

  async function listOf({ role, id }: Pick<Caller, 'role' | 'id'>): Promise<WaitDoc[]> {
    return role === 'client' ? app.waitStore.ofClient(id) : app.waitStore.ofProvider(id)
  }

  async function ownView(wait: WaitDoc): Promise<Wait> {
    const read = await app.waits.withPosition(wait)
    return waitView(read.wait, read.position)
  }

  async function ownersViews(waits: readonly WaitDoc[]): Promise<Wait[]> {
    const names = await app.accounts.namesNow(waits.map(({ clientId }) => clientId))
    return waits.map((wait) => ({
      ...waitView(wait),
      client: { id: wait.clientId, name: names.get(wait.clientId) ?? '' },
    }))
  }
}

/** As its client sees it. */
export function waitView(wait: WaitDoc, position?: number): Wait {
  const {
    _id: id,
    providerId,
    serviceId,
    from,
    to,
    weekdays,
    between,
    state,
    joinedAt,
    offer,
    endedAt,
  } = wait
  return {
    id,
    providerId,
    ...(serviceId !== undefined && { serviceId }),
    from: from.toISOString(),
    to: to.toISOString(),
    ...(weekdays && { weekdays: [...weekdays] }),
    ...(between && { between }),
    state,
    joinedAt: joinedAt.toISOString(),
    ...(position !== undefined && { position }),
    ...(offer && { slotId: offer.slotId, reservationId: offer.reservationId }),
    ...(offer && state === 'offered' && { expiresAt: offer.expiresAt.toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  }
}
