/**
 * Mails that were written to files, for whoever tries this server on the own machine: only where no mail server is set,
 * no proxy stands in front, and the caller is on this machine and has asked for it by a name of this machine.
 */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Refusal } from '../http/problems.js'
import { devMailList, devMailPage, framed } from '../mail/dev-pages.js'
import { type ReadMail, textOf } from '../mail/read-mail.js'

const Name = Type.Object({ name: Type.String({ maxLength: 80 }) })
const Part = Type.Object({ name: Type.String({ maxLength: 80 }), part: Type.Integer({ minimum: 0 }) })

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/
const OWN_NAME = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d{1,5})?$/i
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

const options = { config: { access: 'open' as const } }
const page =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/** What is in a mail runs no script, loads nothing and knows nothing of this server; its links open elsewhere. */
const inside =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"

export const devMailRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { folder } = app.mail
  if (folder === null) return

  app.addHook('onRequest', async (request) => {
    if (!isHere(request)) throw new Refusal('not_found')
  })

  app.get('/dev/mail', { ...options, schema: { hide: true } }, async (_request, reply) => {
    const names = await folder.names()
    const mails = await Promise.all(names.map(async (name) => ({ name, mail: await folder.read(name) })))
    return html(
      reply,
      page,
      devMailList(mails.flatMap(({ name, mail }) => (mail === null ? [] : [{ name, mail }]))),
    )
  })

  app.get('/dev/mail/:name', { ...options, schema: { hide: true, params: Name } }, async (request, reply) =>
    html(reply, page, devMailPage(request.params.name, await found(request.params.name))),
  )

  app.get(
    '/dev/mail/:name/html',
    { ...options, schema: { hide: true, params: Name } },
    async (request, reply) => {
      const mail = await found(request.params.name)
      reply.header('x-frame-options', 'SAMEORIGIN')
      return html(reply, inside, framed(textOf(mail, 'text/html')))
    },
  )

  app.get(
    '/dev/mail/:name/parts/:part',
    { ...options, schema: { hide: true, params: Part } },
    async (request, reply) => {
      const part = (await found(request.params.name)).parts[request.params.part]
      if (part?.fileName === undefined) throw new Refusal('not_found')
      return reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="${part.fileName.replace(/[^\w.-]/g, '_')}"`)
        .header('cache-control', 'no-store')
        .send(part.bytes)
    },
  )

  async function found(name: string): Promise<ReadMail> {
    const mail = await folder?.read(name)
    if (!mail) throw new Refusal('not_found')
    return mail
  }
}

function html(reply: FastifyReply, policy: string, text: string) {
  return reply
    .type('text/html; charset=utf-8')
    .headers({ 'content-security-policy': policy, 'cache-control': 'no-store' })
    .send(text)
}

function isHere({ raw, headers }: FastifyRequest): boolean {
  return (
    LOOPBACK.test(raw.socket.remoteAddress ?? '') &&
    OWN_NAME.test(headers.host ?? '') &&
    FORWARDED.every((name) => headers[name] === undefined)
  )
}
