/**
 * One attempt to deliver: resolves the name itself, refuses it where any of its addresses is not public, and connects to
 * just those addresses, so that a name server that answers differently a moment later changes nothing. TLS is checked
 * against the name. Redirects are not followed: a target that was checked must not lead to one that was not.
 *
 * Each attempt has a connection of its own, which ends with it.
 */
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { codeOf } from '../database/error-codes.js'
import type { Resolve } from './resolve.js'
import { retryAfterMs } from './retry-after.js'
import { addressIn, isPublic, notPublic, readTarget, TargetRefused, type TargetRules } from './target.js'

export interface SenderOptions extends TargetRules {
  resolve: Resolve
  now: () => number
  /** All of an attempt, from the name to the end of the answer. */
  withinMs?: number
  /** In place of the authorities that Node trusts. */
  ca?: string
}

export interface Message {
  url: string
  headers: Record<string, string>
  body: string
}

export type Attempt =
  | { ok: true; status: number }
  /** `error` is of our own words: nothing of what the other side said. */
  | { ok: false; error: string; status?: number; retryAfterMs?: number; isRefused?: true }

const WITHIN_MS = 15_000
/** Read so that the other side can finish writing; nobody looks at it. */
const MOST_ANSWER_BYTES = 64 * 1024

export class WebhookSender {
  readonly #o: SenderOptions

  constructor(options: SenderOptions) {
    this.#o = options
  }

  /** Where it would go at the moment; throws `TargetRefused`, or what kept the name from being resolved. */
  async check(url: string, signal: AbortSignal): Promise<{ target: URL; addresses: string[] }> {
    const { allowPrivate, resolve } = this.#o
    const target = readTarget(url, { allowPrivate })
    const literal = addressIn(target)
    const addresses =
      literal === null ? await unlessAborted(resolve(target.hostname, signal), signal) : [literal]
    if (addresses.length === 0) throw new TargetRefused('has a name without an address')
    // One of them is enough: which of them is connected to is up to the network.
    if (!allowPrivate && !addresses.every(isPublic)) throw notPublic()
    return { target, addresses }
  }

  /** Never throws. */
  async send(message: Message, ending: AbortSignal): Promise<Attempt> {
    const deadline = AbortSignal.timeout(this.#o.withinMs ?? WITHIN_MS)
    const signal = AbortSignal.any([ending, deadline])
    try {
      const { target, addresses } = await this.check(message.url, signal)
      return this.#read(await this.#post(target, addresses, message, signal))
    } catch (error) {
      if (error instanceof TargetRefused)
        return { ok: false, error: `the address ${error.message}`, isRefused: true }
      return { ok: false, error: deadline.aborted ? 'no answer in time' : whatFailed(error) }
    }
  }

  #post(target: URL, addresses: string[], { headers, body }: Message, signal: AbortSignal) {
    const { ca } = this.#o
    const isTls = target.protocol === 'https:'
    const options: RequestOptions & { ca?: string; servername?: string } = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // A pool of its own, without any connection of another attempt in it.
      agent: false,
      lookup: pinnedTo(addresses),
      signal,
      ...(ca !== undefined && { ca }),
    }
    return new Promise<IncomingMessage>((resolve, reject) => {
      let answered: IncomingMessage | undefined
      const request = (isTls ? requestHttps : requestHttp)(target, options, (answer) => {
        answered = answer
        drain(answer)
        // At its end, or where it is cut off: its status is known. Not before: the connection is one of two.
        answer.on('close', () => resolve(answer))
      })
      request.on('error', (error) => (answered ? resolve(answered) : reject(error)))
      // Of an answer that asks to speak something else.
      request.on('upgrade', (_answer, socket) => socket.destroy())
      request.on('close', () => {
        if (!answered) reject(new Error('closed without an answer'))
      })
      request.end(body)
    })
  }

  #read({ statusCode: status = 0, headers }: IncomingMessage): Attempt {
    if (status >= 200 && status < 300) return { ok: true, status }
    const waitMs = retryAfterMs(headers['retry-after'], this.#o.now())
    const isRedirect = status >= 300 && status < 400
    return {
      ok: false,
      status,
      error: isRedirect ? `answered ${status}; redirects are not followed` : `answered ${status}`,
      ...(waitMs !== null && { retryAfterMs: waitMs }),
    }
  }
}

/** Answers with these alone, whatever it is asked for. */
function pinnedTo(addresses: string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  return (_hostname, options, done) => {
    const [first] = all
    if (options.all) done(null, all)
    else done(null, first?.address ?? '', first?.family)
  }
}

function drain(answer: IncomingMessage): void {
  let bytes = 0
  answer.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > MOST_ANSWER_BYTES) answer.destroy()
  })
  // Cut off by us, by the other side, or by the end of its time.
  answer.on('error', () => {})
}

/** A name server may be silent longer than an attempt may take. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

const NAME_CODES = new Set<unknown>([
  'ENOTFOUND',
  'ENODATA',
  'ESERVFAIL',
  'EAI_AGAIN',
  'ETIMEOUT',
  'EREFUSED',
])

function whatFailed(error: unknown): string {
  const code = codeOf(error)
  if (NAME_CODES.has(code)) return 'the name does not resolve'
  if (code === 'ECONNREFUSED') return 'connection refused'
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'connection closed without an answer'
  if (typeof code === 'string' && /CERT|SIGNATURE/.test(code)) return 'its certificate is not accepted'
  if (typeof code === 'string' && /EPROTO|SSL|TLS/.test(code)) return 'it does not speak TLS'
  return 'no connection'
}
