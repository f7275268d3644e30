import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { MIN_SECRET_LENGTH } from '../../../src/config.js'
import { keptSecrets } from '../../../src/database/embedded/secrets.js'
import { temporaryFolder } from '../../helper/database.js'

test('the secrets of a data folder are made once, for its owner alone, and differ between folders', async (t) => {
  const folder = temporaryFolder(t)
  const first = keptSecrets(folder, { isNew: true })
  t.same(keptSecrets(folder, { isNew: false }), first)
  t.equal(statSync(join(folder, 'secrets.json')).mode & 0o777, 0o600)
  t.ok(first.JWT_SECRET.length >= MIN_SECRET_LENGTH && first.FIELD_KEY.length >= MIN_SECRET_LENGTH)
  t.not(first.JWT_SECRET, first.FIELD_KEY)
  t.notSame(keptSecrets(temporaryFolder(t), { isNew: true }), first)
})

test('secrets that cannot be read stop the start: new ones would lock the personal data away', async (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'secrets.json'), '{')
  t.throws(() => keptSecrets(folder, { isNew: true }), {
    name: 'CannotStart',
    message: /secrets\.json is not readable/,
  })
  t.equal(readFileSync(join(folder, 'secrets.json'), 'utf8'), '{')
})

test('secrets that are gone from a folder with data stop the start too', (t) => {
  const folder = temporaryFolder(t)
  t.throws(() => keptSecrets(folder, { isNew: false }), {
    name: 'CannotStart',
    message: /secrets\.json is missing/,
  })
  t.notOk(existsSync(join(folder, 'secrets.json')))
  t.end()
})
