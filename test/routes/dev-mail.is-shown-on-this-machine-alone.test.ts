import { readdirSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { booked, clinic } from '../helper/clinic.js'
import { temporaryFolder } from '../helper/database.js'
import { until } from '../helper/until.js'

/** `fetch` sets no host of its own. */
function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

t.test('mails without a mail server are whole files, shown to this machine', async (t) => {
  const folder = join(temporaryFolder(t), 'mail')
  const { server, client, slots } = await clinic(t, { mail: folder })
  await booked(server, client, slots[0])
  const files = () => readdirSync(folder).filter((name) => name.endsWith('.eml'))
  await until(() => {
    try {
      return files().length === 2
    } catch {
      return false
    }
  }, 'two mails')
  t.equal(statSync(folder).mode & 0o777, 0o700)
  for (const name of files()) t.equal(statSync(join(folder, name)).mode & 0o777, 0o600)

  const list = await server.call<string>('GET', '/dev/mail')
  t.equal(list.status, 200)
  t.match(list.body, 'Confirmed: Grace Provider')
  t.match(list.body, client.email)
  const paths = [...list.body.matchAll(/href="(\/dev\/mail\/[^"]+)"/g)].map(([, path = '']) => path)
  t.equal(paths.length, 2)
  const page = await server.call<string>('GET', paths[0] ?? '')
  t.match(page.body, /sandbox="allow-popups/)
  t.match(page.body, 'invite.ics')
  const inside = await server.call<string>('GET', `${paths[0]}/html`)
  t.match(inside.headers.get('content-security-policy'), /^sandbox allow-popups.*default-src 'none'/)
  const part = /href="([^"]+\/parts\/\d+)"/.exec(page.body)?.[1] ?? ''
  const file = await server.call<string>('GET', part)
  t.match(file.headers.get('content-disposition'), 'invite.ics')
  t.match(file.body, /^BEGIN:VCALENDAR/)

  t.equal(await statusOf(`${server.url}/dev/mail`, {}), 200, 'control')
  for (const headers of [
    { host: 'booking.example.org' },
    { 'x-forwarded-for': '203.0.113.7' },
    { forwarded: 'for=203.0.113.7' },
  ]) {
    t.equal(await statusOf(`${server.url}/dev/mail`, headers), 404, JSON.stringify(headers))
    t.equal(await statusOf(`${server.url}${paths[0]}/html`, headers), 404)
  }
  t.equal((await server.call('GET', '/dev/mail/..%2f..%2fkeys')).status, 404)
})

t.test('behind a proxy there is no such page', async (t) => {
  const { server } = await clinic(t, {
    mail: join(temporaryFolder(t), 'mail'),
    settings: { TRUST_PROXY: '1' },
  })
  t.equal((await server.call('GET', '/dev/mail')).status, 404)
})
