/**
 * A database for one test file: its own name on the server of MONGODB_URI when that is set (`npm test` sets it to
 * the engine of the run), else an embedded engine for this file alone.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import mongoose from 'mongoose'
import type { Test } from 'tap'
import { startEmbeddedMongo } from '../../src/database/embedded/embedded-mongo.js'
import { withDatabase } from '../../src/database/uri.js'

export const CACHE_DIR = resolve('.cache')

export async function testDatabase(t: Test): Promise<{ uri: string }> {
  const name = `slotcast_test_${randomBytes(6).toString('hex')}`
  const server = process.env.MONGODB_URI
  if (server === undefined || server === '') {
    const embedded = await startEmbeddedMongo({
      dataDir: temporaryFolder(t),
      cacheDir: CACHE_DIR,
      env: process.env,
      say: (line) => t.comment(line),
    })
    t.teardown(() => embedded.stop())
    return { uri: withDatabase(embedded.uri, name) }
  }
  const uri = withDatabase(server, name)
  t.teardown(async () => {
    const client = new mongoose.mongo.MongoClient(uri)
    await client.db(name).dropDatabase()
    await client.close()
  })
  return { uri }
}

export function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'slotcast-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
