/** What a client generator needs: a name for each operation and each type, and references that lead somewhere. */
import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { components } from '../../src/schemas/components.js'
import { startOne } from '../helper/servers.js'

type Json = Record<string, unknown>

interface Operation {
  operationId?: string
  parameters?: { name: string; required?: boolean; example?: unknown; schema: Json }[]
  requestBody?: { required?: boolean; content: Record<string, { schema: Json }> }
  responses: Record<string, { content?: Record<string, { schema: Json }> }>
}

interface Document extends Json {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json> }
}

const PREFIX = '#/components/schemas/'

function refsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = '$ref' in value ? [String(value.$ref)] : []
  return [...own, ...Object.values(value).flatMap(refsOf)]
}

function unresolved(document: Document): string[] {
  return refsOf(document).filter(
    (ref) => !ref.startsWith(PREFIX) || !(ref.slice(PREFIX.length) in document.components.schemas),
  )
}

async function describedBy(t: Parameters<typeof startOne>[0]) {
  const server = await startOne(t)
  const { body } = await server.call<Document>('GET', '/openapi.json')
  const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
  )
  return { document: body, operations, of: (method: string, path: string) => body.paths[path]?.[method] }
}

t.test('each operation has an operationId of its own', async (t) => {
  const { operations } = await describedBy(t)
  for (const { name, operationId } of operations) t.match(operationId, /^[a-z][A-Za-z]+$/, name)
  const ids = operations.map(({ operationId }) => operationId)
  t.equal(new Set(ids).size, ids.length)
  for (const id of ['listSlots', 'holdSlot', 'confirmReservation']) t.ok(ids.includes(id), id)
})

t.test('each reference leads to a component, and each component is used', async (t) => {
  const { document } = await describedBy(t)
  t.same(unresolved(document), [])
  const used = new Set(refsOf(document).map((ref) => ref.slice(PREFIX.length)))
  t.same(Object.keys(document.components.schemas).sort(), [...used].sort())
  for (const name of [
    'Account',
    'Me',
    'PublicSlot',
    'OwnSlot',
    'Reservation',
    'Problem',
    'ServerRules',
    'Tokens',
  ])
    t.ok(used.has(name), name)
  t.notMatch(JSON.stringify(document), 'x-component', 'no mark is left over')
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  t.ok(valid, JSON.stringify(errors))
  t.same(
    unresolved({ ...document, components: { schemas: {} } }).length > 50,
    true,
    'control: they are looked up',
  )
})

t.test('no two named schemas have one text, or one would hide the other', async (t) => {
  const texts = [...components.values()].map((schema) => JSON.stringify(schema))
  t.equal(new Set(texts).size, texts.length)
})

t.test('answers are types with names, and what may be sent is seen in its place', async (t) => {
  const { of } = await describedBy(t)
  const hold = of('post', '/v1/reservations')
  t.match(
    hold?.requestBody?.content['application/json']?.schema,
    { type: 'object', required: ['slotId'], additionalProperties: false },
    'what may be sent is seen at the operation',
  )
  t.same(hold?.responses[201]?.content?.['application/json']?.schema, { $ref: `${PREFIX}Reservation` })
  const refusal = hold?.responses[409]?.content?.['application/problem+json']?.schema.allOf
  t.match(refusal, [{ $ref: `${PREFIX}Problem` }, { properties: { code: { enum: Array } } }])
  t.equal(of('delete', '/v1/me')?.requestBody?.required, false, 'the one body that may be left out')
  t.equal(hold?.requestBody?.required, true)
})

t.test('a component says what the schema says', async (t) => {
  const { document } = await describedBy(t)
  const { schemas } = document.components
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolved)
    if (typeof value !== 'object' || value === null) return value
    if ('$ref' in value) return resolved(schemas[String(value.$ref).slice(PREFIX.length)])
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]))
  }
  for (const [name, schema] of Object.entries(schemas))
    t.same(resolved(schema), JSON.parse(JSON.stringify(components.get(name))), name)
  t.match(schemas.OwnSlot, { properties: { state: { $ref: `${PREFIX}SlotState` } } })
  t.notOk(components.has('Id'), 'a plain string is no component')
})

t.test(
  'no optional parameter is filled in, so that what excludes each other is not sent together',
  async (t) => {
    const { operations } = await describedBy(t)
    for (const { name, parameters = [] } of operations) {
      for (const { required, example, schema, name: parameter } of parameters) {
        if (required) continue
        t.equal(example, undefined, `${name} ${parameter}`)
        t.equal(schema.examples, undefined, `${name} ${parameter}`)
      }
    }
  },
)
