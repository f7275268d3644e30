import t from 'tap'
import type { Me, Registered } from '../../src/schemas/accounts.js'
import { PASSWORD, register, startOne } from '../helper/servers.js'

interface Problem {
  code: string
  errors: { field: string }[]
}

const REFUSED = {
  nothing: '',
  spaces: '  \u00a0\u3000 ',
  'zero width': '\u200b\u200c\u200d\ufeff\u2060',
  'combining marks': '\u0301\u0308',
  'the fillers of Hangul': '\u3164\u115f\uffa0',
  'the blank of Braille': '\u2800',
  'soft hyphens': '\u00ad\u00ad',
  tags: '\u{e0041}\u{e0042}',
  'a control character': 'Ada\u0007',
  'a line': 'Ada\nBob',
  'a line separator': 'Ada\u2028Bob',
  'half a character': 'Ada\ud800',
  'a direction override': 'Ada \u202egnp.exe',
  'an embedding': 'Ada\u202b',
  'an isolate': '\u2067Ada\u2069',
  'a direction mark': 'Ada\u200f',
} as const

const TAKEN = [
  'Ada',
  '王',
  '👩‍👩‍👧',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿 Ada',
  'نرگس\u200cبانو',
  'क\u094d\u200dष',
  'דוד Ben-Gurion',
  "O'Neill, 3rd",
  'J̌ana',
  '-',
] as const

t.test('a name that nobody can see, or that turns the text around it, is refused', async (t) => {
  const server = await startOne(t)
  const { token } = await register(server, 'client')
  for (const [what, name] of Object.entries(REFUSED)) {
    const account = { role: 'client', email: 'new@example.com', password: PASSWORD, timeZone: 'UTC', name }
    const made = await server.call<Problem>('POST', '/v1/accounts', { body: account })
    t.match([made.status, made.body.code], [400, 'invalid_request'], what)
    t.same(
      made.body.errors.map(({ field }) => field),
      ['name'],
      what,
    )
    const changed = await server.call<Problem>('PATCH', '/v1/me', { token, body: { name } })
    t.equal(changed.status, 400, what)
  }
})

t.test('control: names of all scripts are taken, joiners and pictures too', async (t) => {
  const server = await startOne(t)
  for (const name of TAKEN) {
    const { account } = await register(server, 'provider', { name })
    t.equal(account.name, name)
  }
})

t.test('a name is kept in one form, and found by its look-alikes', async (t) => {
  const server = await startOne(t)
  const { token } = await register(server, 'provider', { name: 'Zoe\u0308 Ｍüller' })
  const me = await server.call<Me>('GET', '/v1/me', { token })
  t.equal(me.body.name, 'Zo\u00eb Ｍüller')
  const registered = await server.call<Registered>('POST', '/v1/accounts', {
    body: { role: 'client', email: 'z@example.com', password: PASSWORD, timeZone: 'UTC', name: 'Zoe\u0308' },
  })
  t.equal(registered.body.account.name, 'Zo\u00eb', 'also in the answer')
  for (const name of ['zoë', 'ZOE', 'muller', 'ｍｕｌｌｅｒ', 'zo\u200be']) {
    const found = await server.call<{ items: unknown[] }>(
      'GET',
      `/v1/providers?name=${encodeURIComponent(name)}`,
    )
    t.equal(found.body.items.length, 1, name)
  }
})
