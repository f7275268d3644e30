import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Test, test } from 'tap'
import type { Reservation } from '../../../src/schemas/reservations.js'
import { temporaryFolder } from '../../helper/database.js'
import { run, runServer } from '../../helper/processes.js'
import { caller, PASSWORD, register } from '../../helper/servers.js'

const command = (t: Test, name: string, dataDir: string, args: string[] = []) =>
  run(t, process.execPath, [resolve('scripts/run.mjs'), `operations/${name}`, ...args], { dataDir })

const secretsIn = (dataDir: string) =>
  JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as Record<string, string>

async function during<T>(
  t: Test,
  dataDir: string,
  use: (server: { call: ReturnType<typeof caller> }) => Promise<T>,
) {
  const program = runServer(t, { dataDir, env: { NOTICE_SECONDS: '0' } })
  const result = await use({ call: caller(await program.url()) })
  program.kill('SIGTERM')
  t.equal((await program.ended).code, 0)
  return result
}

test('killed in the middle, served with both keys, finished; the audit log tells of it and is checked', async (t) => {
  const dataDir = temporaryFolder(t)
  const { provider, ada } = await during(t, dataDir, async (server) => {
    const provider = await register(server, 'provider')
    const ada = await register(server, 'client', { name: 'Ada Client' })
    const start = Math.ceil(Date.now() / 900_000) * 900_000 + 86_400_000
    const { body } = await server.call<{ slots: string[] }>(
      'POST',
      `/v1/providers/${provider.id}/availability`,
      {
        token: provider.token,
        body: {
          blocks: [{ start: new Date(start).toISOString(), end: new Date(start + 900_000).toISOString() }],
        },
      },
    )
    const held = await server.call<Reservation>('POST', '/v1/reservations', {
      token: ada.token,
      body: { slotId: body.slots[0] },
    })
    t.equal(held.status, 201)
    return { provider, ada }
  })
  const old = secretsIn(dataDir).FIELD_KEY

  const rotation = command(t, 'rotate-key', dataDir)
  await rotation.says(/accounts: a batch is done/)
  rotation.kill('SIGKILL')
  await rotation.ended
  const half = secretsIn(dataDir)
  t.equal(half.FIELD_KEY_PREVIOUS, old, 'the old key is kept while texts may need it')
  t.not(half.FIELD_KEY, old)

  const nameSeen = () =>
    during(t, dataDir, async ({ call }) => {
      const signIn = async (email: string) =>
        (await call<{ accessToken: string }>('POST', '/v1/token', { body: { email, password: PASSWORD } }))
          .body.accessToken
      t.ok(await signIn(ada.email), 'a client signs in')
      const { body } = await call<{ items: { reservation?: { client: { name: string } } }[] }>(
        'GET',
        `/v1/providers/${provider.id}/availability`,
        { token: await signIn(provider.email) },
      )
      return body.items[0]?.reservation?.client.name
    })
  t.equal(await nameSeen(), 'Ada Client', 'half way')

  const again = command(t, 'rotate-key', dataDir)
  t.equal((await again.ended).code, 0, again.output())
  t.match(again.output(), /nothing is sealed with any other key/)
  t.same(
    secretsIn(dataDir),
    { JWT_SECRET: half.JWT_SECRET, FIELD_KEY: half.FIELD_KEY },
    'the key that was begun with',
  )
  t.equal(await nameSeen(), 'Ada Client', 'at the end')

  const verified = command(t, 'audit-verify', dataDir)
  t.equal((await verified.ended).code, 0, verified.output())
  const [, stands = ''] = await verified.says(/stands at (\S+)/)
  const chain = join(dataDir, 'audit', stands.split('@')[0] ?? '')
  const file = join(chain, readdirSync(chain).find((name) => name.endsWith('.jsonl')) ?? '')
  const log = readFileSync(file, 'utf8')
  t.match(log, /"action":"key\.rotate"/)
  t.match(log, /"action":"key\.rotated"/)
  for (const secret of [old, half.FIELD_KEY, half.JWT_SECRET]) t.notOk(log.includes(secret ?? ''))

  writeFileSync(file, log.replace('"action":"reservation.hold"', '"action":"reservation.view"'))
  const found = command(t, 'audit-verify', dataDir, [stands])
  t.equal((await found.ended).code, 1, 'an altered line is found')
  t.match(found.output(), /line \d+, before this one, is not the one that was written/)
})

test('a data folder whose server runs is left alone', async (t) => {
  const dataDir = temporaryFolder(t)
  await during(t, dataDir, async () => {
    const before = secretsIn(dataDir)
    const rotation = command(t, 'rotate-key', dataDir)
    t.equal((await rotation.ended).code, 1)
    t.match(rotation.output(), /is in use by the server/)
    t.same(secretsIn(dataDir), before)
  })
})
