import { readFileSync } from 'node:fs'
import t from 'tap'
import { type Beside, manifestFaults } from '../helper/manifest-rules.js'
import {
  all,
  type Container,
  type DeploymentSpec,
  deploymentOf,
  type IngressSpec,
  type Manifest,
  readManifests,
  type ServiceSpec,
  secretExample,
} from '../helper/manifests.js'
import { ROOT } from '../helper/paths.js'

const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8')
const performance = read('docs/performance.md')
const beside: Beside = {
  secret: secretExample(),
  dockerfile: read('Dockerfile'),
  version: (JSON.parse(read('package.json')) as { version: string }).version,
  memory: {
    idleMb: measured(/^\| server, idle \| (\d+) MB/m),
    slotsMb: measured(/^\| 100,000 slots loaded \| up to (\d+) MB/m),
    viewerKb: measured(/^\| 1,000 Socket\.IO viewers \| (\d+) KB each/m),
  },
}

/** Of a row of the table of memory. */
function measured(row: RegExp): number {
  return Number(row.exec(performance)?.[1])
}

t.test('the manifests agree with each other, with the image and with the settings', async (t) => {
  const { idleMb, slotsMb, viewerKb } = beside.memory
  t.ok(idleMb > 0 && slotsMb > 0 && viewerKb > 0, `all of ${JSON.stringify(beside.memory)} are known`)
  t.same(manifestFaults(readManifests(), beside), [])
})

t.test('the comment in the Deployment has the figures of docs/performance.md', async (t) => {
  const comment = read('deploy/kubernetes/deployment.yaml').replace(/\n +# /g, ' ')
  const { idleMb, slotsMb, viewerKb } = beside.memory
  t.match(
    comment,
    `${idleMb} MB when idle, up to ${slotsMb} MB for 100,000 slots in memory, ${viewerKb} KB for each viewer`,
  )
})

/** Broken copies, and what is said of each. */
type Break = (parts: {
  container: Container
  spec: DeploymentSpec
  manifests: Manifest[]
  beside: Beside
}) => void

function setting(container: Container, name: string, value: string): void {
  const found = container.env.find((one) => one.name === name)
  if (found) found.value = value
}

const breaks: [string[], Break][] = [
  [
    ['Deployment does not select the instances'],
    ({ spec }) => {
      spec.selector.matchLabels = { app: 'slotcast' }
    },
  ],
  [
    ['Service slotcast does not select the instances'],
    ({ manifests }) => {
      const [service] = all<ServiceSpec>(manifests, 'Service')
      if (service) service.spec.selector = { 'app.kubernetes.io/name': 'slotcat' }
    },
  ],
  [
    ['PodDisruptionBudget does not select the instances'],
    ({ manifests }) => {
      for (const { spec } of all<{ selector: object }>(manifests, 'PodDisruptionBudget'))
        spec.selector = { matchLabels: {} }
    },
  ],
  [
    ['NetworkPolicy does not select the instances'],
    ({ manifests }) => {
      for (const { spec } of all<{ podSelector: object }>(manifests, 'NetworkPolicy'))
        spec.podSelector = { matchLabels: { app: 'x' } }
    },
  ],
  [
    [
      'no container port is PORT, 3001',
      'the image does not expose 3001',
      'Prometheus is sent to another port',
    ],
    ({ container }) => setting(container, 'PORT', '3001'),
  ],
  [
    ['livenessProbe asks at a port that is not open'],
    ({ container }) => {
      container.livenessProbe.httpGet.port = 8080
    },
  ],
  [
    ['Service slotcast leads to a port that is not open'],
    ({ manifests }) => {
      const [port] = all<ServiceSpec>(manifests, 'Service')[0]?.spec.ports ?? []
      if (port) port.targetPort = 'https'
    },
  ],
  [['MONGO_URL is not a setting'], ({ container }) => container.env.push({ name: 'MONGO_URL', value: 'x' })],
  [
    ['JWT_SECRET has a value', 'JWT_SECRET of the Secret is not used'],
    ({ container }) => {
      container.env = container.env.filter(({ name }) => name !== 'JWT_SECRET')
      container.env.push({ name: 'JWT_SECRET', value: 'a secret that everybody who reads this knows' })
    },
  ],
  [
    ['FIELD_KEY is optional'],
    ({ container }) => {
      const from = container.env.find(({ name }) => name === 'FIELD_KEY')?.valueFrom?.secretKeyRef
      if (from) from.optional = true
    },
  ],
  [
    ['SMTP_URL is not in the example of the Secret'],
    ({ container }) => {
      const from = container.env.find(({ name }) => name === 'SMTP_URL')?.valueFrom?.secretKeyRef
      if (from) from.name = 'mail'
    },
  ],
  [
    ['the example of the Secret has a value for FIELD_KEY'],
    ({ beside: { secret } }) => {
      secret.stringData.FIELD_KEY = 'x'
    },
  ],
  [
    [
      'a setting is refused: PUBLIC_URL="booking.example.org" is not an address like https://booking.example.org',
    ],
    ({ container, manifests }) => {
      setting(container, 'PUBLIC_URL', 'booking.example.org')
      manifests.splice(0, manifests.length, ...manifests.filter(({ kind }) => kind !== 'Ingress'))
    },
  ],
  [
    ['DRAIN_SECONDS end before the probe has failed'],
    ({ container }) => {
      container.readinessProbe.periodSeconds = 5
    },
  ],
  [
    ['an instance is killed before it has ended'],
    ({ spec }) => {
      spec.template.spec.terminationGracePeriodSeconds = 20
    },
  ],
  [
    ['an instance goes before another has come'],
    ({ spec }) => {
      spec.strategy.rollingUpdate = { maxUnavailable: 1, maxSurge: 0 }
    },
  ],
  [
    ['PodDisruptionBudget lets no instance go'],
    ({ manifests }) => {
      for (const { spec } of all<{ maxUnavailable: number }>(manifests, 'PodDisruptionBudget'))
        Object.assign(spec, { maxUnavailable: undefined, minAvailable: 2 })
    },
  ],
  [
    ['PodDisruptionBudget lets all instances go'],
    ({ spec }) => {
      spec.replicas = 1
    },
  ],
  [
    ['livenessProbe asks for the database'],
    ({ container }) => {
      container.livenessProbe.httpGet.path = '/readyz'
    },
  ],
  [
    ['readinessProbe does not ask /readyz', 'readinessProbe does not wait for the answer'],
    ({ container }) => {
      Object.assign(container.readinessProbe, {
        httpGet: { path: '/ready', port: 'http' },
        timeoutSeconds: 1,
      })
    },
  ],
  [
    ['startupProbe ends a server that prepares its database'],
    ({ container }) => {
      container.startupProbe.failureThreshold = 3
    },
  ],
  [
    ['may run as root', 'runAsUser is not 1000'],
    ({ spec }) => {
      Object.assign(spec.template.spec.securityContext, { runAsNonRoot: undefined, runAsUser: 0 })
    },
  ],
  [
    ['the image runs as another user'],
    ({ beside }) => {
      beside.dockerfile = beside.dockerfile.replace('USER node', '')
    },
  ],
  [
    ['may change its image', 'may take more rights', 'keeps capabilities'],
    ({ container }) => {
      container.securityContext = {}
    },
  ],
  [
    ['is an image of another version'],
    ({ container }) => {
      container.image = 'slotcast:latest'
    },
  ],
  [
    ['/app/.data cannot be written'],
    ({ container }) => {
      container.volumeMounts = [{ name: 'data', mountPath: '/app/data' }]
    },
  ],
  [
    ['/var/slotcast cannot be written'],
    ({ container }) => container.env.push({ name: 'DATA_DIR', value: '/var/slotcast' }),
  ],
  [
    ['/app/.data does not outlive its instance'],
    ({ spec }) => {
      spec.template.spec.volumes = [{ name: 'data' }]
    },
  ],
  [
    ['/socket.io/ is not sticky'],
    ({ manifests }) => {
      for (const { metadata } of all(manifests, 'Service')) metadata.annotations = {}
    },
  ],
  [
    ['everybody can read /metrics'],
    ({ manifests }) => {
      for (const { http } of all<IngressSpec>(manifests, 'Ingress').flatMap(({ spec }) => spec.rules))
        http.paths = http.paths.filter(({ path }) => path !== '/metrics')
    },
  ],
  [
    ['/socket.io/ leads to no service', '/socket.io/ is not sticky'],
    ({ manifests }) => {
      const [rule] = all<IngressSpec>(manifests, 'Ingress')[0]?.spec.rules ?? []
      const path = rule?.http.paths.find(({ path }) => path === '/socket.io/')
      if (path) path.backend.service.name = 'slotcast-live'
    },
  ],
  [
    ['a caller can write what TRUST_PROXY believes'],
    ({ manifests }) => {
      for (const { metadata } of all(manifests, 'Ingress')) metadata.annotations = {}
    },
  ],
  [
    ['limits.memory has no room for 1452 MB'],
    ({ container }) => setting(container, 'BOARD_MAX_SLOTS', '1000000'),
  ],
]

t.test('control: every broken copy is refused, with the fault that it has', async (t) => {
  for (const [said, change] of breaks) {
    const manifests = structuredClone(readManifests())
    const { spec } = deploymentOf(manifests)
    const broken = structuredClone(beside)
    change({ container: spec.template.spec.containers[0], spec, manifests, beside: broken })
    t.same(manifestFaults(manifests, broken), said, said.join(', '))
  }
})
