/**
 * Links of mails. Looking changes nothing, however often and by whatever: scanners of mail open links. A press of the
 * button acts, once; afterwards the page shows what came of it. It needs no script, and no session: the token in the
 * address is the authority. It stands in no log, no error, no metric and no Referer.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { languageOf } from '../http/accept-language.js'
import { catalogue, Refusal } from '../http/problems.js'
import { LINK_PAGE_POLICY, linkPage } from '../links/link-page.js'
import type { Link } from '../links/link-store.js'
import type { LinkActed, LinkShown, LinkSubject } from '../links/link-subject.js'
import { linkTexts } from '../links/texts/catalogue.js'
import { Problem } from '../schemas/common.js'
import { LinkParams, LinkQuery, LinkState, LinkUse } from '../schemas/links.js'
import { accountSubject } from './link-accounts.js'
import { visitSubject } from './link-visits.js'
import { waitSubject } from './link-waits.js'

const FORM = 'application/x-www-form-urlencoded'
const BUSY_LOOKS = 30
const BUSY_MS = 100

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': LINK_PAGE_POLICY,
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
}

export const linkRoutes: FastifyPluginAsyncTypebox = async (app) => {
  // Only here: a form of another site can send it, and here it would have to know the token.
  app.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) => {
    const fields = Object.fromEntries(new URLSearchParams(String(body)))
    done(null, Object.keys(fields).length === 0 ? null : fields)
  })

  app.get(
    '/l/:token',
    {
      config: { access: 'open' },
      schema: {
        operationId: 'showLink',
        summary: 'What a link of a mail is for',
        description: 'A page, or with `Accept: application/json` its state. Changes nothing.',
        tags: ['links'],
        params: LinkParams,
        querystring: LinkQuery,
        response: { 200: LinkState, 404: Problem },
      },
    },
    async (request, reply) => {
      const wantsPage = !prefers(request, 'application/json')
      const known = await subjectOf(app, request.params.token, request)
      if (!known) return gone(request, reply, wantsPage)
      const { day, ask } = request.query
      return answer(reply, known.subject, wantsPage, { day, ask })
    },
  )

  app.post(
    '/l/:token',
    {
      config: { access: 'open', limit: 'sign-in', audit: 'link.use', fromAnywhere: true },
      schema: {
        operationId: 'useLink',
        summary: 'Do what a link of a mail is for, once',
        description:
          'With JSON or a form. Answered with a page where `Accept` asks for HTML, else with the state. Used again it changes nothing and says what came of it.',
        tags: ['links'],
        consumes: ['application/json', FORM],
        params: LinkParams,
        body: LinkUse,
        response: { 200: LinkState, 404: Problem, 409: Problem, 410: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const wantsPage = prefers(request, 'text/html')
      const { token } = request.params
      const known = await subjectOf(app, token, request)
      if (!known) return gone(request, reply, wantsPage)
      request.audited = { purpose: known.link.purpose, ...known.subject.about }
      const { refused, hasActed } = await use(app, known, request.body ?? {})
      if (refused && !wantsPage) throw refused
      const after = await subjectOf(app, token, request)
      if (!after) return gone(request, reply, wantsPage)
      if (refused) request.problem = refused.code
      return answer(reply, after.subject, wantsPage, { refused, hasActed })
    },
  )
}

interface Known {
  link: Link
  subject: LinkSubject
}

async function subjectOf(
  app: FastifyInstance,
  token: string,
  request: FastifyRequest,
): Promise<Known | null> {
  const link = await app.links.find(token)
  if (!link) return null
  const subject = await aboutOf(app, link, request)
  return subject && { link, subject }
}

function aboutOf(app: FastifyInstance, link: Link, request: FastifyRequest): Promise<LinkSubject | null> {
  if (link.accountId) return accountSubject(app, link)
  return link.purpose === 'leave-wait' ? waitSubject(app, link) : visitSubject(app, link, request)
}

/** Why it was refused, or nothing where it is done; whether by this request, or by an earlier one. */
async function use(
  app: FastifyInstance,
  { link, subject }: Known,
  given: NonNullable<LinkUse>,
): Promise<{ refused?: Refusal | undefined; hasActed: boolean }> {
  const act = async (): Promise<LinkActed> => {
    try {
      return await subject.act(given)
    } catch (error) {
      if (error instanceof Refusal) return { outcome: null, refusal: error }
      throw error
    }
  }
  for (let look = 0; look < BUSY_LOOKS; look++) {
    const used = await app.links.use(link, act)
    if (used.how === 'acted') {
      const { outcome, refusal } = used.result
      return { refused: refusal, hasActed: outcome !== null }
    }
    if (used.how !== 'busy') return { hasActed: false }
    await pause(BUSY_MS)
  }
  return { refused: new Refusal('unavailable', 'Another request is using this link.'), hasActed: false }
}

async function answer(reply: FastifyReply, subject: LinkSubject, wantsPage: boolean, shown: LinkShown) {
  reply.headers(headers)
  if (!wantsPage) return subject.state()
  if (shown.refused) reply.code(catalogue[shown.refused.code].status)
  return reply.type('text/html; charset=utf-8').send(linkPage(await subject.page(shown)))
}

/** The same for a link that there never was, one that has ended, and one whose subject is gone. */
function gone(request: FastifyRequest, reply: FastifyReply, wantsPage: boolean) {
  reply.headers(headers)
  if (!wantsPage) throw new Refusal('not_found')
  request.problem = 'not_found'
  const language = languageOf(request.raw)
  const { title, text } = linkTexts[language].gone
  return reply
    .code(404)
    .type('text/html; charset=utf-8')
    .send(linkPage({ language, title, texts: [text] }))
}

function prefers({ headers }: FastifyRequest, media: string): boolean {
  return (headers.accept ?? '').includes(media)
}
