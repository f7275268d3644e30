/** What a link is about: how its page looks now, and what its button does. */
import type { ErrorCode, Refusal } from '../http/problems.js'
import type { LinkState, LinkUse } from '../schemas/links.js'
import type { LinkPage } from './link-page.js'
import type { LinkAction } from './link-store.js'
import type { LinkTexts } from './texts/en.js'

export interface LinkSubject {
  /** Changes nothing. */
  page(shown: LinkShown): LinkPage | Promise<LinkPage>
  state(): LinkState | Promise<LinkState>
  act(given: NonNullable<LinkUse>): Promise<LinkActed>
  /** For the audit log: ids alone. */
  readonly about: { account?: string; reservation?: string; wait?: string }
}

export interface LinkShown {
  /** Whose free times it lists, where it does. */
  day?: string | undefined
  /** What is asked about before it is done, where the page offers several things. */
  ask?: 'cancel' | undefined
  /** This request has acted: whoever reads the page holds the link that was good for it. */
  hasActed?: boolean
  /** Why the press before it changed nothing. */
  refused?: Refusal | undefined
}

/** Without an outcome nothing has changed, and the refusal says why. */
export interface LinkActed extends LinkAction {
  refusal?: Refusal
}

/** To where a provider is booked. */
export function lookForAnother(
  { id, profile }: { id: string; profile?: { link?: string } },
  { visit }: LinkTexts,
  text = visit.again,
): NonNullable<LinkPage['links']> {
  return [{ href: `/book/${encodeURIComponent(profile?.link ?? id)}`, text }]
}

export function alertOf({ refused }: LinkShown, texts: LinkTexts): { alert?: string } {
  if (!refused) return {}
  const { refused: reasons } = texts
  const known: Partial<Record<ErrorCode, string>> = {
    slot_held: reasons.taken,
    slot_confirmed: reasons.taken,
    slot_withdrawn: reasons.taken,
    does_not_fit: reasons.taken,
    min_notice: reasons.tooLate,
    in_the_past: reasons.tooLate,
    client_busy: reasons.busy,
    booking_limit: reasons.limit,
    email_taken: reasons.emailTaken,
    cutoff: reasons.cutoff,
    // The page says what has become of it.
    hold_expired: '',
    hold_released: '',
  }
  const [field] = (refused.extras.errors as { field: string }[] | undefined) ?? []
  const missing: Record<string, string> = { password: reasons.password, slotId: reasons.choose }
  const alert = missing[field?.field ?? ''] ?? known[refused.code] ?? reasons.other
  return alert === '' ? {} : { alert }
}
