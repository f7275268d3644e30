/**
 * Which bytes are a picture that is shown: PNG, JPEG or WebP by what they are, not by what they are called, that does not
 * move and has at most 512 x 512. What leaves here is only what is needed to draw it: parts that say where, when and with
 * what it was taken (EXIF, XMP, text), embedded previews, colour profiles and anything behind the end are left out.
 *
 * It reads the structure of a file and decompresses the pixels of a PNG within a bound, which is enough to refuse what is
 * cut off or is something else in disguise. The pixels of JPEG and WebP are left to the browsers.
 */
import { inflateSync } from 'node:zlib'

export interface PortraitFile {
  type: 'image/png' | 'image/jpeg' | 'image/webp'
  width: number
  height: number
  bytes: Buffer
}

export const MOST_PIXELS = 512

interface Size {
  width: number
  height: number
}

/** Null where the bytes are none. */
export function readPortrait(bytes: Buffer): PortraitFile | null {
  try {
    const read = readPng(bytes) ?? readJpeg(bytes) ?? readWebp(bytes)
    return read !== null && isSmall(read) ? read : null
  } catch (error) {
    // A number of bytes that are not there was read, or pixels that do not decompress.
    if (error instanceof RangeError || isOfZlib(error)) return null
    throw error
  }
}

function isSmall({ width, height }: Size): boolean {
  return width > 0 && height > 0 && width <= MOST_PIXELS && height <= MOST_PIXELS
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

const PNG_START = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
/** Needed to draw it as it is meant. */
const PNG_PARTS = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB'])
/** What is longer carries something else. */
const PNG_LENGTHS: Record<string, number> = { gAMA: 4, cHRM: 32, sRGB: 1 }
/** Of animated ones. */
const PNG_MOVES = new Set(['acTL', 'fcTL', 'fdAT'])
const PNG_CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const PNG_DEPTHS: Record<number, number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}
const MOST_FILTER = 4
/** Length, name and check sum of a part. */
const PNG_AROUND = 12

function readPng(bytes: Buffer): PortraitFile | null {
  if (!bytes.subarray(0, PNG_START.length).equals(PNG_START)) return null
  const kept: Buffer[] = [PNG_START]
  const pixels: Buffer[] = []
  let header: Buffer | undefined
  for (let at = PNG_START.length; ; ) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    const end = at + PNG_AROUND + length
    if (end > bytes.length || PNG_MOVES.has(name)) return null
    const content = bytes.subarray(at + 8, end - 4)
    // The header is the first, and there is one.
    if ((name === 'IHDR') !== (header === undefined)) return null
    header ??= content
    if (name === 'IDAT') pixels.push(content)
    if (PNG_PARTS.has(name) && length === (PNG_LENGTHS[name] ?? length)) kept.push(bytes.subarray(at, end))
    if (name === 'IEND') break
    at = end
  }
  const size = { width: header.readUInt32BE(0), height: header.readUInt32BE(4) }
  if (header.length !== 13 || !isSmall(size) || !areWhole(pixels, header, size)) return null
  return { type: 'image/png', ...size, bytes: Buffer.concat(kept) }
}

/**
 * Whether as many lines of pixels come out as the header says, each with a filter that there is; of interlaced ones, whose
 * lines are those of seven passes, whether there is enough.
 */
function areWhole(pixels: Buffer[], header: Buffer, { width, height }: Size): boolean {
  const [depth, colours] = [header.readUInt8(8), header.readUInt8(9)]
  const channels = PNG_CHANNELS[colours]
  if (channels === undefined || PNG_DEPTHS[colours]?.includes(depth) !== true) return false
  const line = 1 + Math.ceil((width * channels * depth) / 8)
  const lines = inflateSync(Buffer.concat(pixels), { maxOutputLength: 2 * (line + 1) * height })
  if (header.readUInt8(12) !== 0) return lines.length >= (line - 1) * height
  if (lines.length !== line * height) return false
  for (let at = 0; at < lines.length; at += line) if (lines.readUInt8(at) > MOST_FILTER) return false
  return true
}

const JPEG_END = 0xd9
const JPEG_SCAN = 0xda

function readJpeg(bytes: Buffer): PortraitFile | null {
  if (bytes.readUInt16BE(0) !== 0xffd8) return null
  const kept: Buffer[] = [bytes.subarray(0, 2)]
  let size: Size | undefined
  let hasScan = false
  for (let at = 2; ; ) {
    if (bytes.readUInt8(at) !== 0xff) return null
    const marker = bytes.readUInt8(at + 1)
    // Markers may be padded.
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === JPEG_END) {
      kept.push(bytes.subarray(at, at + 2))
      break
    }
    // A marker that stands alone, or a second beginning, has no place here.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8)) return null
    const contentEnd = at + 2 + bytes.readUInt16BE(at + 2)
    const content = bytes.subarray(at + 4, contentEnd)
    if (contentEnd > bytes.length || contentEnd < at + 4) return null
    if (isFrame(marker)) {
      if (size) return null
      size = { height: content.readUInt16BE(1), width: content.readUInt16BE(3) }
    }
    const end = marker === JPEG_SCAN ? endOfScan(bytes, contentEnd) : contentEnd
    if (marker === JPEG_SCAN) hasScan = true
    if (isNeeded(marker, content)) kept.push(bytes.subarray(at, end))
    at = end
  }
  return size && hasScan ? { type: 'image/jpeg', ...size, bytes: Buffer.concat(kept) } : null
}

/** Where a frame and so the size is; the others of this row are tables. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

/** Application parts and comments are not, save the two that say how colours are meant. */
function isNeeded(marker: number, content: Buffer): boolean {
  if (marker === 0xe0) return content.length === 14 && content.toString('latin1', 0, 5) === 'JFIF\0'
  if (marker === 0xee) return content.length === 12 && content.toString('latin1', 0, 5) === 'Adobe'
  return marker < 0xe0
}

/** Behind the pixels: the next marker that is not one of those within them. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = from; ; at++) {
    if (bytes.readUInt8(at) !== 0xff) continue
    const next = bytes.readUInt8(at + 1)
    const isWithin = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7)
    if (!isWithin) return at
  }
}

const WEBP_PARTS = new Set(['VP8X', 'ALPH', 'VP8 ', 'VP8L'])
const WEBP_MOVES = new Set(['ANIM', 'ANMF'])
const WEBP_ANIMATED = 0x02
/** Colour profile, EXIF and XMP, which are left out. */
const WEBP_EXTRAS = 0x20 | 0x08 | 0x04

function readWebp(bytes: Buffer): PortraitFile | null {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return null
  const whole = 8 + bytes.readUInt32LE(4)
  if (whole > bytes.length) return null
  const kept: Buffer[] = []
  let canvas: Size | undefined
  let size: Size | undefined
  for (let at = 12; at < whole; ) {
    const name = bytes.toString('latin1', at, at + 4)
    const length = bytes.readUInt32LE(at + 4)
    const content = bytes.subarray(at + 8, at + 8 + length)
    const end = at + 8 + length + (length % 2)
    if (end > whole || WEBP_MOVES.has(name)) return null
    if (name === 'VP8X') {
      if (canvas || size || (content.readUInt8(0) & WEBP_ANIMATED) !== 0) return null
      canvas = { width: 1 + content.readUIntLE(4, 3), height: 1 + content.readUIntLE(7, 3) }
    }
    if (name === 'VP8 ' || name === 'VP8L') {
      if (size) return null
      size = name === 'VP8 ' ? sizeOfLossy(content) : sizeOfLossless(content)
    }
    if (WEBP_PARTS.has(name)) kept.push(withoutExtras(name, bytes.subarray(at, end)))
    at = end
  }
  if (!size || (canvas && (canvas.width !== size.width || canvas.height !== size.height))) return null
  const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...kept])
  const start = Buffer.alloc(8)
  start.write('RIFF', 'latin1')
  start.writeUInt32LE(body.length, 4)
  return { type: 'image/webp', ...size, bytes: Buffer.concat([start, body]) }
}

function sizeOfLossy(content: Buffer): Size | undefined {
  const isKeyFrame = (content.readUInt8(0) & 1) === 0 && content.readUIntBE(3, 3) === 0x9d012a
  if (!isKeyFrame) return undefined
  return { width: content.readUInt16LE(6) & 0x3fff, height: content.readUInt16LE(8) & 0x3fff }
}

function sizeOfLossless(content: Buffer): Size | undefined {
  if (content.readUInt8(0) !== 0x2f) return undefined
  const packed = content.readUInt32LE(1)
  return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) }
}

function withoutExtras(name: string, part: Buffer): Buffer {
  if (name !== 'VP8X') return part
  const copy = Buffer.from(part)
  copy.writeUInt8(copy.readUInt8(8) & ~WEBP_EXTRAS, 8)
  return copy
}
