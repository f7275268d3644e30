/**
 * How endpoints lie in the database. That a provider has at most 20 is a unique index, so it holds under any race. An
 * address may have a key of its owner in it, so it is sealed like the secrets.
 */
import type { Connection, mongo } from 'mongoose'
import { collectionOf } from '../database/database-calls.js'
import type { WebhookType } from '../domain/webhook.js'
import type { FieldCipher, Place } from '../encryption/field-cipher.js'

/** `disabled`: the other side said that it is gone; a person can set it to active again. */
export type EndpointState = 'active' | 'paused' | 'disabled'

export interface EndpointDoc {
  _id: string
  providerId: string
  /** 1 to `MOST_ENDPOINTS`; no two of a provider have the same. */
  place: number
  createdAt: Date
  /** Sealed. */
  url: string
  events: WebhookType[]
  description?: string
  state: EndpointState
  stateAt: Date
  /** Sealed, the newest first. The others sign too until their end. */
  secrets: { text: string; until?: Date }[]
  rev: number
}

export interface Endpoint {
  id: string
  providerId: string
  url: string
  events: WebhookType[]
  description?: string
  state: EndpointState
  stateAt: number
  createdAt: number
  /** Until when a secret signs that was replaced. */
  formerSecretUntil?: number
  rev: number
}

const NAME = 'webhooks'

const indexes: mongo.IndexDescription[] = [
  // Also how the endpoints of a provider are found.
  { key: { providerId: 1, place: 1 }, name: 'places of a provider', unique: true },
]

/** Makes what is missing; the server does not listen before this is done. */
export async function prepareEndpoints(connection: Connection): Promise<mongo.Collection<EndpointDoc>> {
  await connection.collection<EndpointDoc>(NAME).createIndexes(indexes)
  return endpointsOf(connection)
}

export function endpointsOf(connection: Connection): mongo.Collection<EndpointDoc> {
  return collectionOf<EndpointDoc>(connection, NAME)
}

/** What its sealed texts are bound to. */
export function placeOf(field: 'url' | 'secret', id: string): Place {
  return { collection: NAME, field, id }
}

/** A text that none of the keys opens is empty: nothing is sent there, and whoever looks at it sees why. */
export function endpointOf(doc: EndpointDoc, cipher: FieldCipher): Endpoint {
  const former = doc.secrets.flatMap(({ until }) => (until ? [until.getTime()] : []))
  return {
    id: doc._id,
    providerId: doc.providerId,
    url: cipher.open(doc.url, placeOf('url', doc._id)) ?? '',
    events: doc.events,
    ...(doc.description !== undefined && { description: doc.description }),
    state: doc.state,
    stateAt: doc.stateAt.getTime(),
    createdAt: doc.createdAt.getTime(),
    ...(former.length > 0 && { formerSecretUntil: Math.max(...former) }),
    rev: doc.rev,
  }
}

/** Those that sign at a moment. */
export function secretsAt({ _id, secrets }: EndpointDoc, cipher: FieldCipher, now: number): string[] {
  return secrets
    .filter(({ until }) => until === undefined || until.getTime() > now)
    .flatMap(({ text }) => cipher.open(text, placeOf('secret', _id)) ?? [])
}

/** What must change for it to need the current key alone; null where a text opens with none. */
export function sealedAnew(
  { _id, url, secrets }: EndpointDoc,
  cipher: FieldCipher,
): Pick<EndpointDoc, 'url' | 'secrets'> | null {
  const anew = (text: string, field: 'url' | 'secret') => {
    const opened = cipher.open(text, placeOf(field, _id))
    return opened === null ? null : cipher.seal(opened, placeOf(field, _id))
  }
  const newUrl = anew(url, 'url')
  const newSecrets = secrets.flatMap((one) => {
    const text = anew(one.text, 'secret')
    return text === null ? [] : [{ ...one, text }]
  })
  return newUrl === null || newSecrets.length < secrets.length ? null : { url: newUrl, secrets: newSecrets }
}
