/** The policies of a provider as they are in force: what it has set itself, and the settings for the rest. */
import type { Policies } from '../domain/policies.js'
import type { Rules } from '../schemas/common.js'
import type { StoredPolicies } from './account-model.js'
import type { AccountStore } from './account-store.js'

export interface PolicyParts {
  accounts: Pick<AccountStore, 'find'>
  defaultPolicies: Policies
}

/** From memory, like `AccountStore.find`. Of an account that is none of a provider, as if it had set nothing. */
export async function policiesOf(
  { accounts, defaultPolicies }: PolicyParts,
  providerId: string,
): Promise<Policies> {
  return inForce((await accounts.find(providerId))?.policies, defaultPolicies)
}

export function inForce(set: StoredPolicies | undefined, defaults: Policies): Policies {
  const { rev: _, ...own } = set ?? { rev: 0 }
  return { ...defaults, ...own }
}

/** The rules of booking with a provider, as routes and live pictures say them. */
export function rulesUnder(
  { noticeSeconds, maxAheadDays }: Pick<Policies, 'noticeSeconds' | 'maxAheadDays'>,
  { holdSeconds, slotMinutes, maxActiveHolds }: Pick<Rules, 'holdSeconds' | 'slotMinutes' | 'maxActiveHolds'>,
): Rules {
  const rules = { noticeSeconds, holdSeconds, slotMinutes, maxActiveHolds }
  return maxAheadDays === 0 ? rules : { ...rules, maxAheadDays }
}
