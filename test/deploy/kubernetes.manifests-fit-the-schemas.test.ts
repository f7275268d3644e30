import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import {
  all,
  type DeploymentSpec,
  deploymentOf,
  documentsOf,
  filesOfManifests,
  kustomization,
  type Manifest,
  readManifests,
  SECRET_EXAMPLE,
} from '../helper/manifests.js'
import { ROOT } from '../helper/paths.js'

const SCHEMAS = 'kubernetes'
const schemas = JSON.parse(readFileSync(new URL('test/deploy/kubernetes.schema.json', ROOT), 'utf8')) as {
  $defs: Record<string, { properties?: Record<string, { enum?: string[] }> }>
}
const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false })
ajv.addSchema(schemas, SCHEMAS)

/** The one definition that is for this kind and version. */
function definitionOf({ apiVersion, kind }: Manifest): string | undefined {
  return Object.keys(schemas.$defs).find((name) => {
    const { properties } = schemas.$defs[name] ?? {}
    return properties?.kind?.enum?.includes(kind) && properties.apiVersion?.enum?.includes(apiVersion)
  })
}

function faults(manifest: Manifest): string[] {
  const name = definitionOf(manifest)
  if (name === undefined) return [`${manifest.apiVersion} ${manifest.kind} is not known`]
  const validate = ajv.compile({ $ref: `${SCHEMAS}#/$defs/${name}` })
  if (validate(manifest)) return []
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, params.additionalProperty].filter(Boolean).join(' '),
  )
}

t.test('every manifest is what Kubernetes takes for its kind', async (t) => {
  const manifests = [...readManifests(), ...documentsOf(SECRET_EXAMPLE)]
  t.same([...new Set(manifests.map(({ kind }) => kind))].sort(), [
    'Deployment',
    'Ingress',
    'NetworkPolicy',
    'PersistentVolumeClaim',
    'PodDisruptionBudget',
    'Secret',
    'Service',
  ])
  for (const manifest of manifests) t.same(faults(manifest), [], `${manifest.kind} ${manifest.metadata.name}`)
})

t.test('each has a name of its own, no namespace, and the label that the others go by', async (t) => {
  const manifests = readManifests()
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  t.equal(new Set(names).size, names.length)
  for (const { kind, metadata } of manifests) {
    t.notOk('namespace' in metadata, kind)
    t.match(metadata.labels, { 'app.kubernetes.io/name': 'slotcast' }, kind)
  }
})

t.test('the kustomization applies every file of the folder but the example of the Secret', async (t) => {
  t.same([...kustomization().resources].sort(), filesOfManifests().sort())
  t.notOk(kustomization().resources.includes(SECRET_EXAMPLE))
  const ignored = readFileSync(new URL('.gitignore', ROOT), 'utf8').split('\n')
  t.ok(ignored.includes('deploy/kubernetes/secret.yaml'), 'what it is copied to is never committed')
})

t.test('control: a wrong name, a wrong type, a missing field and an unknown kind are seen', async (t) => {
  const broken = (change: (spec: DeploymentSpec) => void) => {
    const deployment = structuredClone(deploymentOf(readManifests()))
    change(deployment.spec)
    return faults(deployment)
  }
  t.same(
    broken(() => {}),
    [],
  )
  const probe = '/spec/template/spec/containers/0/readinessProbe'
  t.same(
    broken(({ template }) => {
      Object.assign(template.spec.containers[0].readinessProbe, { periodSecond: 2 })
    }),
    [`${probe} must NOT have additional properties periodSecond`],
  )
  t.same(
    broken(({ template }) => {
      Object.assign(template.spec.containers[0].readinessProbe, { periodSeconds: '2s' })
    }),
    [`${probe}/periodSeconds must be integer`],
  )
  t.same(
    broken((spec) => {
      Reflect.deleteProperty(spec, 'selector')
    }),
    ["/spec must have required property 'selector'"],
  )
  t.same(
    broken(({ template }) => {
      Object.assign(template.spec.containers[0].env[0] ?? {}, { value: 1 })
    }),
    ['/spec/template/spec/containers/0/env/0/value must be string'],
  )
  const [policy] = all(readManifests(), 'NetworkPolicy')
  t.ok(policy)
  if (policy) t.same(faults({ ...policy, apiVersion: 'v1' }), ['v1 NetworkPolicy is not known'])
})
