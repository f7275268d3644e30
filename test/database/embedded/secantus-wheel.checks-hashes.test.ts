import { appendFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { secantusFromWheel } from '../../../src/database/embedded/secantus-wheel.js'
import { CACHE_DIR, temporaryFolder } from '../../helper/database.js'
import { emptyPath, secantusBinary } from '../../helper/engines.js'

const HOME = 'secantusdb-0.6.0b17'

/** A cache with what runs, as it was fetched. */
async function cacheOfOurOwn(t: Test): Promise<string> {
  await secantusBinary(t)
  const cacheDir = temporaryFolder(t)
  for (const part of ['secantusdb.scripts', 'secantusdb.libs'])
    cpSync(join(CACHE_DIR, HOME, part), join(cacheDir, HOME, part), { recursive: true, dereference: true })
  return cacheDir
}

async function outcome(cacheDir: string, env: Record<string, string | undefined>) {
  const said: string[] = []
  return { ...(await secantusFromWheel(cacheDir, env, (line) => said.push(line))), said }
}

test('a server or a library that was altered or added is never run', async (t) => {
  const programs = join(HOME, 'secantusdb.scripts', 'secantusd-rs')
  const alterations: [string, (cacheDir: string) => void][] = [
    ['a byte more in the server', (cacheDir) => appendFileSync(join(cacheDir, programs), '\0')],
    [
      'another program',
      (cacheDir) => writeFileSync(join(cacheDir, programs), '#!/bin/sh\n', { mode: 0o755 }),
    ],
    [
      'a library that its loader would find first',
      (cacheDir) => writeFileSync(join(cacheDir, HOME, 'secantusdb.libs', 'libc.so.6'), 'x'),
    ],
  ]
  for (const [what, alter] of alterations) {
    const cacheDir = await cacheOfOurOwn(t)
    const env = { PATH: emptyPath(t) }
    t.match(
      await outcome(cacheDir, env),
      { binary: join(cacheDir, programs), said: [] },
      'control: as it was',
    )
    alter(cacheDir)
    const { said, ...rest } = await outcome(cacheDir, env)
    t.same(rest, { missing: 'there is no Python 3 with pip' }, what)
    t.match(
      said[0],
      /secantusdb-0\.6\.0b17 is not what was released as SecantusDB==0\.6\.0b17; it is removed/,
    )
    t.notOk(existsSync(join(cacheDir, HOME)), 'and it is gone')
  }
})

test('it is fetched anew, and is the right one then', async (t) => {
  const cacheDir = await cacheOfOurOwn(t)
  const binary = join(cacheDir, HOME, 'secantusdb.scripts', 'secantusd-rs')
  appendFileSync(binary, '\0')
  t.match(await outcome(cacheDir, process.env), { binary })
  t.same(readFileSync(binary), readFileSync(await secantusBinary(t)))
})

test('pip gets the hashes, and none of our secrets', async (t) => {
  const folder = temporaryFolder(t)
  const [python, seen] = [join(folder, 'python3'), join(folder, 'seen')]
  // In the place of Python: notes what it was given, and fails as pip does for a wheel with another hash.
  writeFileSync(
    python,
    `#!/bin/sh
{ /usr/bin/env; while [ $# -gt 1 ]; do shift; done; cat "$1"; } > '${seen}' 2>&1
echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.' >&2
exit 1
`,
    { mode: 0o755 },
  )
  const secrets = { JWT_SECRET: 'jwt-of-ours', FIELD_KEY: 'key-of-ours', MONGODB_URI: 'mongodb://ours' }
  const needed = { PIP_INDEX_URL: 'https://mirror.example/simple', HTTPS_PROXY: 'http://proxy.example' }
  const env = { ...secrets, ...needed, PATH: `${folder}:/bin:/usr/bin` }
  const { missing } = (await outcome(temporaryFolder(t), env)) as { missing?: string }
  t.match(missing, /^pip could not install SecantusDB==0\.6\.0b17: ERROR: THESE PACKAGES DO NOT MATCH/)
  const text = readFileSync(seen, 'utf8')
  t.match(text, /PIP_INDEX_URL=https:\/\/mirror\.example/)
  t.match(text, /HTTPS_PROXY=/)
  t.match(text, /^SecantusDB==0\.6\.0b17( --hash=sha256:[0-9a-f]{64}){20}$/m)
  t.notMatch(text, /ours/, 'no secret')
})
