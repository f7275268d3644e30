/**
 * The drill of docs/operations.md: a server that is used is backed up, dies with its engine, and loses its folder; what is
 * restored has all that was acknowledged before the backup, and is served.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Reservation } from '../../../src/schemas/reservations.js'
import { temporaryFolder, testDatabase } from '../../helper/database.js'
import { BACKUP_KEY, command, lastLine } from '../../helper/operations.js'
import { runServer, untilNoneWith } from '../../helper/processes.js'
import { type Call, caller, PASSWORD, register, type SignedIn } from '../../helper/servers.js'

const ENV = { NOTICE_SECONDS: '0', RATE_LIMIT_PER_MINUTE: '1000000', AUTH_LIMIT_PER_MINUTE: '1000000' }
const SLOTS = 90
const CLIENTS = 6

interface Booked {
  id: string
  slotId: string
  client: SignedIn
}

async function publishSlots(call: Call, provider: SignedIn): Promise<string[]> {
  const start = Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 3 * 86_400_000
  const block = { start: new Date(start).toISOString(), end: new Date(start + SLOTS * 900_000).toISOString() }
  const { body } = await call<{ slots: string[] }>('POST', `/v1/providers/${provider.id}/availability`, {
    token: provider.token,
    body: { blocks: [block] },
  })
  return body.slots
}

async function book(call: Call, client: SignedIn, slotId: string | undefined): Promise<Booked> {
  const { token } = client
  const held = await call<Reservation>('POST', '/v1/reservations', { token, body: { slotId } })
  const { id } = held.body
  const confirmed = await call('POST', `/v1/reservations/${id}/confirm`, { token })
  if (held.status !== 201 || confirmed.status !== 200)
    throw new Error(`a booking answered ${held.status}, ${confirmed.status}`)
  return { id, slotId: String(slotId), client }
}

async function signIn(call: Call, { email }: SignedIn): Promise<string> {
  const answer = await call<{ accessToken: string }>('POST', '/v1/token', {
    body: { email, password: PASSWORD },
  })
  if (answer.status !== 200) throw new Error(`a sign-in answered ${answer.status}`)
  return answer.body.accessToken
}

/** A server that is used, its backup, and what was acknowledged before that. */
async function scene(t: Test) {
  const home = temporaryFolder(t)
  const dataDir = join(home, 'data')
  const file = join(home, 'a.backup')
  const server = runServer(t, { dataDir, env: ENV })
  const call = caller(await server.url())
  const provider = await register({ call }, 'provider')
  const slots = await publishSlots(call, provider)
  const clients: SignedIn[] = []
  for (let at = 0; at < CLIENTS; at++) clients.push(await register({ call }, 'client', { name: `Ada ${at}` }))
  const booked: Booked[] = []
  for (const client of clients) booked.push(await book(call, client, slots.pop()))

  // All hold, confirm and cancel while the backup is made.
  let isOver = false
  const busy = clients.map(async (client) => {
    for (const own = slots.splice(0, 10); !isOver; ) {
      const { id } = await book(call, client, own[0])
      await call('DELETE', `/v1/reservations/${id}`, { token: client.token })
      own.push(String(own.shift()))
    }
  })
  const made = await command(t, 'backup', [file], { dataDir })
  isOver = true
  await Promise.all(busy)
  t.equal(made.code, 0, made.output)
  const [, changes] = /(\d+) changes that were made meanwhile/.exec(made.output) ?? []
  t.ok(Number(changes) > 0, `control: ${changes} changes while it was made`)
  t.equal(statSync(file).mode & 0o777, 0o600)
  copyFileSync(join(dataDir, 'secrets.json'), join(home, 'secrets.json'))
  const loseAll = async () => {
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'engine-process.json'), 'utf8')) as { pid: number }
    server.kill('SIGKILL')
    process.kill(pid, 'SIGKILL')
    await server.ended
    await untilNoneWith(join(dataDir, 'db'))
    rmSync(dataDir, { recursive: true })
  }
  return { home, dataDir, file, server, call, provider, slots, booked, loseAll }
}

t.test('a folder that was lost comes back with all that was acknowledged, and is served', async (t) => {
  const { home, dataDir, file, slots, booked, provider, loseAll } = await scene(t)

  const refused = await command(t, 'restore', [file], { dataDir })
  t.equal(refused.code, 1, 'a folder in which there is a database is left alone')
  t.match(lastLine(refused.output), /^There is a database in .* already/)
  const again = await command(t, 'backup', [file], { dataDir })
  t.equal(again.code, 1, 'and a file that is there')
  t.match(lastLine(again.output), /never replaces a file\.$/)

  await loseAll()
  const keyless = await command(t, 'restore', [file], { dataDir })
  t.match(
    lastLine(keyless.output),
    /^The personal data is sealed with the FIELD_KEY of id \w+, and there is none/,
  )
  t.notOk(existsSync(dataDir), 'nothing was begun')

  mkdirSync(dataDir, { mode: 0o700 })
  copyFileSync(join(home, 'secrets.json'), join(dataDir, 'secrets.json'))
  const restored = await command(t, 'restore', [file], { dataDir })
  t.equal(restored.code, 0, restored.output)

  const server = runServer(t, { dataDir, env: { ...ENV, LOG_LEVEL: 'info' } })
  const call = caller(await server.url())
  // No place of a lost history is gone on from.
  await server.says(/jobs were derived from the slots as they are/)
  for (const { id, slotId, client } of booked) {
    const token = await signIn(call, client)
    const { body } = await call<Reservation>('GET', `/v1/reservations/${id}`, { token })
    t.match(body, { id, status: 'confirmed', slotIds: [slotId] })
  }
  const [first] = booked
  if (!first) throw new Error('a booking')
  const before = await call('GET', '/v1/me', { token: first.client.token })
  t.equal(before.status, 200, 'an access token that was given before is good for its five minutes')
  const { body } = await call<{ items: { state: string; reservation?: { client: { name: string } } }[] }>(
    'GET',
    `/v1/providers/${provider.id}/availability?limit=200`,
    { token: await signIn(call, provider) },
  )
  const names = body.items.flatMap(({ reservation }) => reservation?.client.name ?? [])
  t.ok(names.length >= CLIENTS && names.every((name) => /^Ada \d$/.test(name)), 'its owner reads every name')
  const client = { ...first.client, token: await signIn(call, first.client) }
  await book(call, client, slots[0])
  const readyz = await fetch(`${await server.url()}/readyz`)
  t.equal(readyz.status, 200)
})

t.test('a backup that is not as it was made is refused in one line, and leaves nothing behind', async (t) => {
  const { home, file, dataDir: used } = await scene(t)
  const dataDir = join(home, 'restored')
  const bytes = readFileSync(file)
  const header = bytes.indexOf('}') + 1 + 32
  const altered = join(home, 'altered')
  const refusal = async (content: Buffer, env: Record<string, string> = {}) => {
    writeFileSync(altered, content)
    const { code, output } = await command(t, 'restore', [altered], { dataDir, env })
    t.equal(code, 1)
    t.notMatch(output, /^ {4}at /m, 'without a stack')
    t.notOk(existsSync(dataDir), 'nothing is there')
    return lastLine(output)
  }
  const flipped = Buffer.from(bytes)
  const middle = Math.floor((header + bytes.length) / 2)
  flipped[middle] = (flipped[middle] ?? 0) ^ 1
  t.match(await refusal(flipped), /^This backup is damaged: chunk 1 was altered/)
  t.match(await refusal(bytes.subarray(0, middle)), /^This backup is cut off: its end is missing\.$/)
  t.match(await refusal(bytes, { BACKUP_KEY: `${BACKUP_KEY}!` }), /^BACKUP_KEY is not the key/)
  t.match(await refusal(bytes, { BACKUP_KEY: 'short' }), /^BACKUP_KEY must have 32 characters or more\.$/)
  t.match(await refusal(bytes, { BACKUP_KEY: '' }), /^BACKUP_KEY \(or BACKUP_KEY_FILE/)

  const keyFile = join(home, 'key')
  writeFileSync(keyFile, `${BACKUP_KEY}\n`)
  const env = { BACKUP_KEY: '', BACKUP_KEY_FILE: keyFile }
  const checked = await command(t, 'restore', [file, '--check'], { dataDir, env })
  t.equal(checked.code, 0, 'control: as it was made it is good')
  t.match(checked.output, /\d+ slots\n/)
  t.match(lastLine(checked.output), /^the file is whole$/)
  t.notOk(existsSync(dataDir), 'and a check loads nothing')

  const { uri } = await testDatabase(t)
  const { FIELD_KEY } = JSON.parse(readFileSync(join(used, 'secrets.json'), 'utf8')) as { FIELD_KEY: string }
  const target = { dataDir, env: { MONGODB_URI: uri, FIELD_KEY } }
  const loaded = await command(t, 'restore', [file], target)
  t.equal(loaded.code, 0, loaded.output)
  const twice = await command(t, 'restore', [file], target)
  t.equal(twice.code, 1)
  t.match(lastLine(twice.output), /is not empty \(accounts\); only an empty one is loaded\.$/)
})
