/**
 * Which FIELD_KEY the personal data of a copy is sealed with. The copy holds no key: loaded where another one is set, it would
 * be a calendar in which nobody can sign in, and that is better known before.
 */
import { kidOf } from '../encryption/field-cipher.js'
import { readBson } from './bson.js'
import { CopyFailed } from './copy-failed.js'

/** `1.<kid>.…`, see `field-cipher`. */
const SEALED = /^1\.([0-9a-f]{8})\./

export class FieldKeys {
  readonly #kids = new Set<string>()

  get kids(): string[] {
    return [...this.#kids].sort()
  }

  /** Of any document of the copy. */
  see(collection: string, raw: Uint8Array): void {
    if (collection !== 'accounts') return
    const { email } = readBson(raw)
    const kid = typeof email === 'string' ? SEALED.exec(email)?.[1] : undefined
    if (kid !== undefined) this.#kids.add(kid)
  }

  /** Throws where one of the keys is missing that the copy needs. */
  check(known: string[], advice: string): void {
    const kids = known.map(kidOf)
    const missing = this.kids.filter((kid) => !kids.includes(kid))
    if (missing.length === 0) return
    const has = kids.length === 0 ? 'there is none' : `there is ${kids.join(' and ')}`
    throw new CopyFailed(
      `The personal data is sealed with the FIELD_KEY of id ${missing.join(' and ')}, and ${has}: ${advice}.`,
    )
  }
}
