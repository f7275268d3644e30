/** The days that differ from the weekly hours: closed, or with other hours. */
import { signal } from '@preact/signals'
import type {
  Imported,
  ImportPreview,
  NewException,
  Preview,
  ScheduleException,
  SetException,
} from '../../schemas/schedule.js'
import type { Answer, Refused } from '../shared/api.js'
import { askSigned } from '../shared/session.js'
import { Previewer, SLOW_MS } from './previewer.js'

export class ExceptionDays {
  /** By their first day; null until they have come. */
  readonly items = signal<readonly ScheduleException[] | null>(null)
  /** Why they have not come. */
  readonly problem = signal<Refused | null>(null)
  /** Of the form for other hours. */
  readonly previewer: Previewer<Preview>
  readonly #path: string
  /** Has what follows from these days be read again. */
  readonly #onChange: () => Promise<void>

  constructor(providerId: string, onChange: () => Promise<void>) {
    this.#path = `/v1/providers/${encodeURIComponent(providerId)}/exceptions`
    this.#onChange = onChange
    this.previewer = new Previewer('POST', this.#path)
  }

  async load(): Promise<void> {
    const answer = await askSigned<{ items: ScheduleException[] }>(this.#path)
    if (answer.ok) this.items.value = answer.data.items
    this.problem.value = answer.ok ? null : answer.problem
  }

  async changed(): Promise<void> {
    await Promise.all([this.load(), this.#onChange()])
  }

  async add(exception: NewException): Promise<Answer<SetException>> {
    const answer = await askSigned<SetException>(this.#path, {
      method: 'POST',
      body: exception,
      timeoutMs: SLOW_MS,
    })
    if (answer.ok) await this.changed()
    return answer
  }

  async remove(id: string): Promise<Refused | null> {
    const answer = await askSigned(`${this.#path}/${encodeURIComponent(id)}`, {
      method: 'DELETE',
      timeoutMs: SLOW_MS,
    })
    if (answer.ok) await this.changed()
    return answer.ok ? null : answer.problem
  }

  /** What a calendar file would close. */
  previewFile(ics: string): Promise<Answer<ImportPreview>> {
    return askSigned(`${this.#path}/import?preview=true`, {
      method: 'POST',
      body: { ics },
      timeoutMs: SLOW_MS,
    })
  }

  async importFile(ics: string): Promise<Answer<Imported>> {
    const answer = await askSigned<Imported>(`${this.#path}/import`, {
      method: 'POST',
      body: { ics },
      timeoutMs: SLOW_MS,
    })
    if (answer.ok) await this.changed()
    return answer
  }
}
