/** Small pictures, and what else could be in their files. */
import { crc32, deflateSync } from 'node:zlib'

const PNG_START = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

export function pngPart(name: string, content: Buffer | string): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), Buffer.from(content)])
  const part = Buffer.alloc(named.length + 8)
  part.writeUInt32BE(named.length - 4)
  named.copy(part, 4)
  part.writeUInt32BE(crc32(named), named.length + 4)
  return part
}

interface PngOptions {
  width?: number
  height?: number
  /** Between the header and the pixels. */
  parts?: Buffer[]
  /** In place of those that fit the size. */
  pixels?: Buffer
}

/** Lines of pixels, each behind its filter, which is none. */
export function grey(width: number, height: number): Buffer {
  return Buffer.concat(
    Array.from({ length: height }, () => Buffer.concat([Buffer.alloc(1), Buffer.alloc(width, 0x60)])),
  )
}

/** Of one grey; its header is what is said, also where the pixels are not. */
export function png({ width = 4, height = 3, parts = [], pixels }: PngOptions = {}): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // 8 bits, grey.
  header.writeUInt8(8, 8)
  return Buffer.concat([
    PNG_START,
    pngPart('IHDR', header),
    ...parts,
    pngPart('IDAT', deflateSync(pixels ?? grey(width, height))),
    pngPart('IEND', ''),
  ])
}

/** 4 x 3, by Chromium, without what it adds. */
const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAADAAQDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAgP/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCQBJv/2Q==',
  'base64',
)

export function jpegPart(marker: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content)
  const start = Buffer.from([0xff, marker, 0, 0])
  start.writeUInt16BE(bytes.length + 2, 2)
  return Buffer.concat([start, bytes])
}

export function jpeg(parts: Buffer[] = []): Buffer {
  return Buffer.concat([JPEG.subarray(0, 20), ...parts, JPEG.subarray(20)])
}

const LOSSY = Buffer.from('cAEAnQEqBAADAAdAliWgAnQBQAAA/uX5lFFH/r1S25WwAA==', 'base64')
const LOSSLESS = Buffer.from('LwOAABAPMGSzMHDzH/BQCCAAigSaiP4HDAA=', 'base64').subarray(0, 25)

export function webpPart(name: string, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content)
  const start = Buffer.alloc(8)
  start.write(name, 'latin1')
  start.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([start, bytes, Buffer.alloc(bytes.length % 2)])
}

export function webpFile(parts: Buffer[]): Buffer {
  return webpPart('RIFF', Buffer.concat([Buffer.from('WEBP', 'latin1'), ...parts]))
}

export function webpHeader({ flags = 0, width = 4, height = 3 } = {}): Buffer {
  const content = Buffer.alloc(10)
  content.writeUInt8(flags)
  content.writeUIntLE(width - 1, 4, 3)
  content.writeUIntLE(height - 1, 7, 3)
  return webpPart('VP8X', content)
}

export const lossy = webpPart('VP8 ', LOSSY)
export const lossless = webpPart('VP8L', LOSSLESS)
