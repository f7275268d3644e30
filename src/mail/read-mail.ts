/** Reads a mail as it was written (RFC 5322, MIME): as much of it as mails of this server make use of. */

export interface MailPart {
  /** In lower case, without its parameters. */
  type: string
  parameters: Map<string, string>
  /** Of what is meant to be kept as a file. */
  fileName?: string
  bytes: Buffer
}

export interface ReadMail {
  /** By name in lower case, unfolded, words decoded; of several of one name all. */
  headers: Map<string, string[]>
  /** Without those that only hold others. */
  parts: MailPart[]
}

interface Entity {
  headers: Map<string, string[]>
  /** One character for each byte. */
  body: string
}

const MOST_NESTED = 5

export function readMail(bytes: Buffer): ReadMail {
  const root = entityOf(bytes.toString('latin1'))
  const headers = new Map([...root.headers].map(([name, all]) => [name, all.map(decodedWords)]))
  return { headers, parts: partsOf(root, 0) }
}

export function headerOf({ headers }: Pick<ReadMail, 'headers'>, name: string): string {
  return headers.get(name)?.[0] ?? ''
}

/** The text of the first part of a type; empty where there is none. */
export function textOf({ parts }: ReadMail, type: string): string {
  return parts.find((part) => part.type === type)?.bytes.toString('utf8') ?? ''
}

function entityOf(text: string): Entity {
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? text : text.slice(0, end)
  const headers = new Map<string, string[]>()
  for (const line of head.replace(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon < 1) continue
    const name = line.slice(0, colon).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  return { headers, body: end < 0 ? '' : text.slice(end + 4) }
}

function partsOf(entity: Entity, depth: number): MailPart[] {
  const { type, parameters } = fieldValue(entity.headers.get('content-type')?.[0] ?? 'text/plain')
  const boundary = parameters.get('boundary')
  if (type.startsWith('multipart/') && boundary !== undefined && depth < MOST_NESTED) {
    return entitiesIn(entity.body, boundary).flatMap((one) => partsOf(one, depth + 1))
  }
  const disposition = fieldValue(entity.headers.get('content-disposition')?.[0] ?? 'inline')
  const named = disposition.parameters.get('filename') ?? parameters.get('name')
  const isFile = disposition.type === 'attachment'
  const encoding = entity.headers.get('content-transfer-encoding')?.[0]?.toLowerCase() ?? '7bit'
  return [
    {
      type,
      parameters,
      ...(isFile && { fileName: decodedWords(named ?? 'file') }),
      bytes: decoded(entity.body, encoding),
    },
  ]
}

function entitiesIn(body: string, boundary: string): Entity[] {
  const [, ...parts] = `\r\n${body}`.split(`\r\n--${boundary}`)
  return parts
    .filter((part) => !part.startsWith('--'))
    .map((part) => entityOf(part.replace(/^[ \t]*\r\n/, '')))
}

function fieldValue(text: string): { type: string; parameters: Map<string, string> } {
  const [, type = ''] = /^\s*([^\s;]+)/.exec(text) ?? []
  const found = text.matchAll(/;\s*([\w*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/g)
  const parameters = [...found].map(([, name = '', quoted, bare = '']): [string, string] => [
    name.toLowerCase(),
    quoted?.replace(/\\(.)/g, '$1') ?? bare,
  ])
  return { type: type.toLowerCase(), parameters: new Map(parameters) }
}

function decoded(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64')
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1')
  return Buffer.from(unquoted(body.replace(/=[ \t]*\r\n/g, '')), 'latin1')
}

function unquoted(text: string): string {
  return text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** Encoded words (RFC 2047) are UTF-8 here; blanks between two of them are part of neither. */
function decodedWords(text: string): string {
  return text.replace(/(\?=)\s+(?==\?)/g, '$1').replace(/(?:=\?utf-8\?[BQ]\?[^?]*\?=)+/gi, (words) => {
    const bytes = [...words.matchAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi)].map(([, how = '', part = '']) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(part, 'base64')
        : Buffer.from(unquoted(part.replaceAll('_', ' ')), 'latin1'),
    )
    return Buffer.concat(bytes).toString('utf8')
  })
}
