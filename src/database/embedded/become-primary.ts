/** Makes a mongod that was started with --replSet the primary of a set of its own: change streams need a replica set. */

import { codeOf } from '../error-codes.js'

type Command = (command: Record<string, unknown>) => Promise<Record<string, unknown>>

export const SET_NAME = 'slotcast'

/** One step towards it; true when it is there. Called again and again until then. */
export async function becomePrimary(command: Command, host: string): Promise<boolean> {
  const hello = await command({ hello: 1 })
  // Both a member of no set yet and a member that is not in the set it knows say this.
  if (hello.isreplicaset === true) {
    const config = await presentConfig(command)
    await command(config === null ? initiation(host) : moved(config, host))
    return false
  }
  return hello.isWritablePrimary === true
}

function initiation(host: string) {
  return { replSetInitiate: { _id: SET_NAME, members: [{ _id: 0, host }] } }
}

/** The port is another one at each start, and the set's own record has the old one: only force gets past that. */
function moved(config: Record<string, unknown>, host: string) {
  const version = Number(config.version) + 1
  return { replSetReconfig: { ...config, version, members: [{ _id: 0, host }] }, force: true }
}

const NOT_YET_INITIALIZED = 94

async function presentConfig(command: Command): Promise<Record<string, unknown> | null> {
  try {
    const { config } = await command({ replSetGetConfig: 1 })
    return config as Record<string, unknown>
  } catch (error) {
    if (codeOf(error) === NOT_YET_INITIALIZED) return null
    throw error
  }
}
