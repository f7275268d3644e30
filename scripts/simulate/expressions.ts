/**
 * What the simulated database understands: the filters, expressions and updates that the server sends, and no others. One
 * that it does not know is an error of the run. Checked against a real engine by the same tests of the store.
 */
import { codeOf } from '../../src/database/error-codes.js'

export type Doc = { _id: string } & Record<string, unknown>
type Fields = Record<string, unknown>

/** What an engine says of an expression that it cannot evaluate. */
export class Refused extends Error {
  override readonly name = 'MongoServerError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

const CONVERSION_FAILURE = 241

function notKnown(what: string): never {
  throw new Error(`the simulated database does not know ${what}`)
}

// ---- values

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** The order of types, of which each is before the next. */
function rankOf(value: unknown): number {
  if (value === undefined) return 0
  if (value === null) return 1
  if (typeof value === 'number') return 2
  if (typeof value === 'string') return 3
  if (Array.isArray(value)) return 5
  if (typeof value === 'boolean') return 6
  if (value instanceof Date) return 7
  return 4
}

export function compare(one: unknown, other: unknown): number {
  const [left, right] = [rankOf(one), rankOf(other)]
  if (left !== right) return left - right
  if (one instanceof Date && other instanceof Date) return one.getTime() - other.getTime()
  if (Array.isArray(one) && Array.isArray(other)) {
    for (let at = 0; at < Math.min(one.length, other.length); at++) {
      const found = compare(one[at], other[at])
      if (found !== 0) return found
    }
    return one.length - other.length
  }
  if (isFields(one) && isFields(other)) {
    const [mine, theirs] = [Object.entries(one), Object.entries(other)]
    for (let at = 0; at < Math.min(mine.length, theirs.length); at++) {
      const [[name, value], [otherName, otherValue]] = [mine[at] ?? ['', 0], theirs[at] ?? ['', 0]]
      if (name !== otherName) return name < otherName ? -1 : 1
      const found = compare(value, otherValue)
      if (found !== 0) return found
    }
    return mine.length - theirs.length
  }
  if (one === other) return 0
  return (one as number) < (other as number) ? -1 : 1
}

/** A copy that nobody shares, as a wire makes it. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return new Date(value.getTime()) as T
  if (Array.isArray(value)) return value.map(copyOf) as T
  const copy: Fields = {}
  const fields = value as Fields
  for (const name in fields) {
    const field = fields[name]
    if (field !== undefined) copy[name] = typeof field === 'object' ? copyOf(field) : field
  }
  return copy as T
}

/** What lies at a path, through lists as well. */
export function at(value: unknown, path: string): unknown {
  return atSteps(value, stepsOf(path), 0)
}

function atSteps(value: unknown, steps: string[], from: number): unknown {
  let found = value
  for (let index = from; index < steps.length; index++) {
    if (Array.isArray(found)) {
      return found.map((one) => atSteps(one, steps, index)).filter((one) => one !== undefined)
    }
    if (!isFields(found)) return undefined
    found = found[steps[index] as string]
  }
  return found
}

const knownSteps = new Map<string, string[]>()

function stepsOf(path: string): string[] {
  const known = knownSteps.get(path)
  if (known) return known
  const steps = path.split('.')
  knownSteps.set(path, steps)
  return steps
}

// ---- filters

export function matches(doc: Doc, filter: Fields): boolean {
  for (const [field, wanted] of Object.entries(filter)) {
    if (field === '$and') {
      if (!(wanted as Fields[]).every((one) => matches(doc, one))) return false
    } else if (field === '$or') {
      if (!(wanted as Fields[]).some((one) => matches(doc, one))) return false
    } else if (field.startsWith('$')) notKnown(`the filter ${field}`)
    else if (!fieldMatches(at(doc, field), wanted)) return false
  }
  return true
}

function fieldMatches(value: unknown, wanted: unknown): boolean {
  const isAsked = isFields(wanted) && Object.keys(wanted).some((name) => name.startsWith('$'))
  if (!isAsked) return isIn(value, wanted)
  return Object.entries(wanted).every(([operator, than]) => asks(value, operator, than))
}

function asks(value: unknown, operator: string, than: unknown): boolean {
  const anyOf = (test: (one: unknown) => boolean) => (Array.isArray(value) ? value.some(test) : test(value))
  const inOrder = (test: (found: number) => boolean) =>
    anyOf((one) => rankOf(one) === rankOf(than) && test(compare(one, than)))
  switch (operator) {
    case '$eq':
      return isIn(value, than)
    case '$ne':
      return !isIn(value, than)
    case '$in':
      return (than as unknown[]).some((one) => isIn(value, one))
    case '$nin':
      return !(than as unknown[]).some((one) => isIn(value, one))
    case '$exists':
      return (value !== undefined && !(Array.isArray(value) && value.length === 0 && than === false)) === than
    case '$lt':
      return inOrder((found) => found < 0)
    case '$lte':
      return inOrder((found) => found <= 0)
    case '$gt':
      return inOrder((found) => found > 0)
    case '$gte':
      return inOrder((found) => found >= 0)
    default:
      return notKnown(`the filter ${operator}`)
  }
}

function isIn(value: unknown, wanted: unknown): boolean {
  if (wanted === null) return value === undefined || value === null
  if (Array.isArray(value) && value.some((one) => compare(one, wanted) === 0)) return true
  return compare(value, wanted) === 0
}

// ---- expressions

interface Scope {
  doc: Doc
  nowMs: number
  names: Fields
}

function evaluate(expression: unknown, scope: Scope): unknown {
  if (typeof expression === 'string') return expression.startsWith('$') ? read(expression, scope) : expression
  if (Array.isArray(expression)) return expression.map((one) => evaluate(one, scope) ?? null)
  if (!isFields(expression)) return expression
  const names = Object.keys(expression)
  const [first = ''] = names
  if (first.startsWith('$')) return operate(first, expression[first], scope)
  const made: Fields = {}
  for (const name of names) {
    const value = evaluate(expression[name], scope)
    if (value !== undefined) made[name] = value
  }
  return made
}

function read(path: string, scope: Scope): unknown {
  if (!path.startsWith('$$')) return at(scope.doc, path.slice(1))
  const [name = '', ...rest] = path.slice(2).split('.')
  if (name === 'REMOVE') return undefined
  if (name === 'NOW') return new Date(scope.nowMs)
  const root = name === 'ROOT' ? scope.doc : scope.names[name]
  return rest.length === 0 ? root : at(root, rest.join('.'))
}

function operate(operator: string, operand: unknown, scope: Scope): unknown {
  switch (operator) {
    case '$literal':
      return operand
    case '$and':
      return (operand as unknown[]).every((one) => isTrue(evaluate(one, scope)))
    case '$or':
      return (operand as unknown[]).some((one) => isTrue(evaluate(one, scope)))
    case '$cond': {
      const [test, yes, no] = operand as unknown[]
      return evaluate(isTrue(evaluate(test, scope)) ? yes : no, scope)
    }
    case '$filter': {
      const { input, as, cond } = operand as { input: unknown; as: string; cond: unknown }
      const list = evaluate(input, scope) as unknown[]
      return list.filter((one) => isTrue(evaluate(cond, { ...scope, names: { ...scope.names, [as]: one } })))
    }
    default:
      return reckon(operator, argumentsOf(operand, scope))
  }
}

function argumentsOf(operand: unknown, scope: Scope): unknown[] {
  return (Array.isArray(operand) ? operand : [operand]).map((one) => evaluate(one, scope))
}

function reckon(operator: string, args: unknown[]): unknown {
  const [one, other] = args
  switch (operator) {
    case '$not':
      return !isTrue(one)
    case '$eq':
      return compare(one, other) === 0
    case '$ne':
      return compare(one, other) !== 0
    case '$gt':
      return compare(one, other) > 0
    case '$gte':
      return compare(one, other) >= 0
    case '$lt':
      return compare(one, other) < 0
    case '$lte':
      return compare(one, other) <= 0
    case '$ifNull':
      return args.find((value) => value !== undefined && value !== null)
    case '$in':
      return (other as unknown[]).some((value) => compare(value, one) === 0)
    case '$type':
      return one === undefined ? 'missing' : one === null ? 'null' : typeof one
    case '$size':
      return (one as unknown[]).length
    case '$add':
      return numbers(args, (values) => values.reduce((sum, value) => sum + value, 0))
    case '$subtract':
      return numbers(args, ([from = 0, value = 0]) => from - value)
    case '$multiply':
      return numbers(args, (values) => values.reduce((product, value) => product * value, 1))
    case '$divide':
      return numbers(args, ([value = 0, by = 1]) => value / by)
    case '$toLong':
      return one instanceof Date ? one.getTime() : numbers(args, ([value = 0]) => value)
    case '$toInt':
      return toInt(one)
    case '$toString':
      return one === undefined || one === null ? null : String(one)
    case '$toDate':
      return numbers(args, ([value = 0]) => new Date(value))
    case '$concat':
      return args.some((part) => part === undefined || part === null) ? null : args.join('')
    case '$mergeObjects':
      return Object.assign({}, ...args)
    case '$concatArrays':
      return args.flat()
    case '$slice':
      return (other as number) < 0
        ? (one as unknown[]).slice(other as number)
        : (one as unknown[]).slice(0, other as number)
    case '$objectToArray':
      return Object.entries(one as Fields).map(([k, v]) => ({ k, v }))
    case '$arrayToObject':
      return Object.fromEntries((one as { k: string; v: unknown }[]).map(({ k, v }) => [k, v]))
    default:
      return notKnown(`the expression ${operator}`)
  }
}

function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0
}

function numbers<T>(args: unknown[], reckoned: (values: number[]) => T): T | null {
  if (args.some((value) => value === undefined || value === null)) return null
  if (args.some((value) => typeof value !== 'number')) notKnown(`reckoning with ${JSON.stringify(args)}`)
  return reckoned(args as number[])
}

function toInt(value: unknown): number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Math.trunc(value)
  const read = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : Number.NaN
  if (Number.isNaN(read)) throw new Refused(CONVERSION_FAILURE, 'Failed to parse number')
  return read
}

// ---- updates

export type Update = Fields | Fields[]

/** The document after an update; the same object where nothing changes. */
export function updated(doc: Doc, update: Update, nowMs: number, isNew = false): Doc {
  let after = doc
  if (Array.isArray(update)) {
    for (const stage of update) after = throughStage(after, stage, nowMs)
  } else {
    after = copyOf(doc)
    for (const [operator, fields] of Object.entries(update)) {
      if (operator === '$setOnInsert' && !isNew) continue
      for (const [path, value] of Object.entries(fields as Fields)) change(after, operator, path, value)
    }
  }
  return compare(doc, after) === 0 && !isNew ? doc : after
}

function throughStage(doc: Doc, stage: Fields, nowMs: number): Doc {
  const scope = { doc, nowMs, names: {} }
  if (stage.$replaceWith !== undefined) return evaluate(stage.$replaceWith, scope) as Doc
  if (stage.$set === undefined) return notKnown(`the stage ${Object.keys(stage)}`)
  const after = { ...doc }
  for (const [path, expression] of Object.entries(stage.$set as Fields)) {
    if (path.includes('.')) notKnown('paths in a stage')
    const value = evaluate(expression, scope)
    if (value === undefined) delete after[path]
    else after[path] = value
  }
  return after
}

function change(doc: Doc, operator: string, path: string, value: unknown): void {
  const steps = path.split('.')
  const last = steps.pop() ?? ''
  let place: Fields = doc
  for (const step of steps) {
    if (!isFields(place[step])) place[step] = {}
    place = place[step] as Fields
  }
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      place[last] = copyOf(value)
      return
    case '$unset':
      delete place[last]
      return
    case '$inc':
      place[last] = ((place[last] as number | undefined) ?? 0) + (value as number)
      return
    case '$pullAll':
      place[last] = (place[last] as unknown[]).filter(
        (one) => !(value as unknown[]).some((gone) => compare(one, gone) === 0),
      )
      return
    default:
      notKnown(`the update ${operator}`)
  }
}

/** That a pipeline said no to its document. */
export function isRefused(error: unknown): boolean {
  return codeOf(error) === CONVERSION_FAILURE
}
