/** Links in mails. */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { linksOf } from '../src/links/link-model.js'
import { LinkStore } from '../src/links/link-store.js'

declare module 'fastify' {
  interface FastifyInstance {
    links: LinkStore
  }
}

export interface LinksOptions {
  /** JWT_SECRET. */
  secret: string
}

export default fp(
  async (app: FastifyInstance, { secret }: LinksOptions) => {
    const { clock, publicUrl } = app
    app.decorate('links', new LinkStore({ links: linksOf(app.mongo), clock, secret, publicUrl }))
  },
  { name: 'links', dependencies: ['mongo', 'clock'], fastify: '5.x' },
)
