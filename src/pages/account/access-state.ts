/** What the account page knows of API keys and feeds, and does for them. */
import { effect, signal } from '@preact/signals'
import type { ApiKey, CreatedFeed, CreatedKey, Feed, NewKey } from '../../schemas/grants.js'
import type { Refused } from '../shared/api.js'
import { account, askSigned } from '../shared/session.js'

/** Null until they have come. */
export const keys = signal<ApiKey[] | null>(null)
export const feeds = signal<Feed[] | null>(null)
/** What was just made and is shown once. */
export const newKey = signal<string | null>(null)
export const newFeed = signal<string | null>(null)

export function startAccess(): void {
  let whose: string | undefined
  effect(() => {
    const id = account.value?.id
    // A new name is not another account.
    if (id === whose) return
    whose = id
    keys.value = null
    feeds.value = null
    newKey.value = null
    newFeed.value = null
    if (id !== undefined) void loadAccess()
  })
}

async function loadAccess(): Promise<void> {
  const [ofKeys, ofFeeds] = await Promise.all([
    askSigned<{ items: ApiKey[] }>('/v1/keys'),
    askSigned<{ items: Feed[] }>('/v1/feeds'),
  ])
  if (ofKeys.ok) keys.value = ofKeys.data.items
  if (ofFeeds.ok) feeds.value = ofFeeds.data.items
}

export async function makeKey(body: NewKey): Promise<Refused | null> {
  const answer = await askSigned<CreatedKey>('/v1/keys', { method: 'POST', body })
  if (!answer.ok) return answer.problem
  newKey.value = answer.data.key
  await loadAccess()
  return null
}

export async function makeFeed(): Promise<Refused | null> {
  const answer = await askSigned<CreatedFeed>('/v1/feeds', { method: 'POST', body: {} })
  if (!answer.ok) return answer.problem
  newFeed.value = answer.data.url
  await loadAccess()
  return null
}

/** The path of one, or of all keys. */
export async function revoke(path: string): Promise<Refused | null> {
  const answer = await askSigned(path, { method: 'DELETE' })
  // One that is unknown was revoked somewhere else.
  if (!answer.ok && answer.problem.code !== 'not_found') return answer.problem
  newKey.value = null
  newFeed.value = null
  await loadAccess()
  return null
}
