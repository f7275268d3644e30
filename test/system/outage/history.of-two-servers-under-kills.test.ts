/**
 * Two servers and their engine are killed, frozen and started again while clients book on both. Every answer and every
 * event is written down; afterwards there must be an order of them, for each slot, each client and each viewer.
 */
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connectDatabase } from '../../../src/database/connect.js'
import type { SlotDoc } from '../../../src/slots/slot-document.js'
import { ownEngine } from '../../helper/own-engine.js'
import { programPath } from '../../helper/paths.js'
import { type Program, run } from '../../helper/processes.js'
import { caller, register, type SignedIn } from '../../helper/servers.js'
import { faultsOfClients, faultsOfSlots, type SlotRequest } from '../../helper/slot-history.js'
import { until } from '../../helper/until.js'
import { openViewer, screenOf, type TestViewer, TRANSPORTS } from '../../helper/viewer.js'

const PROVIDERS = 2
const SLOTS = 5
const CLIENTS = 6
const HOLD_MS = 4_000
const MAX_HOLDS = 2
const SETTINGS = {
  JWT_SECRET: 'the access token secret of the tests',
  FIELD_KEY: 'the key of the fields of the tests..',
  HOLD_SECONDS: '4',
  MAX_HOLD_SECONDS: '4',
  MAX_ACTIVE_HOLDS: '2',
}

interface Place {
  id: string
  start: number
}

/** One that comes back on another port whenever it is killed. */
interface Instance {
  url: string
  program: Program
}

async function startInstance(t: Test, uri: string): Promise<Instance> {
  const program = run(t, process.execPath, [programPath('test/helper/sending-server')], {
    env: { ...SETTINGS, MONGODB_URI: uri },
  })
  return { program, url: (await program.says(/^http:\S+/m))[0] }
}

/** What is called by a person who is patient: the same key again until it is known what came of it. */
class Client {
  readonly #account: SignedIn
  readonly #history: SlotRequest[]
  readonly #instances: Instance[]
  readonly #slots: Place[]
  readonly #own = new Map<string, { slotId: string; start: number }>()
  #keys = 0

  constructor(account: SignedIn, history: SlotRequest[], instances: Instance[], slots: Place[]) {
    this.#account = account
    this.#history = history
    this.#instances = instances
    this.#slots = slots
  }

  async live(go: { on: boolean }): Promise<void> {
    while (go.on) {
      const [id, place] = pick([...this.#own]) ?? []
      const chance = Math.random()
      if (id === undefined || !place || chance < 0.45) await this.#hold(go)
      else if (chance < 0.75) await this.#ask('confirm', place, id)
      else if (await this.#ask('end', place, id)) this.#own.delete(id)
      await pause(Math.random() * 60)
    }
  }

  async #hold(go: { on: boolean }): Promise<void> {
    const slot = pick(this.#slots)
    if (!slot) return
    const key = `${this.#account.id}-${this.#keys++}`
    const begun: SlotRequest[] = []
    for (let tries = 0; tries < 40 && (go.on || tries < 5); tries++) {
      const asked = this.#begin('hold', { slotId: slot.id, start: slot.start }, key)
      begun.push(asked)
      const answer = await this.#call<{ id: string; expiresAt?: string; slotId: string }>(
        asked,
        'POST',
        '/v1/reservations',
        { body: { slotId: slot.id }, headers: { 'idempotency-key': key } },
      )
      if (answer === null) {
        await pause(100)
        continue
      }
      if (!answer.id) return
      for (const one of begun) one.reservation = answer.id
      if (asked.answer?.ok && answer.expiresAt) asked.answer.expiresAt = Date.parse(answer.expiresAt)
      this.#own.set(answer.id, { slotId: slot.id, start: slot.start })
      return
    }
  }

  async #ask(what: 'confirm' | 'end', place: { slotId: string; start: number }, id: string) {
    const asked = this.#begin(what, place, id)
    const path = `/v1/reservations/${id}`
    if (what === 'confirm') await this.#call(asked, 'POST', `${path}/confirm`)
    else await this.#call(asked, 'DELETE', path)
    return asked.answer !== null
  }

  #begin(what: SlotRequest['what'], place: { slotId: string; start: number }, reservation: string) {
    const client = this.#account.id
    const asked: SlotRequest = {
      what,
      client,
      reservation,
      ...place,
      from: Date.now(),
      until: Number.POSITIVE_INFINITY,
      answer: null,
    }
    this.#history.push(asked)
    return asked
  }

  /** The body of an answer that says what has happened; null where nobody knows. */
  async #call<Body>(asked: SlotRequest, method: string, path: string, options: object = {}) {
    const instance = pick(this.#instances)
    const { token } = this.#account
    const call = caller(instance?.url ?? '')
    const answer = await call<Body & { id?: string; code?: string }>(method, path, {
      token,
      ...options,
    }).catch(() => null)
    if (answer === null || answer.status >= 500) return null
    asked.until = Date.now()
    const isDone = answer.status < 300
    asked.answer = isDone ? { ok: true } : { ok: false, code: answer.body.code ?? String(answer.status) }
    return answer.body
  }
}

function pick<T>(from: T[]): T | undefined {
  return from[Math.floor(Math.random() * from.length)]
}

t.test('there is an order of all that was answered and told', async (t) => {
  const engine = await ownEngine(t)
  const instances = [await startInstance(t, engine.uri), await startInstance(t, engine.uri)]
  const [first] = instances
  if (!first) throw new Error('an instance')
  const server = { call: caller(first.url) }
  const slots: Place[] = []
  const providers: string[] = []
  for (let index = 0; index < PROVIDERS; index++) {
    const provider = await register(server, 'provider')
    providers.push(provider.id)
    const start = Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 2 * 86_400_000
    const block = {
      start: new Date(start).toISOString(),
      end: new Date(start + SLOTS * 900_000).toISOString(),
    }
    const { body } = await server.call<{ slots: string[] }>(
      'POST',
      `/v1/providers/${provider.id}/availability`,
      { token: provider.token, body: { blocks: [block] } },
    )
    slots.push(...body.slots.map((id, at) => ({ id, start: start + at * 900_000 })))
  }
  const history: SlotRequest[] = []
  const accounts: SignedIn[] = []
  for (let index = 0; index < CLIENTS; index++) accounts.push(await register(server, 'client'))
  const viewers: TestViewer[] = []
  const look = async () => {
    for (const { url } of instances)
      for (const transport of TRANSPORTS) {
        const viewer = await openViewer(t, url, { transport })
        for (const providerId of providers) await viewer.ask('watch', { providerId })
        viewers.push(viewer)
      }
  }
  await look()

  const go = { on: true }
  const living = accounts.map((account) => new Client(account, history, instances, slots).live(go))
  const killAndStart = async (index: number) => {
    instances[index]?.program.kill('SIGKILL')
    await instances[index]?.program.ended
    instances[index] = await startInstance(t, engine.uri)
  }
  const since = (count: number) => {
    const begun = history.length
    return until(() => history.filter(({ answer }) => answer !== null).length > begun + count, 'answers')
  }
  await since(100)
  await killAndStart(0)
  await since(100)
  await engine.kill()
  await pause(300)
  await engine.start()
  await since(100)
  engine.freeze()
  await pause(1_500)
  engine.thaw()
  await since(100)
  await killAndStart(1)
  await engine.kill()
  await engine.start()
  await since(100)
  go.on = false
  await Promise.all(living)

  const answered = history.filter(({ answer }) => answer !== null)
  const count = (what: string, ok: boolean) =>
    answered.filter((one) => one.what === what && one.answer?.ok === ok).length
  t.comment(
    `${history.length} requests, ${history.length - answered.length} without an answer; holds ${count('hold', true)}, refused ${count('hold', false)}, confirmed ${count('confirm', true)}, ended ${count('end', true)}`,
  )
  t.ok(history.length > answered.length, 'control: some answers never came')
  t.same(faultsOfSlots(history, HOLD_MS), [], 'each slot did one thing at a time')
  t.same(faultsOfClients(history, MAX_HOLDS), [], 'each client was in one place at a time')

  await look()
  const connection = await connectDatabase({ uri: engine.uri })
  t.teardown(() => connection.close())
  const stored = connection.collection<SlotDoc>('slots')
  const rest = async () => (await stored.countDocuments({ state: 'held' })) === 0
  await until(rest, 'no hold is left')
  const truth = await stored.find({}).toArray()
  const fresh = viewers.slice(-4)
  for (const viewer of fresh)
    for (const providerId of providers)
      await viewer.until('what is there', () => shows(viewer, providerId, truth))
  const told = new Map<string, string>()
  for (const viewer of viewers) {
    for (const providerId of providers)
      t.same(screenOf(viewer, providerId).faults, [], 'each change once, in order')
    for (const { slotId, rev, state } of viewer.events()) {
      const key = `${slotId} ${rev}`
      const known = told.get(key) ?? state
      if (known !== state) t.fail(`${key} was ${known} to one and ${state} to another`)
      told.set(key, state)
    }
  }
  t.ok(told.size > 50, `control: ${told.size} changes were told`)

  t.test('control: with one answer changed there is no order', async (t) => {
    const lie = history.findIndex(({ what, answer }) => what === 'confirm' && answer?.ok)
    const changed = history.map((one, index) =>
      index === lie ? { ...one, answer: { ok: false as const, code: 'hold_released' } } : one,
    )
    t.not(faultsOfSlots(changed, HOLD_MS).length, 0, 'a confirm that is said to have been too late')
    const twice = history.findIndex(
      ({ what, answer }) => what === 'hold' && answer?.ok === false && answer.code === 'slot_confirmed',
    )
    const given = history.map((one, index) =>
      index === twice ? { ...one, answer: { ok: true as const, expiresAt: one.until + HOLD_MS } } : one,
    )
    t.not(faultsOfSlots(given, HOLD_MS).length, 0, 'a booked slot that is given to a second one')
  })
})

function shows(viewer: TestViewer, providerId: string, slots: SlotDoc[]): boolean {
  const screen = screenOf(viewer, providerId)
  const mine = slots.filter((slot) => slot.providerId === providerId)
  return mine.every(({ _id, state, rev }) => {
    const shown = screen.slots.get(_id)
    return shown?.rev === rev && shown.state === state
  })
}
