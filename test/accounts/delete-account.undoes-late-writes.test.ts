import { request } from 'node:http'
import t from 'tap'
import { withWords } from '../helper/database-proxy.js'
import { publish, register, type SignedIn, type TestServer } from '../helper/servers.js'
import { nearAndFar } from '../helper/two-servers.js'

const deleteOn = (server: TestServer, { token }: SignedIn) => server.call('DELETE', '/v1/me', { token })

t.test(
  'a hold that reaches the database after its client was deleted is ended and not confirmed',
  async (t) => {
    const { near, far, proxy } = await nearAndFar(t)
    const provider = await register(near, 'provider')
    const [slotId = '', other = ''] = await publish(near, provider, 2)
    const ada = await register(near, 'client')
    const eve = await register(near, 'client')
    const hold = ({ token }: SignedIn, slotId: string) =>
      far.call('POST', '/v1/reservations', { token, body: { slotId } })
    const stateOf = async (id: string) => (await near.app.slots.collection.findOne({ _id: id }))?.state

    const writing = proxy.stallAt(withWords('update', slotId))
    const held = hold(ada, slotId)
    const connection = await writing
    t.equal((await deleteOn(near, ada)).status, 204)
    t.equal(await stateOf(slotId), 'open', 'the write has not arrived')
    connection.resume()
    t.not((await held).status, 201)
    t.equal(await stateOf(slotId), 'open')
    const slot = await near.app.slots.collection.findOne({ _id: slotId })
    t.notMatch(JSON.stringify(slot), ada.id, 'and nothing in it names the client')

    const stalled = proxy.stallAt(withWords('update', other))
    const late = hold(eve, other)
    const again = await stalled
    again.resume()
    t.equal((await late).status, 201, 'control: a client that is there holds by the same way')
    t.equal(await stateOf(other), 'held')
  },
)

t.test('slots that reach the database after their provider was deleted are withdrawn', async (t) => {
  const { near, far, proxy } = await nearAndFar(t)
  const grace = await register(near, 'provider')
  const day = 86_400_000
  const start = Math.ceil(near.app.clock.now() / day) * day + 2 * day
  const publishing = ({ id, token }: SignedIn) =>
    far.call('POST', `/v1/providers/${id}/availability`, {
      token,
      body: {
        blocks: [{ start: new Date(start).toISOString(), end: new Date(start + 3_600_000).toISOString() }],
      },
    })
  const writing = proxy.stallAt(withWords('insert', grace.id))
  const published = publishing(grace)
  const connection = await writing
  t.equal((await deleteOn(near, grace)).status, 204)
  connection.resume()
  t.ok((await published).status >= 400)
  const offered = () =>
    near.app.slots.collection.countDocuments({ providerId: grace.id, state: { $ne: 'withdrawn' } })
  t.equal(await offered(), 0)

  const ida = await register(near, 'provider')
  const control = proxy.stallAt(withWords('insert', ida.id))
  const theirs = publishing(ida)
  const slow = await control
  slow.resume()
  t.equal((await theirs).status, 200, 'control: a provider that is there publishes by the same way')
})

t.test('a request whose body comes after its account was deleted does nothing', async (t) => {
  const { near, far } = await nearAndFar(t)
  const provider = await register(near, 'provider')
  const slots = await publish(near, provider, 3)
  const ada = await register(near, 'client')
  const eve = await register(near, 'client')
  /** Sends the headers now and the body when it is told to. */
  const begin = async ({ token }: SignedIn, slotId = '') => {
    const body = JSON.stringify({ slotId })
    const sent = request(`${far.url}/v1/reservations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    })
    const answered = new Promise<number | undefined>((resolve, reject) => {
      sent.once('response', (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.once('error', reject)
    })
    const arrived = new Promise<void>((resolve) => sent.once('continue', resolve))
    sent.flushHeaders()
    await arrived
    return () => {
      sent.end(body)
      return answered
    }
  }
  const first = await far.call('POST', '/v1/reservations', { token: ada.token, body: { slotId: slots[2] } })
  t.equal(first.status, 201, 'so that the other server remembers who she is')
  const [finish, control] = [await begin(ada, slots[0]), await begin(eve, slots[1])]
  t.equal((await deleteOn(near, ada)).status, 204)
  t.equal(await finish(), 401)
  t.equal(await control(), 201, 'control: that of a client that is there holds')
})
