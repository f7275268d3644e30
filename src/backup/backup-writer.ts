/**
 * Writes a backup: records, compressed, sealed, into a file beside the wanted one, which gets its name when all of it is on the
 * disk. The wanted name is never taken from a file that has it.
 * However it ends, `finish` or `abandon` is called last, and the file beside is gone afterwards.
 */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createDeflate, type Deflate } from 'node:zlib'
import { syncFolder } from '../database/embedded/whole-file.js'
import { type BackupHeader, makeHeader } from './backup-header.js'
import { writeBson } from './bson.js'
import type { Change } from './change.js'
import type { Copied, CopySink } from './copy-database.js'
import { CopyFailed } from './copy-failed.js'
import { endBytes, KIND, recordBytes } from './records.js'
import { sealedChunks } from './sealed-chunks.js'

export interface BackupWriterOptions {
  file: string
  about: Pick<BackupHeader, 'schema' | 'engine' | 'database' | 'at'>
  secret: string
}

/** So much goes to the compression at once: each write to it costs a turn of a thread. */
const TOGETHER_BYTES = 128 * 1024
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'])

export class BackupWriter implements CopySink {
  readonly #file: string
  readonly #aside: string
  readonly #handle: FileHandle
  readonly #deflate: Deflate
  /** Settles when all that was given is written; rejects when it cannot be, on a full disk perhaps. */
  readonly #written: Promise<void>
  #waiting: Uint8Array[] = []
  #waitingBytes = 0

  private constructor(
    file: string,
    aside: string,
    handle: FileHandle,
    header: ReturnType<typeof makeHeader>,
  ) {
    this.#file = file
    this.#aside = aside
    this.#handle = handle
    this.#deflate = createDeflate()
    this.#written = pipeline(
      this.#deflate,
      (plain: AsyncIterable<Uint8Array>) => sealedChunks(plain, header.keys),
      async (chunks: AsyncIterable<Buffer>) => {
        await writeAll(handle, header.bytes)
        for await (const chunk of chunks) await writeAll(handle, chunk)
      },
    )
    // Whoever writes next hears it.
    this.#written.catch(() => {})
  }

  static async create({ file, about, secret }: BackupWriterOptions): Promise<BackupWriter> {
    if (existsSync(file)) throw isThere(file)
    const aside = `${file}.${process.pid}.part`
    const handle = await open(aside, 'wx', 0o600)
    return new BackupWriter(file, aside, handle, makeHeader(about, secret))
  }

  collection(name: string): void | Promise<void> {
    return this.#add(KIND.collection, writeBson({ name }))
  }

  async documents(raw: Uint8Array[]): Promise<void> {
    for (const one of raw) {
      // Awaited only where it has to be: most documents go into memory.
      const full = this.#add(KIND.document, one)
      if (full) await full
    }
  }

  change(change: Change): void | Promise<void> {
    return this.#add(KIND.change, writeBson({ ...change }))
  }

  /** On the disk, under its name, when it resolves. */
  async finish(copied: Copied): Promise<void> {
    await this.#add(KIND.end, endBytes(copied))
    await this.#flush()
    this.#deflate.end()
    await this.#written
    await this.#handle.sync()
    await this.#handle.close()
    await giveName(this.#aside, this.#file)
    syncFolder(dirname(this.#file))
  }

  async abandon(): Promise<void> {
    this.#deflate.destroy()
    await this.#written.catch(() => {})
    await this.#handle.close().catch(() => {})
    await rm(this.#aside, { force: true })
  }

  #add(kind: number, bson: Uint8Array): void | Promise<void> {
    this.#waiting.push(...recordBytes(kind, bson))
    this.#waitingBytes += 1 + bson.length
    if (this.#waitingBytes >= TOGETHER_BYTES) return this.#flush()
  }

  async #flush(): Promise<void> {
    const together = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    if (this.#deflate.destroyed) return this.#written
    if (!this.#deflate.write(together)) await Promise.race([once(this.#deflate, 'drain'), this.#written])
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length; ) from += (await handle.write(bytes, from)).bytesWritten
}

/** A link fails where a rename would replace a file. */
async function giveName(aside: string, file: string): Promise<void> {
  try {
    await link(aside, file)
    await rm(aside)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EEXIST' || existsSync(file)) throw isThere(file)
    if (!NO_LINKS.has(code)) throw error
    // A file system without links: nobody else writes this name, as far as was seen a moment ago.
    await rename(aside, file)
  }
}

function isThere(file: string): CopyFailed {
  return new CopyFailed(`${file} is there already; a backup never replaces a file.`)
}
