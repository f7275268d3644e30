import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { downloadedMongod } from '../../../src/database/embedded/downloaded-mongod.js'
import { freePort } from '../../../src/database/embedded/free-port.js'
import { temporaryFolder } from '../../helper/database.js'
import { emptyPath, secantusBinary, standInScript, startEmbedded } from '../../helper/engines.js'

function useMirror(t: Test, url: string) {
  const before = process.env.MONGOMS_DOWNLOAD_MIRROR
  process.env.MONGOMS_DOWNLOAD_MIRROR = url
  t.teardown(() => {
    if (before === undefined) delete process.env.MONGOMS_DOWNLOAD_MIRROR
    else process.env.MONGOMS_DOWNLOAD_MIRROR = before
  })
}

async function mirror(t: Test, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  useMirror(t, url)
  return url
}

async function archiveOfStandIn(t: Test): Promise<Buffer> {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'mongodb', 'bin'), { recursive: true })
  const mongod = join(folder, 'mongodb', 'bin', 'mongod')
  writeFileSync(mongod, standInScript(await secantusBinary(t), '8.2.6', join(folder, 'args')))
  chmodSync(mongod, 0o755)
  spawnSync('tar', ['-czf', join(folder, 'archive.tgz'), '-C', folder, 'mongodb'])
  return readFileSync(join(folder, 'archive.tgz'))
}

test('with no mongod and no Python a mongod is downloaded, checked, kept and run', async (t) => {
  const archive = await archiveOfStandIn(t)
  const sha256 = createHash('sha256').update(archive).digest('hex')
  const paths: string[] = []
  await mirror(t, ({ url = '' }, response) => {
    paths.push(url)
    const body = url.endsWith('.sha256') ? Buffer.from(`${sha256}  archive`) : archive
    response.writeHead(200, { 'content-length': body.length }).end(body)
  })
  const surroundings = { path: emptyPath(t), cacheDir: temporaryFolder(t), dataDir: temporaryFolder(t) }
  const first = await startEmbedded(t, surroundings)
  t.same(first.engine, { name: 'mongod', version: '8.2.6' })
  t.match(
    first.said.join('\n'),
    /no SecantusDB: there is no Python 3 with pip\ndownloading mongod 8\.2\.6 from 127/,
  )
  t.same(paths.length, 2, 'the archive and its checksum')
  await first.stop()

  const second = await startEmbedded(t, surroundings)
  t.equal(second.engine.version, '8.2.6')
  t.same(paths.length, 2, 'the second start downloads nothing')
})

test('an archive that is not what its checksum says is not run', async (t) => {
  const archive = await archiveOfStandIn(t)
  await mirror(t, ({ url = '' }, response) => {
    const body = url.endsWith('.sha256') ? Buffer.from(`${'0'.repeat(64)}  archive`) : archive
    response.writeHead(200, { 'content-length': body.length }).end(body)
  })
  const cacheDir = temporaryFolder(t)
  const fetched = await downloadedMongod(cacheDir, () => {})
  t.match(fetched, {
    missing:
      /^mongod could not be downloaded from http:\/\/127\S*: the archive is not the one of its SHA-256$/,
  })
  t.same(readdirSync(join(cacheDir, 'mongod')), [])
})

test('when nobody answers at all, the start ends in one line that names every link', async (t) => {
  useMirror(t, `http://127.0.0.1:${await freePort()}`)
  const start = startEmbedded(t, { path: emptyPath(t), cacheDir: temporaryFolder(t) })
  await t.rejects(start, {
    name: 'CannotStart',
    message:
      /^No database found: there is no mongod on PATH; there is no Python 3 with pip; mongod could not be downloaded .*\. Set MONGODB_URI, MONGOD_BINARY or SECANTUSD_BINARY\.$/,
  })
})

test('a site that accepts and says nothing is given up after the silence that is allowed', async (t) => {
  const silent = await mirror(t, () => {})
  const fetched = await downloadedMongod(temporaryFolder(t), () => {}, 200)
  t.match(fetched, { missing: new RegExp(`from ${silent}: .*200ms`) })
})
