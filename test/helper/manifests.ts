/** The manifests of `deploy/kubernetes`, as far as the tests look into them. */
import { readdirSync, readFileSync } from 'node:fs'
import { parse, parseAllDocuments } from 'yaml'
import { ROOT } from './paths.js'

export const FOLDER = 'deploy/kubernetes/'
/** Applied by hand, and only once it has values. */
export const SECRET_EXAMPLE = 'secret.example.yaml'
const KUSTOMIZATION = 'kustomization.yaml'

type Labels = Record<string, string>

export interface Manifest<Spec = object> {
  apiVersion: string
  kind: string
  metadata: { name: string; labels?: Labels; annotations?: Labels }
  spec: Spec
}

export interface Probe {
  httpGet: { path: string; port: string | number }
  periodSeconds: number
  timeoutSeconds: number
  failureThreshold: number
}

export interface EnvVar {
  name: string
  value?: string
  valueFrom?: { secretKeyRef: { name: string; key: string; optional?: boolean } }
}

export interface Container {
  image: string
  ports: { name: string; containerPort: number }[]
  env: EnvVar[]
  startupProbe: Probe
  livenessProbe: Probe
  readinessProbe: Probe
  lifecycle?: object
  resources: { requests: Record<string, string>; limits: Record<string, string> }
  securityContext: Record<string, unknown>
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[]
}

export interface PodSpec {
  terminationGracePeriodSeconds: number
  automountServiceAccountToken: boolean
  securityContext: Record<string, unknown>
  topologySpreadConstraints: { labelSelector: { matchLabels: Labels } }[]
  containers: [Container, ...Container[]]
  volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[]
}

export interface DeploymentSpec {
  replicas: number
  selector: { matchLabels: Labels }
  strategy: { rollingUpdate: { maxUnavailable: number; maxSurge: number } }
  template: { metadata: { labels: Labels; annotations: Labels }; spec: PodSpec }
}

export interface ServiceSpec {
  selector?: Labels
  ports: { name: string; port: number; targetPort?: string | number }[]
}

export interface IngressSpec {
  tls: { hosts: string[] }[]
  rules: {
    host: string
    http: {
      paths: {
        path: string
        pathType: string
        backend: { service: { name: string; port: { name?: string; number?: number } } }
      }[]
    }
  }[]
}

export interface SecretExample {
  metadata: { name: string }
  stringData: Record<string, string>
}

const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8')

/** Of the files that the kustomization names, in its order. */
export function readManifests(): Manifest[] {
  return kustomization().resources.flatMap(documentsOf)
}

export function documentsOf(file: string): Manifest[] {
  return parseAllDocuments(read(`${FOLDER}${file}`)).map((one) => {
    if (one.errors.length > 0) throw one.errors[0]
    return one.toJS() as Manifest
  })
}

export function kustomization(): { resources: string[] } {
  return parse(read(`${FOLDER}${KUSTOMIZATION}`)) as { resources: string[] }
}

export function secretExample(): SecretExample {
  return parse(read(`${FOLDER}${SECRET_EXAMPLE}`)) as SecretExample
}

/** What is in the folder, without what is not applied with the rest. */
export function filesOfManifests(): string[] {
  return readdirSync(new URL(FOLDER, ROOT)).filter(
    (name) => name.endsWith('.yaml') && name !== KUSTOMIZATION && name !== SECRET_EXAMPLE,
  )
}

export function all<Spec extends object = object>(
  manifests: readonly Manifest[],
  kind: string,
): Manifest<Spec>[] {
  return manifests.filter((one): one is Manifest<Spec> => one.kind === kind)
}

export function deploymentOf(manifests: readonly Manifest[]): Manifest<DeploymentSpec> {
  const [deployment] = all<DeploymentSpec>(manifests, 'Deployment')
  if (!deployment) throw new Error('there is no Deployment')
  return deployment
}

export interface RestartTimings {
  drainSeconds: number
  /** How often /readyz is asked. */
  checkSeconds: number
  /** So many answers that are not 200 in a row take an instance out. */
  falls: number
  graceSeconds: number
}

/** When an instance is replaced, as the Deployment says it. */
export function restartTimings(manifests: readonly Manifest[]): RestartTimings {
  const { spec } = deploymentOf(manifests).spec.template
  const [{ env, readinessProbe }] = spec.containers
  return {
    drainSeconds: Number(env.find(({ name }) => name === 'DRAIN_SECONDS')?.value),
    checkSeconds: readinessProbe.periodSeconds,
    falls: readinessProbe.failureThreshold,
    graceSeconds: spec.terminationGracePeriodSeconds,
  }
}
