/** What goes out, encoded once and then only copied: both transports carry the same JSON. */
import { catalogue, type ErrorCode } from '../../http/problems.js'
import type { Failure, ServerToClient } from '../../schemas/events.js'

export interface Message {
  name: keyof ServerToClient
  /** The payload, a JSON object. */
  json: string
}

export function message<Name extends keyof ServerToClient>(
  name: Name,
  payload: Parameters<ServerToClient[Name]>[0],
): Message {
  return { name, json: JSON.stringify(payload) }
}

/** What is known at that time is current, or so old. */
export function moment(now: number, ageMs: number): { serverTime: string; ageSeconds?: number } {
  return {
    serverTime: new Date(now).toISOString(),
    ...(ageMs > 0 && { ageSeconds: Math.ceil(ageMs / 1000) }),
  }
}

/** With a code of the catalogue, which the shared event types do not know. */
export type Refused = Failure & { code: ErrorCode }

export function failure(code: ErrorCode, detail?: string): Refused {
  return { ok: false, code, title: detail ?? catalogue[code].title }
}

/** A JSON object with further fields before its own; `fields` is not empty. */
export function withFields(fields: object, json: string): string {
  const begun = JSON.stringify(fields).slice(0, -1)
  return json === '{}' ? `${begun}}` : `${begun},${json.slice(1)}`
}
