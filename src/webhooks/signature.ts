/** The headers of Standard Webhooks 1.0: who sent it, which message it is, and that nobody altered it. */
import { createHash, randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

const SECRET_BYTES = 32

export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
}

/** One signature for each secret, so that a receiver can take a new one whenever it is ready. */
export function signedHeaders(
  { id, body, at }: { id: string; body: string; at: number },
  secrets: readonly string[],
): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), body))
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1_000)),
    'webhook-signature': signatures.join(' '),
  }
}

/** Of one cause and one endpoint always the same. Without full stops: the parts of what is signed are joined by them. */
export function messageId(jobId: string): string {
  return `msg_${createHash('sha256').update(jobId).digest('hex').slice(0, 32)}`
}
