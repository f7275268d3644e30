/** Loads a copy while it is made, from a database that nobody writes to: a write that is heard ends it. */
import type { mongo } from 'mongoose'
import type { Change } from './change.js'
import type { CopySink } from './copy-database.js'
import { CopyFailed } from './copy-failed.js'
import { ChangeLoader, DocumentLoader } from './load-database.js'

/** What the database itself removes when its time is over (sessions, links): no server is needed for that. */
const MOST_DELETES = 100_000

export class MovingSink implements CopySink {
  readonly #documents: DocumentLoader
  readonly #changes: ChangeLoader
  #collection = ''
  #heard: Change[] = []

  constructor(db: mongo.Db) {
    this.#documents = new DocumentLoader(db)
    this.#changes = new ChangeLoader(db)
  }

  collection(name: string): void {
    this.#collection = name
  }

  async documents(raw: Uint8Array[]): Promise<void> {
    for (const one of raw) await this.#documents.add(this.#collection, one)
  }

  change(change: Change): void {
    if (change.kind !== 'delete' || this.#heard.length >= MOST_DELETES)
      throw new CopyFailed(
        `It is being written to (${change.collection}): stop every server that uses it, and start this again.`,
      )
    this.#heard.push(change)
  }

  async finish(): Promise<void> {
    await this.#documents.flush()
    for (const change of this.#heard) await this.#changes.add(change)
    await this.#changes.flush()
  }
}
