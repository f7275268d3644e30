/** What a provider's public page says, as it was saved and as it is being written. */
import { computed, signal } from '@preact/signals'
import type { Profile } from '../../schemas/profiles.js'
import { say } from '../shared/announce.jsx'
import type { Answer, Ask, Refused } from '../shared/api.js'
import { askSigned } from '../shared/session.js'
import { shrunk } from './shrink.js'
import { text } from './text.js'

export const fields = ['title', 'place', 'address', 'phone', 'text', 'link'] as const
export type Field = (typeof fields)[number]
export type Draft = Record<Field, string>

export class ProfileEditor {
  readonly #path: string
  /** As the server last said it; null until it has. */
  readonly saved = signal<Profile | null>(null)
  readonly draft = signal<Draft | null>(null)
  readonly problem = signal<Refused | null>(null)
  /** Of the picture, which is sent by itself. */
  readonly pictureProblem = signal<Refused | null>(null)
  /** What is under way. */
  readonly busy = signal<'save' | 'picture' | null>(null)
  /** Fields that were written here, and changed elsewhere meanwhile. */
  readonly clashes = signal<readonly Field[]>([])
  readonly justSaved = signal(false)

  readonly changed = computed(() => {
    const [draft, saved] = [this.draft.value, this.saved.value]
    return draft === null || saved === null
      ? []
      : fields.filter((field) => kept(field, draft, saved) !== saved[field])
  })

  constructor(accountId: string) {
    this.#path = `/v1/providers/${encodeURIComponent(accountId)}`
  }

  async load(): Promise<void> {
    this.problem.value = null
    const answer = await this.#ask({})
    if (answer.ok) this.#take(answer.data)
    else this.problem.value = answer.problem
  }

  write(field: Field, value: string): void {
    if (this.draft.value === null) return
    this.justSaved.value = false
    this.draft.value = { ...this.draft.value, [field]: value }
  }

  async save(): Promise<boolean> {
    const [draft, saved] = [this.draft.value, this.saved.value]
    if (draft === null || saved === null || this.busy.value !== null) return false
    const changed = this.changed.value
    if (changed.length === 0) return true
    this.busy.value = 'save'
    this.problem.value = null
    const body = Object.fromEntries(changed.map((field) => [field, kept(field, draft, saved) ?? null]))
    const answer = await this.#ask({ method: 'PATCH', body, rev: saved.rev })
    this.busy.value = null
    if (answer.ok) {
      this.clashes.value = []
      this.#take(answer.data, draft)
      this.justSaved.value = true
      say(text.value.saved)
      return true
    }
    if (answer.problem.code === 'precondition_failed') await this.#seeOthers()
    else this.problem.value = answer.problem
    return false
  }

  /** What is written here is given up for what was saved elsewhere. */
  takeTheirs(): void {
    this.clashes.value = []
    if (this.saved.value !== null) this.draft.value = draftOf(this.saved.value)
  }

  async setPicture(file: Blob): Promise<void> {
    if (this.busy.value !== null) return
    this.busy.value = 'picture'
    const picture = await shrunk(file)
    const answer: Answer<Profile> =
      picture === null
        ? { ok: false, problem: { code: 'invalid_picture' } }
        : await askSigned<Profile>(`${this.#path}/picture`, { method: 'PUT', body: picture })
    this.busy.value = null
    this.pictureProblem.value = answer.ok ? null : answer.problem
    if (!answer.ok) return
    this.#mind(answer.data)
    say(text.value.picture.isShown)
  }

  async removePicture(): Promise<void> {
    if (this.busy.value !== null) return
    this.busy.value = 'picture'
    const answer = await askSigned(`${this.#path}/picture`, { method: 'DELETE' })
    const after = answer.ok ? await this.#ask({}) : answer
    this.busy.value = null
    this.pictureProblem.value = after.ok ? null : after.problem
    if (!after.ok) return
    this.#mind(after.data as Profile)
    say(text.value.picture.isGone)
  }

  #ask(options: Ask): Promise<Answer<Profile>> {
    return askSigned<Profile>(`${this.#path}/profile`, options)
  }

  /** After a save, what was written meanwhile stays. */
  #take(profile: Profile, sent?: Draft): void {
    const draft = this.draft.value
    const next = draftOf(profile)
    if (draft !== null && sent !== undefined)
      for (const field of fields) if (draft[field] !== sent[field]) next[field] = draft[field]
    this.saved.value = profile
    this.draft.value = next
  }

  /** A change of the picture is one; what else is another was changed elsewhere. */
  #mind(profile: Profile): void {
    const [draft, before] = [this.draft.value, this.saved.value]
    if (draft === null || before === null) {
      this.#take(profile)
      return
    }
    const written = this.changed.value
    const others = fields.filter((field) => profile[field] !== before[field])
    const next = draftOf(profile)
    for (const field of written) next[field] = draft[field]
    this.saved.value = profile
    this.draft.value = next
    this.clashes.value = written.filter((field) => others.includes(field))
  }

  async #seeOthers(): Promise<void> {
    const answer = await this.#ask({})
    if (!answer.ok) {
      this.problem.value = answer.problem
      return
    }
    this.#mind(answer.data)
    this.problem.value = { code: 'precondition_failed' }
  }
}

function draftOf(profile: Profile): Draft {
  return Object.fromEntries(fields.map((field) => [field, profile[field] ?? ''])) as Draft
}

/** As it would be kept: nothing where there is nothing, but a link as it is, because there is always one. */
function kept(field: Field, draft: Draft, saved: Profile): string | undefined {
  const written = field === 'link' ? asLink(draft.link) : draft[field].trim()
  if (written !== '') return written
  return field === 'link' ? saved.link : undefined
}

/** As far as it is clear what is meant. */
export function asLink(written: string): string {
  return written
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
}
