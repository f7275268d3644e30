/** Work that leaves this server: mail, webhooks. Channels register before the server is ready; see `src/jobs/job`. */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { JobChannel, JobQueue, NewJob } from '../src/jobs/job.js'

declare module 'fastify' {
  interface FastifyInstance {
    jobs: JobQueue
  }
}

export default fp(
  async (app: FastifyInstance) => {
    const channels = new Map<string, JobChannel>()
    app.decorate('jobs', {
      register: (channel: JobChannel) => {
        channels.set(channel.name, channel)
      },
      add: async (_jobs: readonly NewJob[]) => {},
    })
  },
  { name: 'jobs', dependencies: ['mongo', 'clock', 'slots', 'live'] },
)
