/** What the schemas of Kubernetes cannot know of our manifests: whether they agree with each other and with the server. */
import { posix } from 'node:path'
import { Config, readConfig } from '../../src/config.js'
import {
  all,
  type Container,
  type DeploymentSpec,
  deploymentOf,
  type IngressSpec,
  type Manifest,
  type PodSpec,
  restartTimings,
  type SecretExample,
  type ServiceSpec,
} from './manifests.js'

/** What else the rules read. */
export interface Beside {
  secret: SecretExample
  dockerfile: string
  version: string
  /** Of docs/performance.md. */
  memory: { idleMb: number; slotsMb: number; viewerKb: number }
}

type Labels = Record<string, string>

/** `src/server.ts` needs so long after DRAIN_SECONDS, at the most. */
const END_SECONDS = 10
/** /readyz asks the database twice, and waits a second for each answer. */
const READY_ANSWER_SECONDS = 2
/** `pluginTimeout` of the server, within which the database is prepared. */
const PREPARING_SECONDS = 120
/** `node` of the image. */
const NODE_USER = 1000
const SLOTS_MEASURED = 100_000
/** Of one instance. */
const VIEWERS = 1_000
const MB = 1_048_576
/** The pictures that are kept, and what four threads hold that have hashed passwords. */
const PICTURES_MB = 128
const HASHING_MB = 80
const SECRETS = [
  'MONGODB_URI',
  'JWT_SECRET',
  'FIELD_KEY',
  'SMTP_URL',
  'JWT_SECRET_PREVIOUS',
  'FIELD_KEY_PREVIOUS',
]
const NEEDED = ['MONGODB_URI', 'JWT_SECRET', 'FIELD_KEY']

export function manifestFaults(manifests: readonly Manifest[], beside: Beside): string[] {
  const deployment = deploymentOf(manifests)
  const pod = deployment.spec.template.spec
  const [container] = pod.containers
  return [
    ...selectorFaults(manifests, deployment),
    ...portFaults(manifests, deployment, beside),
    ...settingFaults(container, beside.secret),
    ...restartFaults(manifests, deployment),
    ...probeFaults(container),
    ...rightsFaults(pod, container, beside),
    ...volumeFaults(manifests, pod, container, beside),
    ...ingressFaults(manifests, container),
    ...memoryFaults(container, beside),
  ]
}

function selectorFaults(manifests: readonly Manifest[], { spec }: Manifest<DeploymentSpec>): string[] {
  const { labels } = spec.template.metadata
  const selectors: [string, Labels][] = [
    ['Deployment', spec.selector.matchLabels],
    ...spec.template.spec.topologySpreadConstraints.map(({ labelSelector }): [string, Labels] => [
      'topologySpreadConstraints',
      labelSelector.matchLabels,
    ]),
    ...all<ServiceSpec>(manifests, 'Service').flatMap(
      ({ metadata, spec: { selector } }): [string, Labels][] =>
        selector ? [[`Service ${metadata.name}`, selector]] : [],
    ),
    ...all<{ podSelector: { matchLabels: Labels } }>(manifests, 'NetworkPolicy').map(
      (one): [string, Labels] => ['NetworkPolicy', one.spec.podSelector.matchLabels],
    ),
    ...all<BudgetSpec>(manifests, 'PodDisruptionBudget').map((one): [string, Labels] => [
      'PodDisruptionBudget',
      one.spec.selector.matchLabels,
    ]),
  ]
  return selectors
    .filter(([, selector]) => !isPartOf(selector, labels))
    .map(([what]) => `${what} does not select the instances`)
}

function portFaults(
  manifests: readonly Manifest[],
  { spec }: Manifest<DeploymentSpec>,
  { dockerfile }: Beside,
): string[] {
  const [container] = spec.template.spec.containers
  const port = Number(settingsOf(container).PORT)
  const isOpen = (to: string | number | undefined) =>
    container.ports.some(({ name, containerPort }) => to === name || to === containerPort)
  const faults: string[] = []
  if (!container.ports.some(({ containerPort }) => containerPort === port))
    faults.push(`no container port is PORT, ${port}`)
  if (!new RegExp(`^EXPOSE ${port}$`, 'm').test(dockerfile)) faults.push(`the image does not expose ${port}`)
  if (spec.template.metadata.annotations['prometheus.io/port'] !== String(port))
    faults.push('Prometheus is sent to another port')
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const)
    if (!isOpen(container[probe].httpGet.port)) faults.push(`${probe} asks at a port that is not open`)
  for (const { metadata, spec } of all<ServiceSpec>(manifests, 'Service'))
    if (spec.selector && !spec.ports.every(({ targetPort }) => isOpen(targetPort)))
      faults.push(`Service ${metadata.name} leads to a port that is not open`)
  type Policy = { ingress: { ports: { port: string | number }[] }[] }
  for (const { spec } of all<Policy>(manifests, 'NetworkPolicy'))
    if (!spec.ingress.every(({ ports }) => ports.every(({ port: to }) => isOpen(to))))
      faults.push('NetworkPolicy opens another port')
  return faults
}

function settingFaults({ env }: Container, secret: SecretExample): string[] {
  const faults: string[] = []
  for (const { name, value, valueFrom } of env) {
    if (!(name in Config.properties)) faults.push(`${name} is not a setting`)
    const from = valueFrom?.secretKeyRef
    if (SECRETS.includes(name) && value !== undefined) faults.push(`${name} has a value`)
    if (from === undefined) continue
    if (from.name !== secret.metadata.name || !(from.key in secret.stringData))
      faults.push(`${name} is not in the example of the Secret`)
    if (NEEDED.includes(name) === (from.optional ?? false))
      faults.push(`${name} is ${from.optional ? 'optional' : 'required'}`)
  }
  for (const name of NEEDED) if (!env.some((one) => one.name === name)) faults.push(`${name} is missing`)
  for (const [name, value] of Object.entries(secret.stringData)) {
    if (value !== '') faults.push(`the example of the Secret has a value for ${name}`)
    if (!env.some(({ valueFrom }) => valueFrom?.secretKeyRef.key === name))
      faults.push(`${name} of the Secret is not used`)
  }
  try {
    readConfig(Object.fromEntries(env.map(({ name, value }) => [name, value])))
  } catch (error) {
    faults.push(`a setting is refused: ${error instanceof Error ? error.message : error}`)
  }
  return faults
}

interface BudgetSpec {
  maxUnavailable?: number
  minAvailable?: number
  selector: { matchLabels: Labels }
}

function restartFaults(manifests: readonly Manifest[], { spec }: Manifest<DeploymentSpec>): string[] {
  const { drainSeconds, checkSeconds, falls, graceSeconds } = restartTimings(manifests)
  const { maxUnavailable, maxSurge } = spec.strategy.rollingUpdate
  const faults: string[] = []
  if (!(drainSeconds > checkSeconds * falls)) faults.push('DRAIN_SECONDS end before the probe has failed')
  if (!(graceSeconds > drainSeconds + END_SECONDS)) faults.push('an instance is killed before it has ended')
  if (maxUnavailable !== 0 || maxSurge < 1) faults.push('an instance goes before another has come')
  // The server drains by itself; a hook that sleeps would only come before that.
  if (spec.template.spec.containers[0].lifecycle) faults.push('a hook runs before SIGTERM')
  const [budget] = all<BudgetSpec>(manifests, 'PodDisruptionBudget')
  const away = budget?.spec.maxUnavailable ?? spec.replicas - (budget?.spec.minAvailable ?? spec.replicas)
  if (away < 1) faults.push('PodDisruptionBudget lets no instance go')
  if (spec.replicas - away < 1) faults.push('PodDisruptionBudget lets all instances go')
  return faults
}

function probeFaults({ startupProbe, livenessProbe, readinessProbe }: Container): string[] {
  const faults: string[] = []
  if (startupProbe.httpGet.path !== '/livez') faults.push('startupProbe asks more than whether it listens')
  if (livenessProbe.httpGet.path !== '/livez') faults.push('livenessProbe asks for the database')
  if (readinessProbe.httpGet.path !== '/readyz') faults.push('readinessProbe does not ask /readyz')
  if (readinessProbe.timeoutSeconds <= READY_ANSWER_SECONDS)
    faults.push('readinessProbe does not wait for the answer')
  if (startupProbe.periodSeconds * startupProbe.failureThreshold <= PREPARING_SECONDS)
    faults.push('startupProbe ends a server that prepares its database')
  return faults
}

function rightsFaults(pod: PodSpec, container: Container, { dockerfile, version }: Beside): string[] {
  const faults: string[] = []
  const wanted: [boolean, string][] = [
    [pod.securityContext.runAsNonRoot === true, 'may run as root'],
    [pod.securityContext.runAsUser === NODE_USER, `runAsUser is not ${NODE_USER}`],
    [/^USER node$/m.test(dockerfile), 'the image runs as another user'],
    [isEqual(pod.securityContext.seccompProfile, { type: 'RuntimeDefault' }), 'has no seccomp profile'],
    [pod.automountServiceAccountToken === false, 'has a token of the cluster'],
    [container.securityContext.readOnlyRootFilesystem === true, 'may change its image'],
    [container.securityContext.allowPrivilegeEscalation === false, 'may take more rights'],
    [container.securityContext.privileged === undefined, 'is privileged'],
    [isEqual(container.securityContext.capabilities, { drop: ['ALL'] }), 'keeps capabilities'],
    [container.image === `slotcast:${version}`, 'is an image of another version'],
  ]
  for (const [isSo, fault] of wanted) if (!isSo) faults.push(fault)
  return faults
}

/** With MONGODB_URI a server writes to DATA_DIR alone, which another test sees with a disk that is read-only. */
function volumeFaults(
  manifests: readonly Manifest[],
  pod: PodSpec,
  container: Container,
  { dockerfile }: Beside,
): string[] {
  const [, workFolder = '/'] = [...dockerfile.matchAll(/^WORKDIR (\S+)$/gm)].at(-1) ?? []
  const { DATA_DIR } = settingsOf(container)
  const written = posix.resolve(workFolder, readConfig({ DATA_DIR }).DATA_DIR)
  const mount = container.volumeMounts.find(
    ({ mountPath, readOnly }) => readOnly !== true && `${written}/`.startsWith(`${mountPath}/`),
  )
  if (!mount) return [`${written} cannot be written`]
  const claim = pod.volumes.find(({ name }) => name === mount.name)?.persistentVolumeClaim?.claimName
  const isThere = all(manifests, 'PersistentVolumeClaim').some(({ metadata }) => metadata.name === claim)
  const faults = isThere ? [] : [`${written} does not outlive its instance`]
  if (pod.securityContext.fsGroup !== NODE_USER) faults.push('the volume belongs to somebody else')
  return faults
}

function ingressFaults(manifests: readonly Manifest[], container: Container): string[] {
  const services = new Map(
    all<ServiceSpec>(manifests, 'Service').map((one) => [one.metadata.name, one] as const),
  )
  const isSticky = (name: string) =>
    services.get(name)?.metadata.annotations?.['haproxy.org/cookie-persistence'] !== undefined
  const faults: string[] = []
  for (const { metadata, spec } of all<IngressSpec>(manifests, 'Ingress')) {
    const paths = spec.rules.flatMap(({ http }) => http.paths)
    for (const { path, backend } of paths) {
      const { name, port } = backend.service
      const found = services.get(name)?.spec.ports.some((one) => one.name === port.name)
      if (!found) faults.push(`${path} leads to no service`)
      if (isSticky(name) !== (path === '/socket.io/'))
        faults.push(`${path} is ${isSticky(name) ? '' : 'not '}sticky`)
    }
    const metrics = paths.find(({ path, pathType }) => path === '/metrics' && pathType === 'Exact')
    if (services.get(metrics?.backend.service.name ?? '')?.spec.selector !== undefined || !metrics)
      faults.push('everybody can read /metrics')
    for (const { host } of spec.rules) {
      if (!spec.tls.some(({ hosts }) => hosts.includes(host))) faults.push(`${host} has no certificate`)
      if (settingsOf(container).PUBLIC_URL !== `https://${host}`) faults.push(`PUBLIC_URL is not ${host}`)
      const set = metadata.annotations?.['haproxy.org/request-set-header'] ?? ''
      if (set !== `X-Forwarded-Proto https\nX-Forwarded-Host ${host}\n`)
        faults.push('a caller can write what TRUST_PROXY believes')
    }
  }
  return faults
}

function memoryFaults({ resources, ...container }: Container, { memory }: Beside): string[] {
  const slots = Number(settingsOf(container).BOARD_MAX_SLOTS)
  const needed =
    memory.idleMb +
    (memory.slotsMb * slots) / SLOTS_MEASURED +
    (memory.viewerKb * VIEWERS) / 1024 +
    PICTURES_MB +
    HASHING_MB
  const faults: string[] = []
  if (!(bytesOf(resources.limits.memory) > needed * MB))
    faults.push(`limits.memory has no room for ${Math.ceil(needed)} MB`)
  if (!(bytesOf(resources.requests.memory) > (memory.idleMb + memory.slotsMb) * MB))
    faults.push('requests.memory is less than what slots in memory take')
  if (resources.limits.cpu !== undefined) faults.push('the processor is limited')
  return faults
}

function settingsOf({ env }: Pick<Container, 'env'>): Record<string, string> {
  return Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])))
}

function bytesOf(quantity = ''): number {
  const [, count, unit = ''] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? []
  return Number(count) * (unit === 'Gi' ? 1024 * MB : MB)
}

function isPartOf(part: Labels, whole: Labels): boolean {
  const entries = Object.entries(part)
  return entries.length > 0 && entries.every(([key, value]) => whole[key] === value)
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
