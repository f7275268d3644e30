/**
 * Mails as files, for trying this server without a mail server: each is written whole, for its owner alone, and the oldest
 * go when there are too many.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport, type SendMailOptions } from 'nodemailer'
import type { Clock } from '../clock.js'
import { type ReadMail, readMail } from './read-mail.js'
import type { MailTransport, SendResult } from './smtp-transport.js'

export interface MailFolderOptions {
  folder: string
  clock: Clock
  mostFiles?: number
  keepMs?: number
}

const MOST_FILES = 200
const KEEP_MS = 7 * 86_400_000
const NAME = /^(\d{13})-[0-9a-f]{16}\.eml$/
const ID_CHARACTERS = 16

export class MailFolder implements MailTransport {
  readonly #folder: string
  readonly #clock: Clock
  readonly #mostFiles: number
  readonly #keepMs: number
  readonly #composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })

  constructor({ folder, clock, mostFiles = MOST_FILES, keepMs = KEEP_MS }: MailFolderOptions) {
    this.#folder = folder
    this.#clock = clock
    this.#mostFiles = mostFiles
    this.#keepMs = keepMs
  }

  async send(mail: SendMailOptions): Promise<SendResult> {
    const { message, messageId } = await this.#composer.sendMail(mail)
    const id = createHash('sha256').update(messageId).digest('hex').slice(0, ID_CHARACTERS)
    const path = join(this.#folder, `${String(this.#clock.now()).padStart(13, '0')}-${id}.eml`)
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFile(`${path}.new`, message, { mode: 0o600 })
    await rename(`${path}.new`, path)
    await this.#prune()
    return { how: 'accepted' }
  }

  /** Names of all, the newest first. */
  async names(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => NAME.test(name)).sort((a, b) => (a < b ? 1 : -1))
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  /** Null for what there is not. */
  async read(name: string): Promise<ReadMail | null> {
    if (!NAME.test(name)) return null
    try {
      return readMail(await readFile(join(this.#folder, name)))
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async close(): Promise<void> {
    this.#composer.close()
  }

  async #prune(): Promise<void> {
    const before = this.#clock.now() - this.#keepMs
    const old = (await this.names()).filter(
      (name, index) => index >= this.#mostFiles || Number(NAME.exec(name)?.[1]) < before,
    )
    await Promise.all(old.map((name) => rm(join(this.#folder, name), { force: true })))
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
