import Fastify from 'fastify'
import { test } from 'tap'
import { loggerOptions } from '../src/logging.js'

test('tokens, passwords, addresses, query strings and values in database errors are in no line of the log', async (t) => {
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const app = Fastify({ logger: { ...loggerOptions('info'), stream } })
  t.teardown(() => app.close())
  app.get('/find', async (request) => {
    const secret = 'open-sesame'
    const refused = Object.assign(new Error(`dup key: { email: "${secret}" }`), {
      name: 'MongoServerError',
      code: 11_000,
      keyValue: { email: secret },
    })
    request.log.warn({ req: request, headers: { authorization: secret, cookie: secret } }, 'a')
    request.log.warn({ body: { password: secret, email: secret, refreshToken: secret }, token: secret }, 'b')
    request.log.warn({ err: refused }, 'c')
    request.log.warn({ err: new Error('visible') }, 'd')
    return {}
  })
  await app.inject({ url: '/find?name=open-sesame', headers: { authorization: 'Bearer open-sesame' } })
  const log = lines.join('')
  t.notMatch(log, /sesame/)
  t.match(log, /"path":"\/find"/, 'the controls: what helps is there')
  t.match(log, /"code":11000/)
  t.match(log, /visible/)
})
