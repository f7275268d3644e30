/** Reads a backup from its file, from the beginning each time. Nothing is handed on that was not found to be genuine. */
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflate } from 'node:zlib'
import {
  type BackupHeader,
  type OpenedHeader,
  openKeys,
  type ReadBytes,
  readHeader,
} from './backup-header.js'
import type { Copied } from './copy-database.js'
import { CopyFailed } from './copy-failed.js'
import { type BackupRecord, recordsIn } from './records.js'
import { openedChunks } from './sealed-chunks.js'

const BUFFERED_BYTES = 256 * 1024

export class BackupReader {
  readonly #file: string
  readonly #secret: string

  constructor(file: string, secret: string) {
    this.#file = file
    this.#secret = secret
  }

  async header(): Promise<BackupHeader> {
    return this.#opened(async (read) => (await readHeader(read)).header)
  }

  /** Reads all of it. Whoever changes anything because of a backup does this first. */
  async verify(onDocument?: (collection: string, raw: Uint8Array) => void): Promise<Copied> {
    let copied: Copied | undefined
    let collection = ''
    for await (const record of this.records()) {
      if (record.kind === 'collection') collection = record.name
      if (record.kind === 'document') onDocument?.(collection, record.raw)
      if (record.kind === 'end') copied = record.copied
    }
    if (!copied) throw new CopyFailed('This backup is cut off: its end is missing.')
    return copied
  }

  async *records(): AsyncGenerator<BackupRecord> {
    const handle = await this.#open()
    try {
      const read = readerOf(handle)
      const opened: OpenedHeader = await readHeader(read)
      const chunks = openedChunks(read, openKeys(opened, this.#secret))
      const inflate = createInflate()
      const inflated = pipeline(Readable.from(chunks, { objectMode: true }), inflate)
      // What goes wrong in it is thrown by whoever reads from it.
      inflated.catch(() => {})
      yield* recordsIn(inflate)
      await inflated
    } finally {
      await handle.close()
    }
  }

  async #opened<T>(work: (read: ReadBytes) => Promise<T>): Promise<T> {
    const handle = await this.#open()
    try {
      return await work(readerOf(handle))
    } finally {
      await handle.close()
    }
  }

  async #open(): Promise<FileHandle> {
    try {
      return await open(this.#file, 'r')
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      throw new CopyFailed(`${this.#file} cannot be read (${code}).`)
    }
  }
}

function readerOf(handle: FileHandle): ReadBytes {
  let buffered = Buffer.alloc(0)
  return async (count) => {
    while (buffered.length < count) {
      const more = Buffer.alloc(Math.max(BUFFERED_BYTES, count))
      const { bytesRead } = await handle.read(more, 0, more.length)
      if (bytesRead === 0) break
      buffered = Buffer.concat([buffered, more.subarray(0, bytesRead)])
    }
    const taken = buffered.subarray(0, count)
    buffered = buffered.subarray(taken.length)
    return taken
  }
}
