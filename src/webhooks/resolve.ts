/** The addresses of a name, asked of name servers without a thread of the pool. */
import { lookup, Resolver } from 'node:dns/promises'

export type Resolve = (hostname: string, signal: AbortSignal) => Promise<string[]>

const ASK = { timeout: 2_500, tries: 2 }

/**
 * Both kinds of addresses. Not by `lookup`: each of those takes one of the four threads that password hashes and files
 * need too, for as long as a name server is silent.
 */
export async function resolvePublic(hostname: string, signal: AbortSignal): Promise<string[]> {
  const resolver = new Resolver(ASK)
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const [failed] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    if (found.length === 0) throw failed
    return found
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** As this machine would: with its own list of hosts. For trying. */
export async function resolveAny(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address)
}
