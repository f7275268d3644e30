/** What a change would do, asked for while somebody edits it: once the typing pauses, and only the last answer counts. */
import { signal } from '@preact/signals'
import type { Refused } from '../shared/api.js'
import { askSigned } from '../shared/session.js'

const PAUSE_MS = 350
/** Of a long horizon with many slots. */
export const SLOW_MS = 120_000

export class Previewer<Preview> {
  /** Null while nothing is asked, and while what is edited has moved on from the last answer. */
  readonly preview = signal<Preview | null>(null)
  readonly problem = signal<Refused | null>(null)
  readonly isAsking = signal(false)
  readonly #path: string
  readonly #method: 'POST' | 'PUT'
  /** Runs while the typing may go on. */
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Counts what was asked; an answer to anything but the last is dropped. */
  #round = 0

  constructor(method: 'POST' | 'PUT', path: string) {
    this.#method = method
    this.#path = `${path}?preview=true`
  }

  /** Asks for this change soon; null asks for nothing. */
  look(body: object | null, pauseMs = PAUSE_MS): void {
    const round = ++this.#round
    clearTimeout(this.#timer)
    this.problem.value = null
    this.isAsking.value = body !== null
    if (body === null) {
      this.preview.value = null
      return
    }
    this.#timer = setTimeout(() => void this.#ask(body, round), pauseMs)
  }

  async #ask(body: object, round: number): Promise<void> {
    const answer = await askSigned<Preview>(this.#path, { method: this.#method, body, timeoutMs: SLOW_MS })
    if (round !== this.#round) return
    this.isAsking.value = false
    this.preview.value = answer.ok ? answer.data : null
    this.problem.value = answer.ok ? null : answer.problem
  }
}
