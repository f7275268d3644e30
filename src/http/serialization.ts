/** Fastify's own serialisers of answers, each compiled when a route first sends one: see `validation.ts`. */
import serializerSelector from '@fastify/fast-json-stringify-compiler'
import type { FastifySerializerCompiler } from 'fastify'

// Formats were checked on the way in; the serialiser knows ours by no name, and would warn of each.
const compile = serializerSelector()({}, { ajv: { validateFormats: false } })

export const serializerCompiler: FastifySerializerCompiler<unknown> = ({ httpStatus = '', ...route }) => {
  let serialize: ReturnType<typeof compile> | undefined
  return (answer) => {
    serialize ??= compile({ httpStatus, ...route })
    return serialize(answer)
  }
}
