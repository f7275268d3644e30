/**
 * Seals a stream of bytes in chunks: four bytes of length, AES-256-GCM, a tag of 16. The nonce is the number of the chunk
 * and whether it is the last one, under a key that is used for this file alone: a chunk that was altered, left out, put
 * elsewhere or taken from another file does not open, and a file that ends early has no last chunk.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { BackupKeys, ReadBytes } from './backup-header.js'
import { CopyFailed } from './copy-failed.js'

const CIPHER = 'aes-256-gcm'
const CHUNK_BYTES = 64 * 1024
const TAG_BYTES = 16
const LENGTH_BYTES = 4

export async function* sealedChunks(
  plain: AsyncIterable<Uint8Array>,
  keys: BackupKeys,
): AsyncGenerator<Buffer> {
  let number = 0
  let waiting: Buffer[] = []
  let size = 0
  for await (const part of plain) {
    for (let from = 0; from < part.length; ) {
      // A full one is sealed when more comes: the last one is not known before the end.
      if (size === CHUNK_BYTES) {
        yield sealed(Buffer.concat(waiting), number++, false, keys)
        waiting = []
        size = 0
      }
      const taken = Buffer.from(part.subarray(from, from + CHUNK_BYTES - size))
      waiting.push(taken)
      size += taken.length
      from += taken.length
    }
  }
  yield sealed(Buffer.concat(waiting), number, true, keys)
}

/** The bytes again, each chunk after it was found to be genuine. */
export async function* openedChunks(read: ReadBytes, keys: BackupKeys): AsyncGenerator<Buffer> {
  for (let number = 0; ; number++) {
    const head = await read(LENGTH_BYTES)
    const length = head.length === LENGTH_BYTES ? head.readUInt32BE() : null
    if (length === null) throw cutOff()
    if (length > CHUNK_BYTES) throw damaged(number)
    const body = await read(length + TAG_BYTES)
    if (body.length < length + TAG_BYTES) throw cutOff()
    const plain = opened(body, number, false, keys)
    if (plain !== null) {
      yield plain
      continue
    }
    const last = opened(body, number, true, keys)
    if (last === null) throw damaged(number)
    if ((await read(1)).length > 0) throw new CopyFailed('This backup goes on after its end: it was altered.')
    yield last
    return
  }
}

function sealed(plain: Buffer, number: number, isLast: boolean, { chunks, binding }: BackupKeys): Buffer {
  const cipher = createCipheriv(CIPHER, chunks, nonce(number, isLast), { authTagLength: TAG_BYTES })
  cipher.setAAD(binding)
  const head = Buffer.alloc(LENGTH_BYTES)
  head.writeUInt32BE(plain.length)
  return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function opened(
  body: Buffer,
  number: number,
  isLast: boolean,
  { chunks, binding }: BackupKeys,
): Buffer | null {
  const decipher = createDecipheriv(CIPHER, chunks, nonce(number, isLast), { authTagLength: TAG_BYTES })
  decipher.setAAD(binding)
  decipher.setAuthTag(body.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()])
  } catch {
    return null
  }
}

function nonce(number: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt8(isLast ? 1 : 0, 0)
  bytes.writeBigUInt64BE(BigInt(number), 4)
  return bytes
}

function cutOff(): CopyFailed {
  return new CopyFailed('This backup is cut off: its end is missing.')
}

function damaged(number: number): CopyFailed {
  return new CopyFailed(
    `This backup is damaged: chunk ${number + 1} was altered, or is not in its place (some ${number * 64} KB in).`,
  )
}
