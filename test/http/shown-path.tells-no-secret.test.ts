import { randomBytes, randomUUID } from 'node:crypto'
import t from 'tap'
import { newGrantText } from '../../src/auth/grant-text.js'
import { slotIdOf } from '../../src/domain/grid.js'
import { shownPath } from '../../src/http/shown-path.js'

t.test('the token of a link is not shown, however its path is written', async (t) => {
  const token = randomBytes(32).toString('base64url')
  const first = token.charCodeAt(0).toString(16)
  for (const each of [token, token.slice(0, -3), `%${first}${token.slice(1)}`]) {
    for (const before of [
      '/l/',
      '//l/',
      '/./l/',
      '/x/../l/',
      '/l%2f',
      '/l%2F',
      '/%6C/',
      '/l;x/',
      '/l\\',
      '/v1/l/',
    ]) {
      const shown = shownPath(`${before}${each}/more?day=x`)
      t.notOk(shown.includes(each.slice(5, -5)), before)
    }
  }
  t.equal(shownPath(`/l/${token}`), '/l/…')
})

t.test('nor is a whole one in another place, or another secret', async (t) => {
  const token = randomBytes(32).toString('base64url')
  const guest = `guest.${randomBytes(16).toString('hex')}.1794800000000.${token}`
  for (const secret of [token, guest, newGrantText('key'), newGrantText('feed')]) {
    for (const before of ['/', '/v1/reservations/', '/v1/l%2f..%2f', '/link/']) {
      for (const after of ['', '.', '/', '=', '%20', ',x']) {
        const shown = shownPath(`${before}${secret}${after}`)
        t.notOk(shown.includes(secret.slice(-20, -6)), `${before} ${after}`)
      }
    }
  }
})

t.test('what is no secret is shown', async (t) => {
  const id = randomBytes(16).toString('hex')
  for (const path of [
    '/',
    '/v1/reservations',
    `/v1/reservations/${id}/confirm`,
    `/v1/slots/${slotIdOf(id, 0)}`,
    `/v1/me/${randomUUID()}`,
    `/v1/feeds/${id}`,
    '/assets/index.js',
    '/book/jane-smith',
  ])
    t.equal(shownPath(path), path)
  t.equal(shownPath('/v1/providers?q=a%20name'), '/v1/providers')
})
