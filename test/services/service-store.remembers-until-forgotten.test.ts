import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { connectDatabase } from '../../src/database/connect.js'
import { withOption } from '../../src/database/uri.js'
import { prepareServices } from '../../src/services/service-model.js'
import { type ServiceFields, ServiceStore } from '../../src/services/service-store.js'
import { testDatabase } from '../helper/database.js'
import { MovedClock } from '../helper/moved-clock.js'

const PROVIDER = 'a'.repeat(32)
const OTHER = 'b'.repeat(32)
const HALF_A_MINUTE = 30_000

const visit: ServiceFields = {
  name: 'First visit',
  durationMinutes: 45,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 15,
  startsEveryMinutes: 30,
  cancelCutoffSeconds: 0,
  moveCutoffSeconds: 0,
  active: true,
}

/** Two instances on one database, and how often the database was read. */
async function world(t: Test) {
  const { uri } = await testDatabase(t)
  const connection = await connectDatabase({ uri: withOption(uri, 'monitorCommands', 'true') })
  t.teardown(() => connection.close())
  const services = await prepareServices(connection)
  let finds = 0
  connection.getClient().on('commandStarted', ({ commandName }) => {
    if (commandName === 'find') finds++
  })
  const clock = new MovedClock()
  const accounts = new Set([PROVIDER, OTHER])
  const touched: string[] = []
  const store = () =>
    new ServiceStore({
      services,
      clock,
      newId: () => randomBytes(16).toString('hex'),
      random: Math.random,
      touch: async (providerId) => {
        touched.push(providerId)
        return accounts.has(providerId)
      },
    })
  const made = async (by: ServiceStore, fields: Partial<ServiceFields> = {}, providerId = PROVIDER) => {
    clock.move(1)
    const outcome = await by.create(providerId, { ...visit, ...fields })
    if (!outcome.ok) throw new Error(outcome.code)
    return outcome.service
  }
  const readsOf = async (work: () => Promise<unknown>) => {
    const before = finds
    await work()
    return finds - before
  }
  return { one: store(), other: store(), services, clock, accounts, touched, made, readsOf }
}

t.test('a list is read once, then comes from memory, in the order in which services were made', async (t) => {
  const { one, made, readsOf } = await world(t)
  const all = [
    await made(one, { name: 'B' }),
    await made(one, { name: 'A' }),
    await made(one, { active: false }),
  ]
  t.equal(await readsOf(() => one.list(PROVIDER)), 1)
  t.equal(await readsOf(async () => t.same(await one.list(PROVIDER), all)), 0)
  t.equal(await readsOf(async () => t.same(await one.find(PROVIDER, all[1]?.id ?? ''), all[1])), 0)
  t.same(await one.find(OTHER, all[1]?.id ?? ''), null, 'of another provider it is none')
  t.same(await one.findFresh(OTHER, all[1]?.id ?? ''), null)
  t.same(await one.findFresh(PROVIDER, all[1]?.id ?? ''), all[1])
})

t.test('many who ask at once share one read', async (t) => {
  const { one, made, readsOf } = await world(t)
  await made(one)
  const ask = () => Promise.all(Array.from({ length: 100 }, () => one.list(PROVIDER)))
  t.equal(await readsOf(ask), 1)
})

t.test('an id that is unknown in memory is looked for once in the database', async (t) => {
  const { one, other, made, readsOf } = await world(t)
  const first = await made(one)
  await one.list(PROVIDER)
  const second = await made(other)
  t.equal((await one.list(PROVIDER)).length, 1, 'control: this instance was not told')
  t.equal(await readsOf(async () => t.same(await one.find(PROVIDER, second.id), second)), 1)
  t.equal(await readsOf(() => one.find(PROVIDER, first.id)), 0, 'and all of them are known from then on')
  t.equal(await readsOf(() => one.find(PROVIDER, 'nothing')), 1)
  one.forget([PROVIDER])
  t.equal(await readsOf(() => one.find(PROVIDER, 'nothing')), 1, 'a list just read is not read again')
})

t.test('the version changes with what is remembered, and is none when it is forgotten', async (t) => {
  const { one, other, clock, made } = await world(t)
  t.equal(one.versionOf(PROVIDER), undefined)
  const service = await made(one)
  t.equal(one.versionOf(PROVIDER), undefined, 'nothing was read yet')
  await one.list(PROVIDER)
  const first = one.versionOf(PROVIDER)
  t.type(first, 'number')
  await one.list(OTHER)
  t.equal(one.versionOf(PROVIDER), first, 'another provider is nothing to it')
  t.not(one.versionOf(OTHER), first)

  one.forget([PROVIDER])
  t.equal(one.versionOf(PROVIDER), undefined)
  await one.list(PROVIDER)
  t.equal(one.versionOf(PROVIDER), first, 'read again, and the same')

  await other.change(PROVIDER, service.id, 1, { name: 'Visit' })
  t.equal(one.versionOf(PROVIDER), first, 'control: written by an instance that this one does not hear')
  one.forget([PROVIDER])
  await one.list(PROVIDER)
  const second = one.versionOf(PROVIDER)
  t.type(second, 'number')
  t.not(second, first)

  await one.change(PROVIDER, service.id, 2, { name: 'First' })
  t.equal(one.versionOf(PROVIDER), undefined, 'an own write forgets at once')
  t.match(await one.list(PROVIDER), [{ name: 'First', rev: 3 }])
  t.not(one.versionOf(PROVIDER), second)
  clock.move(HALF_A_MINUTE + 1)
  t.equal(one.versionOf(PROVIDER), undefined, 'nothing is believed for longer')
})

t.test('a list that was read beside a write is not remembered', async (t) => {
  const { one, made } = await world(t)
  await made(one)
  for (let round = 0; round < 20; round++) {
    const [, service] = await Promise.all([
      one.list(PROVIDER),
      made(one, { name: `${round}` }),
      one.list(PROVIDER),
    ])
    const names = (await one.list(PROVIDER)).map(({ name }) => name)
    t.ok(names.includes(service.name), `round ${round}`)
  }
})

t.test('of a change and a removal, what is not of that rev or that provider is refused', async (t) => {
  const { one, made } = await world(t)
  const { id } = await made(one, { description: 'Long', noticeSeconds: 60 })
  t.same(await one.change(OTHER, id, 1, { name: 'Stolen' }), { ok: false, code: 'not_found' })
  t.equal(await one.remove(OTHER, id), false)
  const both = await Promise.all(['A', 'B'].map((name) => one.change(PROVIDER, id, 1, { name })))
  t.equal(both.filter(({ ok }) => ok).length, 1, 'one of two')
  t.ok(both.some((outcome) => !outcome.ok && outcome.code === 'precondition_failed'))
  const changed = await one.change(PROVIDER, id, 2, { description: null, noticeSeconds: null, active: false })
  const after = await one.findFresh(PROVIDER, id)
  t.same(changed, { ok: true, service: after }, 'what is answered is what is there')
  t.match(after, { rev: 3, active: false, durationMinutes: 45 })
  t.notOk(after && ('description' in after || 'noticeSeconds' in after), 'null removes')
  t.equal(await one.remove(PROVIDER, id), true)
  t.equal(await one.remove(PROVIDER, id), false)
  t.same(await one.change(PROVIDER, id, 3, { name: 'C' }), { ok: false, code: 'not_found' })
})

t.test(
  'of a hundred services at once on two instances fifty are made, and a place that is freed is used',
  async (t) => {
    const { one, other, made, services } = await world(t)
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) => (index % 2 ? one : other).create(PROVIDER, visit)),
    )
    t.equal(outcomes.filter(({ ok }) => ok).length, 50)
    t.same(
      [...new Set(outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.code])))],
      ['too_many_services'],
    )
    t.equal(await services.countDocuments({ providerId: PROVIDER }), 50)
    const list = await one.list(PROVIDER)
    await one.remove(PROVIDER, list[7]?.id ?? '')
    await one.remove(PROVIDER, list[20]?.id ?? '')
    await made(other)
    await made(one)
    t.same(await one.create(PROVIDER, visit), { ok: false, code: 'too_many_services' })
    t.ok(await made(one, {}, OTHER), 'control: another provider has its own fifty')
  },
)

t.test(
  'each write has all instances forget the provider, and none is left of an account that is gone',
  async (t) => {
    const { one, accounts, services, touched, made } = await world(t)
    const { id } = await made(one)
    touched.length = 0
    await one.change(PROVIDER, id, 1, { name: 'B' })
    await one.remove(PROVIDER, id)
    t.same(touched, [PROVIDER, PROVIDER])

    accounts.delete(PROVIDER)
    t.same(await one.create(PROVIDER, visit), { ok: false, code: 'not_found' })
    accounts.add(PROVIDER)
    // It ends while the service is written.
    const insertOne = services.insertOne.bind(services)
    const store = new ServiceStore({
      services: Object.assign(Object.create(services), {
        insertOne: async (...args: Parameters<typeof insertOne>) => {
          accounts.delete(PROVIDER)
          return insertOne(...args)
        },
      }),
      clock: new MovedClock(),
      newId: () => 'late',
      random: () => 0,
      touch: async (providerId) => accounts.has(providerId),
    })
    t.same(await store.create(PROVIDER, visit), { ok: false, code: 'not_found' })
    t.equal(await services.countDocuments({}), 0)
  },
)
