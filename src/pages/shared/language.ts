/**
 * The language of the page: of the account that is signed in, else what was picked in this browser, else the first of
 * ours that the browser asks for.
 */
import { computed, signal } from '@preact/signals'
import {
  DEFAULT_LANGUAGE,
  directionOf,
  firstKnown,
  isLanguage,
  type Language,
  languages,
} from '../../domain/languages.js'
import type { Me } from '../../schemas/accounts.js'
import type { Refused } from './api.js'
import { Choice } from './choice.js'
import { account, accountChanged, askSigned } from './session.js'

const picked = new Choice('slotcast.language', languages)

/** What the page is to be in. */
export const wantedLanguage = computed<Language>(() => {
  // What an earlier version of the page has remembered of an account has no language.
  const own: string | undefined = account.value?.language
  if (own !== undefined && isLanguage(own)) return own
  return picked.value ?? firstKnown(navigator.languages)
})

/** What it is in: follows what is wanted as soon as the texts are there, which sets it (`showPage`). */
export const language = signal<Language>(DEFAULT_LANGUAGE)

export function isRightToLeft(): boolean {
  return directionOf(language.value) === 'rtl'
}

/** For this browser, and for the account that is signed in, which has it everywhere. */
export async function pickLanguage(chosen: Language): Promise<Refused | null> {
  picked.choose(chosen)
  const before = account.value
  if (before === null || before.language === chosen) return null
  accountChanged({ ...before, language: chosen })
  const answer = await askSigned<Me>('/v1/me', { method: 'PATCH', body: { language: chosen } })
  if (answer.ok) return null
  if (account.value?.id === before.id) accountChanged({ ...account.value, language: before.language })
  return answer.problem
}
