/** There is no container engine where this was written: the Dockerfile is read, and no image was made of it. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { ROOT } from '../helper/paths.js'

const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8')

interface Instruction {
  keyword: string
  rest: string
}

/** Lines that end in a backslash go on in the next one; comments and empty lines say nothing. */
function instructionsOf(text: string): Instruction[] {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => /^(\w+)\s+(.*)$/.exec(line.trim()))
    .filter((match) => match !== null)
    .map(([, keyword = '', rest = '']) => ({ keyword: keyword.toUpperCase(), rest }))
}

/** A form that needs no shell, which would stand between the signals and the program. */
function execForm(rest: string): string[] | null {
  try {
    const parsed: unknown = JSON.parse(rest)
    return Array.isArray(parsed) && parsed.every((one) => typeof one === 'string') ? parsed : null
  } catch {
    return null
  }
}

function faultsOf(text: string): string[] {
  const instructions = instructionsOf(text)
  const stages: Instruction[][] = []
  for (const one of instructions) {
    if (one.keyword === 'FROM') stages.push([])
    stages.at(-1)?.push(one)
  }
  const [build = [], final = []] = [stages.at(-2), stages.at(-1)]
  const at = (stage: Instruction[], keyword: string, pattern = /^/) =>
    stage.findIndex((one) => one.keyword === keyword && pattern.test(one.rest))
  const restOf = (keyword: string) => final.find((one) => one.keyword === keyword)?.rest ?? ''
  const command = execForm(restOf('CMD'))
  const check = execForm(restOf('HEALTHCHECK').replace(/^.*?CMD /, ''))
  const installed = at(build, 'RUN', /^npm ci\b/)
  const user = at(final, 'USER')

  const wanted: [boolean, string][] = [
    [stages.length === 2, 'there are not two stages'],
    [
      !instructions.some(({ rest, keyword }) => keyword === 'FROM' && /:latest|^[^:]+$/.test(rest)),
      'an image has no version',
    ],
    [
      new Set(instructions.filter(({ keyword }) => keyword === 'FROM').map(({ rest }) => rest.split(' ')[0]))
        .size === 1,
      'what is built in one image runs in another',
    ],
    [
      !instructions.some(({ keyword }) => keyword === 'ADD' || keyword === 'ARG'),
      'something comes from outside',
    ],
    [installed !== -1, 'packages are not those of the lock file'],
    [installed < at(build, 'COPY', /^\. \.$/), 'packages are installed anew for each change of the source'],
    [at(build, 'RUN', /npm run build\b.*npm prune --omit=dev$/) !== -1, 'tools of the development stay'],
    [
      final.every(({ keyword, rest }) => keyword !== 'COPY' || rest.startsWith('--from=build /app/')),
      'files come unbuilt',
    ],
    [user !== -1 && !/^(root|0)\b/.test(final[user]?.rest ?? ''), 'root runs it'],
    [
      user > Math.max(at(final, 'COPY'), at(final, 'RUN')) &&
        !final.slice(user).some(({ keyword }) => keyword === 'COPY' || keyword === 'RUN'),
      'who runs it owns it',
    ],
    [!/--chown/.test(text), 'who runs it owns it'],
    [command?.[0] === 'node', 'signals do not reach the server'],
    [check?.[0] === 'node' && /\/livez\b/.test(check.join(' ')), 'its health is not asked'],
    [
      instructions.every(({ keyword, rest }) => keyword !== 'ENV' || !/SECRET|KEY|URI|PASSWORD/.test(rest)),
      'a secret is in it',
    ],
  ]
  return [...new Set(wanted.filter(([isSo]) => !isSo).map(([, fault]) => fault))]
}

t.test(
  'it is built from the lock file, without tools, and runs as somebody who owns nothing in it',
  async (t) => {
    t.same(faultsOf(read('Dockerfile')), [])
  },
)

t.test('the memory settings are those of npm start', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } }
  const { rest = '' } =
    instructionsOf(read('Dockerfile')).find((one) => one.rest.startsWith('NODE_OPTIONS')) ?? {}
  for (const [, name, value] of rest.matchAll(/(?:NODE_OPTIONS=)?(--[\w-]+|MALLOC\w+)=(\d+)/g))
    t.match(scripts.start, `${name}=${value}`)
  t.match(rest, /--max-semi-space-size=4.*MALLOC_ARENA_MAX=1/)
})

t.test('what is on the machine beside the source does not get into it', async (t) => {
  const ignored = read('.dockerignore').split('\n')
  const wanted = ['.git', '.env', '.env.*', '.data', '.cache', 'node_modules', 'dist', 'deploy', '*.log']
  for (const name of wanted) t.ok(ignored.includes(name), name)
  // What the build reads.
  for (const name of ['src', 'plugins', 'scripts', 'test', 'vite.config.ts', 'tsconfig.json'])
    t.notOk(ignored.includes(name), name)
})

t.test('control: each fault is seen', async (t) => {
  const good = read('Dockerfile')
  const broken: [string, string, string][] = [
    ['USER node\n', '', 'root runs it'],
    ['USER node', 'USER 0:0', 'root runs it'],
    ['CMD ["node", "dist/src/server.js"]', 'CMD node dist/src/server.js', 'signals do not reach the server'],
    ['CMD ["node", "dist/src/server.js"]', 'CMD ["npm", "start"]', 'signals do not reach the server'],
    ['RUN npm ci', 'RUN npm install', 'packages are not those of the lock file'],
    [' && npm prune --omit=dev', '', 'tools of the development stay'],
    ['ENV NODE_ENV=production', 'ENV JWT_SECRET=x NODE_ENV=production', 'a secret is in it'],
    ['USER node', 'USER node\nRUN touch x', 'who runs it owns it'],
    ['COPY --from=build /app/dist', 'COPY dist', 'files come unbuilt'],
    ['/livez', '/readyz', 'its health is not asked'],
    ['FROM node:22-slim AS build', 'FROM node AS build', 'an image has no version'],
  ]
  for (const [before, after, fault] of broken) {
    t.ok(good.includes(before), before)
    t.ok(faultsOf(good.replace(before, after)).includes(fault), fault)
  }
})
