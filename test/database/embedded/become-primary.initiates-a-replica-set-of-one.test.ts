import { test } from 'tap'
import { becomePrimary } from '../../../src/database/embedded/become-primary.js'

const HOST = '127.0.0.1:4711'

test('a mongod without a set is given one with itself as the only member, and is awaited', async (t) => {
  const asked: Record<string, unknown>[] = []
  const command = async (sent: Record<string, unknown>) => {
    asked.push(sent)
    if ('hello' in sent) return { isreplicaset: true, isWritablePrimary: false }
    if ('replSetGetConfig' in sent) throw Object.assign(new Error('any text'), { code: 94 })
    return { ok: 1 }
  }
  t.equal(await becomePrimary(command, HOST), false, 'not there yet')
  t.same(asked.at(-1), { replSetInitiate: { _id: 'slotcast', members: [{ _id: 0, host: HOST }] } })
})

test('a mongod that knows its set under the port of its last start is moved to the present one', async (t) => {
  const asked: Record<string, unknown>[] = []
  const command = async (sent: Record<string, unknown>) => {
    asked.push(sent)
    if ('hello' in sent) return { isreplicaset: true, isWritablePrimary: false }
    const config = { _id: 'slotcast', version: 3, term: 5, members: [{ _id: 0, host: '127.0.0.1:1' }] }
    return 'replSetGetConfig' in sent ? { config } : { ok: 1 }
  }
  t.equal(await becomePrimary(command, HOST), false)
  t.match(asked.at(-1), {
    replSetReconfig: { _id: 'slotcast', version: 4, members: [{ _id: 0, host: HOST }] },
    force: true,
  })
})

test('a primary is left alone, a member that is still being elected is awaited', async (t) => {
  const asked: string[] = []
  const answering = (isWritablePrimary: boolean) => async (sent: Record<string, unknown>) => {
    asked.push(...Object.keys(sent))
    return { isWritablePrimary, setName: 'slotcast' }
  }
  t.equal(await becomePrimary(answering(true), HOST), true)
  t.equal(await becomePrimary(answering(false), HOST), false)
  t.same(asked, ['hello', 'hello'], 'neither initiated nor moved')
})

test('any other refusal is passed on', async (t) => {
  const command = async (sent: Record<string, unknown>) => {
    if ('hello' in sent) return { isreplicaset: true }
    throw Object.assign(new Error('no rights'), { code: 13 })
  }
  await t.rejects(becomePrimary(command, HOST), { code: 13 })
})
