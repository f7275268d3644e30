/** What a provider says of itself in public, as it lies with its account and as it is answered. */
import type { Profile } from '../schemas/profiles.js'

export interface ProfileFields {
  title?: string
  text?: string
  address?: string
  place?: string
  phone?: string
}

export interface StoredProfile extends ProfileFields {
  rev: number
  link?: string
  /** Links it had before, the latest first. */
  formerLinks?: string[]
  /** Which version of its portrait there is; changes with each. */
  portrait?: string
}

/** All links that lead to it. */
export function linksOf(profile: StoredProfile | undefined): string[] {
  return [...(profile?.link === undefined ? [] : [profile.link]), ...(profile?.formerLinks ?? [])]
}

/** Beside the name of a provider. */
export function faceOf(
  providerId: string,
  profile: StoredProfile | undefined,
): Omit<Profile, 'rev' | 'formerLinks'> {
  const { rev: _, formerLinks: __, portrait, ...said } = profile ?? { rev: 0 }
  return {
    ...said,
    ...(portrait !== undefined && { picture: `/v1/providers/${providerId}/picture?v=${portrait}` }),
  }
}
