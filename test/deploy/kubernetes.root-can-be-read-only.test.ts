import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryFolder, testDatabase } from '../helper/database.js'
import { scrape } from '../helper/metrics.js'
import { type Program, run } from '../helper/processes.js'
import { caller, register } from '../helper/servers.js'

const READ_ONLY = `
  mount --bind "$DATA_DIR" "$DATA_DIR"
  [ "$WHOLE" = no ] || mount -o remount,bind,ro /
  exec "$@"
`

/** A server that sees every disk read-only but its DATA_DIR, as in its container. */
async function start(t: Test, dataDir: string, program: string[], whole = 'yes'): Promise<Program> {
  const { uri } = await testDatabase(t)
  const secret = 's'.repeat(32)
  return run(t, 'unshare', ['--mount', 'sh', '-ec', READ_ONLY, 'sh', ...program], {
    dataDir,
    env: { MONGODB_URI: uri, JWT_SECRET: secret, FIELD_KEY: secret, WHOLE: whole },
  })
}

t.test(
  'a server whose root is read-only serves, and writes its audit log and mails to DATA_DIR',
  async (t) => {
    const dataDir = temporaryFolder(t)
    const server = await start(t, dataDir, [process.execPath, resolve('dist/src/server.js')])
    const [, url = ''] = await server.says(/Slotcast +(http:\S+)/)
    await register({ call: caller(url) }, 'provider')
    server.kill('SIGTERM')
    t.same(await server.ended, { code: 0, signal: null })
    t.notMatch(server.output(), /EROFS|read-only|cannot be written/)
    const files = readdirSync(join(dataDir, 'audit'), { recursive: true }).map((name) =>
      join(dataDir, 'audit', String(name)),
    )
    t.ok(files.some((file) => statSync(file).isFile() && statSync(file).size > 0))
  },
)

t.test('where DATA_DIR is read-only too, requests go on and the audit log says that it fails', async (t) => {
  const folder = temporaryFolder(t)
  const program = ['env', `DATA_DIR=${folder}`, process.execPath, resolve('dist/src/server.js')]
  const before = await start(t, temporaryFolder(t), program, 'no')
  await before.says(/Slotcast +http/)
  before.kill('SIGTERM')
  await before.ended

  const server = await start(t, temporaryFolder(t), program)
  const [, url = ''] = await server.says(/Slotcast +(http:\S+)/)
  await server.says(/"the audit log cannot be written; it is tried again"/)
  t.match(server.output(), '"code":"EROFS"')
  await register({ call: caller(url) }, 'provider')
  const { series } = await scrape({ url })
  t.equal(series.find(({ name }) => name === 'slotcast_audit_failing')?.value, 1)
})

t.test('a server with an embedded database does not start there, and says why', async (t) => {
  const folder = temporaryFolder(t)
  const settings = ['env', 'MONGODB_URI=', `DATA_DIR=${folder}`]
  const server = await start(t, temporaryFolder(t), [
    ...settings,
    process.execPath,
    resolve('dist/src/server.js'),
  ])
  t.match(await server.ended, { code: 1 })
  t.match(server.output(), /^DATA_DIR cannot be used: EROFS: read-only file system/m)
})

t.test('control: what writes anywhere else fails there', async (t) => {
  const elsewhere = join(temporaryFolder(t), 'file')
  const write = [process.execPath, '-e', `fs.writeFileSync('${elsewhere}', ''); console.log('written')`]
  const refused = await start(t, temporaryFolder(t), write)
  await refused.says(/EROFS: read-only file system/)
  const allowed = await start(t, temporaryFolder(t), write, 'no')
  await allowed.says(/written/)
})
