import { test } from 'tap'
import type { LinkState } from '../../src/schemas/links.js'
import { temporaryFolder } from '../helper/database.js'
import { nextMail } from '../helper/mailbox.js'
import { PASSWORD, register, type SignedIn } from '../helper/servers.js'
import { until } from '../helper/until.js'
import { end, join, type WaitWorld, waitOf, waitWorld } from '../helper/waits.js'

const HTML = { accept: 'text/html,application/xhtml+xml' }
const FORM = { ...HTML, 'content-type': 'application/x-www-form-urlencoded' }

/** One waits, and a second behind; what was booked comes free, and the mail of the offer has come. */
async function offered(t: Parameters<typeof waitWorld>[0]) {
  const world = await waitWorld(t, 1, { mail: temporaryFolder(t) })
  const { here, holder, bookings } = world
  const [ada, bea] = [await register(here, 'client'), await register(here, 'client')]
  const [first, second] = [await join(world, ada), await join(world, bea)]
  await end(here, holder, bookings[0]?.id ?? '')
  // Whoever declines joins the line behind those who joined before.
  world.clock.move(1)
  const { links } = await nextMail(here, ada.email)
  const [accept = '', decline = '', leave = ''] = links
  return { ...world, ada, bea, first, second, accept, decline, leave }
}

async function isOfferedTo({ here }: WaitWorld, who: SignedIn, id: string): Promise<void> {
  await until(async () => (await waitOf(here, who, id)).state === 'offered', 'it is offered to the next')
}

const shown = async ({ there }: WaitWorld, path: string) =>
  (await there.call<string>('GET', path, { headers: HTML })).body
const pressed = async ({ there }: WaitWorld, path: string) =>
  (await there.call<string>('POST', path, { headers: FORM })).body

test('the link of an offer accepts it; those beside it say so then', async (t) => {
  const world = await offered(t)
  const { here, ada, bea, first, second, accept, decline, leave } = world
  t.match(await shown(world, accept), /Take this time\?.*It is held for you until/s)
  t.match(await waitOf(here, ada, first.id), { state: 'offered' }, 'looking changes nothing')
  t.match(await pressed(world, accept), /Your appointment is confirmed/)
  t.match(await waitOf(here, ada, first.id), { state: 'booked' })
  t.match(await waitOf(here, bea, second.id), { state: 'waiting' })

  for (const path of [accept, decline]) t.match(await pressed(world, path), /Your appointment is confirmed/)
  const after = await shown(world, leave)
  t.match(after, /You have taken a time/)
  t.notMatch(after, /<form/)
  await pressed(world, leave)
  t.match(await waitOf(here, ada, first.id), { state: 'booked' }, 'none of them ends the booking')
})

test('declined, it goes to the next, and whoever declined goes on waiting', async (t) => {
  const world = await offered(t)
  const { here, ada, bea, first, second, accept, decline } = world
  t.match(await shown(world, decline), /Leave this time to others\?.*You stay on the waiting list/s)
  t.match(await waitOf(here, ada, first.id), { state: 'offered' }, 'looking changes nothing')
  t.match(await pressed(world, decline), /The time goes to others.*You stay on the waiting list/s)
  t.match(await waitOf(here, ada, first.id), { state: 'waiting', position: 2 })
  await isOfferedTo(world, bea, second.id)
  t.notMatch(await shown(world, accept), /<form/)
  await pressed(world, accept)
  t.match(await waitOf(here, bea, second.id), { state: 'offered' }, 'it is not taken back')
})

test('leaving gives back what is offered and ends the wait', async (t) => {
  const world = await offered(t)
  const { here, there, ada, bea, first, second, accept, leave } = world
  const page = await shown(world, leave)
  t.match(page, /Leave the waiting list\?.*The time that is held for you, .* then goes to others/s)
  t.notMatch(page, /slotId|name="do"/, 'nothing of the booking is changed here')
  const json = await there.call<LinkState>('GET', leave, { headers: { accept: 'application/json' } })
  t.match(json.body, { purpose: 'leave-wait', used: false, wait: { id: first.id, state: 'offered' } })

  t.match(await pressed(world, leave), /You are not on the waiting list any more/)
  t.match(await waitOf(here, ada, first.id), { state: 'left' })
  await isOfferedTo(world, bea, second.id)
  t.match(await pressed(world, leave), /You are not on the waiting list any more/)
  await pressed(world, accept)
  t.match(await waitOf(here, bea, second.id), { state: 'offered' })
})

test('the list can be left after an offer was declined, and not once the account is gone', async (t) => {
  const world = await offered(t)
  const { here, ada, bea, first, second, decline, leave } = world
  await pressed(world, decline)
  const page = await shown(world, leave)
  t.match(page, /Leave the waiting list\?/)
  t.notMatch(page, /is held for you/)
  t.match(await pressed(world, leave), /You are not on the waiting list any more/)
  t.match(await waitOf(here, ada, first.id), { state: 'left' })

  await isOfferedTo(world, bea, second.id)
  const [, , ofBea = ''] = (await nextMail(here, bea.email)).links
  t.equal((await here.call('GET', ofBea, { headers: HTML })).status, 200, 'control')
  await here.call('DELETE', '/v1/me', { token: bea.token, body: { password: PASSWORD } })
  t.equal((await here.call('GET', ofBea, { headers: HTML })).status, 404)
})
