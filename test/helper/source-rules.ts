/** The rules of the source, kept by reading it: who may import whom, who alone may write, and what nobody may use. */
import { readdirSync, readFileSync } from 'node:fs'
import { posix, relative, sep } from 'node:path'
import ts from 'typescript'

export interface SourceText {
  /** From the root of the repository, with `/`. */
  path: string
  text: string
}

interface ImportRule {
  /** Files whose path begins with this. */
  in: string
  /** Paths of the repository (beginnings) and packages that they may import. */
  may: { files: string[]; packages: string[] | 'any' }
}

const ANY = 'any' as const

/** How a collection is reached and asked: with a deadline for each call, and saying what is durable. */
const databaseCalls = [
  'src/database/database-calls',
  'src/database/call-options',
  'src/database/batched-reads',
  'src/database/error-codes',
  'src/database/forgetting-write',
  'src/database/indexes',
  'src/database/engine',
]
/** What a slot is in the database and in memory, and who may see what of it; nothing that reads or writes one. */
const slotShapes = ['src/slots/slot-document', 'src/slots/compact-slot', 'src/slots/slot-view']

/** The first rule that fits a file counts; a file that none fits is a violation, so that no folder is forgotten. */
export const importRules: ImportRule[] = [
  { in: 'src/domain/', may: { files: ['src/domain/'], packages: ['temporal-polyfill', 'lru-cache'] } },
  { in: 'src/schemas/', may: { files: ['src/schemas/', 'src/domain/'], packages: ['typebox'] } },
  {
    in: 'src/pages/',
    may: {
      files: ['src/pages/', 'src/schemas/', 'src/domain/'],
      packages: ['preact', '@preact/signals', 'socket.io-client', 'typebox', 'temporal-polyfill'],
    },
  },
  {
    in: 'src/http/',
    may: {
      files: ['src/http/', 'src/schemas/', 'src/domain/', 'src/config'],
      packages: ['node:', 'fastify', '@fastify/', 'typebox', 'ajv', 'temporal-polyfill'],
    },
  },
  {
    in: 'src/limits/',
    may: { files: ['src/limits/'], packages: ['node:', 'ipaddr.js', 'lru-cache'] },
  },
  {
    in: 'src/slots/',
    may: {
      files: [
        'src/slots/',
        'src/domain/',
        'src/schemas/',
        'src/clock',
        'src/http/problems',
        ...databaseCalls,
      ],
      packages: ['node:', 'mongoose', 'lru-cache', 'ical-generator'],
    },
  },
  {
    in: 'src/availability/',
    may: {
      files: ['src/availability/', 'src/domain/', 'src/schemas/', 'src/http/problems'],
      packages: ['temporal-polyfill'],
    },
  },
  {
    in: 'src/services/',
    may: {
      files: [
        'src/services/',
        'src/domain/',
        'src/schemas/',
        'src/clock',
        'src/database/unavailable',
        ...databaseCalls,
      ],
      packages: ['node:', 'mongoose', 'lru-cache'],
    },
  },
  {
    in: 'src/schedules/',
    may: {
      files: [
        'src/schedules/',
        'src/availability/',
        'src/domain/',
        'src/slots/',
        'src/clock',
        ...databaseCalls,
      ],
      packages: ['node:', 'mongoose', 'lru-cache', 'p-limit'],
    },
  },
  {
    in: 'src/jobs/',
    may: {
      files: [
        'src/jobs/',
        'src/domain/',
        'src/clock',
        'src/slots/slot-document',
        'src/database/unavailable',
        ...databaseCalls,
      ],
      packages: ['node:', 'mongoose', 'p-limit'],
    },
  },
  ...['src/mail/', 'src/webhooks/', 'src/links/', 'src/waits/', 'src/feeds/'].map((folder) => ({
    in: folder,
    may: {
      files: [
        folder,
        'src/jobs/job',
        'src/domain/',
        'src/schemas/',
        'src/http/',
        'src/clock',
        'src/config',
        'src/encryption/',
        'src/slots/',
        'src/availability/',
        'src/limits/',
        'src/database/unavailable',
        ...databaseCalls,
      ],
      packages: [
        'node:',
        'mongoose',
        'lru-cache',
        'p-limit',
        'temporal-polyfill',
        'nodemailer',
        'standardwebhooks',
        'ical-generator',
        'ipaddr.js',
        'typebox',
      ],
    },
  })),
  { in: 'src/sweeper/', may: { files: ['src/sweeper/', 'src/clock'], packages: ['node-cron'] } },
  {
    in: 'src/live/',
    may: {
      files: [
        'src/live/',
        'src/domain/',
        'src/schemas/',
        ...slotShapes,
        'src/availability/spans',
        'src/availability/days',
        'src/database/unavailable',
        ...databaseCalls,
        'src/clock',
        'src/config',
        'src/limits/',
        'src/http/',
      ],
      packages: [
        'node:',
        'mongoose',
        'socket.io',
        'socket.io-parser',
        'engine.io',
        'ws',
        '@fastify/websocket',
        'typebox',
      ],
    },
  },
  {
    in: 'src/encryption/',
    may: { files: ['src/encryption/'], packages: ['node:'] },
  },
  {
    in: 'src/auth/',
    may: {
      files: [
        'src/auth/',
        'src/schemas/',
        'src/http/',
        ...databaseCalls,
        'src/clock',
        'src/config',
        'src/limits/',
      ],
      packages: ['node:', 'mongoose', 'argon2', 'lru-cache', 'p-limit', 'typebox'],
    },
  },
  {
    in: 'src/accounts/',
    may: {
      files: [
        'src/accounts/',
        'src/auth/',
        'src/encryption/',
        'src/domain/',
        'src/schemas/',
        'src/http/',
        'src/clock',
        'src/config',
        'src/slots/slot-document',
        'src/database/unavailable',
        ...databaseCalls,
      ],
      packages: ['node:', 'mongoose', 'lru-cache', 'typebox'],
    },
  },
  {
    in: 'src/audit/',
    may: {
      // How a folder is claimed by one process.
      files: ['src/audit/', 'src/database/embedded/folder-lock', 'src/database/startup-error'],
      packages: ['node:'],
    },
  },
  {
    in: 'src/database/',
    may: {
      files: ['src/database/', 'src/config', 'src/domain/', 'src/http/problems'],
      packages: ['node:', 'mongoose', 'mongodb-memory-server-core'],
    },
  },
  {
    in: 'src/backup/',
    may: { files: ['src/backup/', 'src/database/', 'src/encryption/'], packages: ['node:', 'mongoose'] },
  },
  {
    // All collections at once, before a server serves them.
    in: 'src/upgrade/',
    may: {
      files: [
        'src/upgrade/',
        'src/accounts/',
        'src/auth/',
        'src/database/',
        'src/domain/',
        'src/jobs/',
        'src/links/',
        'src/schedules/',
        'src/services/',
        'src/slots/',
        'src/waits/',
        'src/webhooks/',
      ],
      packages: ['mongoose'],
    },
  },
  {
    in: 'src/routes/',
    may: {
      files: [
        'src/routes/',
        'src/schemas/',
        'src/domain/',
        'src/slots/',
        'src/availability/',
        'src/accounts/',
        'src/services/',
        'src/schedules/',
        'src/jobs/',
        'src/mail/',
        'src/webhooks/',
        'src/links/',
        'src/waits/',
        'src/feeds/',
        'src/auth/',
        'src/http/',
        ...databaseCalls,
        'src/clock',
        'src/config',
        'src/time-zone-data',
      ],
      packages: ['node:', 'fastify', '@fastify/', 'typebox', 'ical-generator'],
    },
  },
  { in: 'src/app.ts', may: { files: ['src/', 'plugins/'], packages: ['fastify', '@fastify/'] } },
  {
    in: 'src/server.ts',
    may: { files: ['src/'], packages: ['node:', 'fastify', 'close-with-grace', 'pino'] },
  },
  // The other files at the root of src know no folder but the schemas and what http knows of addresses.
  { in: 'src/', may: { files: [...rootFiles(), 'src/schemas/', 'src/http/'], packages: ANY } },
  { in: 'plugins/', may: { files: ['src/'], packages: ANY } },
]

function rootFiles(): string[] {
  return ['src/clock', 'src/config', 'src/metrics', 'src/logging', 'src/bounded-output']
}

const TIMELESS = [
  'src/domain/',
  'src/slots/',
  'src/availability/',
  'src/live/',
  'src/services/',
  'src/schedules/',
  'src/sweeper/',
  'src/jobs/',
  'src/mail/',
  'src/webhooks/',
  'src/links/',
  'src/waits/',
  'src/feeds/',
]
/** Transitions; who a slot names; what leaves a slot for the history. */
const SLOT_WRITERS = [
  'src/slots/slot-store.ts',
  'src/slots/reservation-changes.ts',
  'src/slots/slot-offers.ts',
  'src/slots/slot-writer.ts',
  'src/slots/slot-offers.ts',
  'src/slots/write-batches.ts',
  'src/slots/joint-writes.ts',
  'src/slots/personal-data.ts',
  'src/slots/history-mover.ts',
]
const WRITES =
  /\.(findOneAnd\w+|updateOne|updateMany|insertOne|insertMany|bulkWrite|replaceOne|deleteOne|deleteMany)\(/
/** These write collections of their own. */
const OTHER_WRITERS = [
  'src/jobs/',
  'src/mail/',
  'src/webhooks/',
  'src/links/',
  'src/waits/',
  'src/feeds/',
  'src/accounts/',
  'src/services/',
  'src/schedules/',
  'src/auth/',
  'src/database/',
  // Into a database that no server serves yet.
  'src/backup/',
  'src/slots/slot-history.ts',
]
/** It is the process, of which there is one. */
const PROGRAM = 'src/server.ts'
/** What belongs to the whole process: its environment, its signals and its end. */
const OF_THE_PROCESS = /^process\.(env|exit|on|once)$/

/** One line for each violation. */
export function violations(sources: SourceText[]): string[] {
  const found = sources.flatMap((source) => {
    const file = ts.createSourceFile(
      source.path,
      source.text,
      ts.ScriptTarget.Latest,
      true,
      kindOf(source.path),
    )
    const isServer = !source.path.startsWith('src/pages/')
    return [
      ...importsOf(file).flatMap((name) => refusedImport(source.path, name)),
      ...nodeFaults(file, source.path, isServer),
      ...(isServer && source.path !== PROGRAM ? moduleState(file) : []),
      ...nameFaults(source.path),
      ...(isServer && WRITES.test(source.text) && !mayWrite(source.path) ? ['writes to the database'] : []),
    ].map((fault) => `${source.path}: ${fault}`)
  })
  return [...found, ...manyEmitters(sources)]
}

/** Of the files that emit to viewers there is one: a search for `.emit(` finds it. */
function manyEmitters(sources: SourceText[]): string[] {
  const emitters = sources
    .filter(({ path, text }) => !path.startsWith('src/pages/') && text.includes('.emit('))
    .map(({ path }) => path)
  return emitters.length <= 1 ? [] : [`more than one file emits: ${emitters.join(', ')}`]
}

function mayWrite(path: string): boolean {
  return SLOT_WRITERS.includes(path) || OTHER_WRITERS.some((folder) => path.startsWith(folder))
}

function refusedImport(path: string, name: string): string[] {
  const rule = importRules.find((one) => path.startsWith(one.in))
  if (!rule) return ['lies where no import rule applies']
  const { files, packages } = rule.may
  if (name.startsWith('.')) {
    const target = posix.join(posix.dirname(path), name)
    return files.some((start) => target.startsWith(start)) ? [] : [`imports ${target}`]
  }
  const allowed =
    packages === ANY ||
    packages.some((one) =>
      /[:/]$/.test(one) ? name.startsWith(one) : name === one || name.startsWith(`${one}/`),
    )
  return allowed ? [] : [`imports ${name}`]
}

function importsOf(file: ts.SourceFile): string[] {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    const from =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined
    if (from && ts.isStringLiteral(from)) names.push(from.text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return names
}

function nodeFaults(file: ts.SourceFile, path: string, isServer: boolean): string[] {
  const faults: string[] = []
  const timeless = TIMELESS.some((folder) => path.startsWith(folder))
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) faults.push('uses any')
    if (ts.isPropertyAccessExpression(node)) {
      const text = `${node.expression.getText(file)}.${node.name.text}`
      if (OF_THE_PROCESS.test(text) && path !== PROGRAM) faults.push(`uses ${text}`)
      if (timeless && (text === 'Date.now' || text === 'Math.random')) faults.push(`uses ${text}`)
      if (isServer && /^mongoose\.(connect|connection|model)$/.test(text)) faults.push(`uses ${text}`)
    }
    if (timeless && ts.isNewExpression(node) && node.expression.getText(file) === 'Date') {
      if ((node.arguments?.length ?? 0) === 0) faults.push('uses new Date()')
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return faults
}

/** Several servers live in one process, so nothing that changes may belong to a module. */
function moduleState(file: ts.SourceFile): string[] {
  return file.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    const { declarations, flags } = statement.declarationList
    if ((flags & ts.NodeFlags.Const) === 0) return ['has a variable of the module']
    return declarations.some(({ initializer }) => initializer && isEmptyCollection(initializer, file))
      ? ['has a collection of the module']
      : []
  })
}

function isEmptyCollection(node: ts.Expression, file: ts.SourceFile): boolean {
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0
  if (!ts.isNewExpression(node)) return false
  const isCollection = /^(Weak)?(Map|Set)$/.test(node.expression.getText(file))
  return isCollection && (node.arguments?.length ?? 0) === 0
}

function nameFaults(path: string): string[] {
  return /\/(index|utils)\.tsx?$/.test(path) && !path.startsWith('src/pages/')
    ? ['is a barrel or a drawer of odds and ends']
    : []
}

function kindOf(path: string): ts.ScriptKind {
  return path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
}

/** Every TypeScript file of the server, the plugins and the pages. */
export function readSources(root: URL): SourceText[] {
  return ['src', 'plugins'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
      .map((name) => relative('', name).split(sep).join('/'))
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => ({
        path: `${folder}/${name}`,
        text: readFileSync(new URL(`${folder}/${name}`, root), 'utf8'),
      })),
  )
}
