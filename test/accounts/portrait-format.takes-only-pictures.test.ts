import t from 'tap'
import { readPortrait } from '../../src/accounts/portrait-format.js'
import {
  grey,
  jpeg,
  jpegPart,
  lossless,
  lossy,
  png,
  pngPart,
  webpFile,
  webpHeader,
  webpPart,
} from '../helper/portraits.js'

const SECRET = 'taken at 52.5163 N, 13.3777 E'

const good: Record<string, { bytes: Buffer; type: string; size?: [number, number] }> = {
  'a small PNG': { bytes: png(), type: 'image/png' },
  'a PNG as large as may be': {
    bytes: png({ width: 512, height: 512 }),
    type: 'image/png',
    size: [512, 512],
  },
  'a JPEG': { bytes: jpeg(), type: 'image/jpeg' },
  'a WebP, lossy': { bytes: webpFile([lossy]), type: 'image/webp' },
  'a WebP, lossless': { bytes: webpFile([lossless]), type: 'image/webp' },
  'a WebP with a header': { bytes: webpFile([webpHeader({ flags: 0x10 }), lossless]), type: 'image/webp' },
}

t.test('pictures are taken, with their size', (t) => {
  for (const [name, { bytes, type, size: [width, height] = [4, 3] }] of Object.entries(good)) {
    const read = readPortrait(bytes)
    t.match(read, { type, width, height }, name)
    t.same(read?.bytes, bytes, `${name} is left as it is where nothing has to go`)
  }
  t.end()
})

t.test('what else a file says is left out, and the picture stays', (t) => {
  const talking: Record<string, Buffer> = {
    'PNG, text': png({ parts: [pngPart('tEXt', `Comment\0${SECRET}`), pngPart('iTXt', SECRET)] }),
    'PNG, EXIF': png({ parts: [pngPart('eXIf', SECRET)] }),
    'PNG, behind the end': Buffer.concat([png(), Buffer.from(SECRET)]),
    'JPEG, EXIF': jpeg([jpegPart(0xe1, `Exif\0\0${SECRET}`)]),
    'JPEG, XMP and comment': jpeg([
      jpegPart(0xe1, `http://ns.adobe.com/xap/1.0/\0${SECRET}`),
      jpegPart(0xfe, SECRET),
    ]),
    'JPEG, second preview': jpeg([jpegPart(0xe0, `JFXX\0${SECRET}`), jpegPart(0xe2, `MPF\0${SECRET}`)]),
    'JPEG, behind the end': Buffer.concat([jpeg(), Buffer.from(SECRET)]),
    'WebP, EXIF and XMP': webpFile([
      webpHeader({ flags: 0x0c }),
      lossy,
      webpPart('EXIF', SECRET),
      webpPart('XMP ', SECRET),
    ]),
    'WebP, a part nobody knows': webpFile([webpHeader(), webpPart('HIDE', SECRET), lossy]),
    'WebP, behind the end': Buffer.concat([webpFile([lossy]), Buffer.from(SECRET)]),
  }
  for (const [name, bytes] of Object.entries(talking)) {
    t.ok(bytes.includes(SECRET), `${name}, control: it is in the file`)
    const read = readPortrait(bytes)
    t.match(read, { width: 4, height: 3 }, name)
    t.notOk(read?.bytes.includes(SECRET), `${name}: it is gone`)
    t.same(read && readPortrait(read.bytes)?.bytes, read?.bytes, 'and what is left is a picture as it is')
  }
  const flags = readPortrait(talking['WebP, EXIF and XMP'] ?? Buffer.alloc(0))?.bytes.readUInt8(20)
  t.equal(flags, 0, 'the header promises nothing that is not there')
  t.end()
})

t.test('what is no picture, moves, is cut off or too large is refused', (t) => {
  const bad: Record<string, Buffer> = {
    nothing: Buffer.alloc(0),
    'a byte': Buffer.from([0xff]),
    text: Buffer.from('hello'),
    SVG: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    HTML: Buffer.from('<!doctype html><script>alert(1)</script>'),
    GIF: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
    'HTML behind the magic of PNG': Buffer.concat([
      png().subarray(0, 8),
      Buffer.from('<!doctype html><script>alert(1)</script>'.repeat(9)),
    ]),
    'HTML behind the magic of JPEG': Buffer.from(
      '\xff\xd8<!doctype html><script>alert(1)</script>',
      'latin1',
    ),
    'HTML behind the magic of WebP': Buffer.from('RIFF\x30\0\0\0WEBP<script>alert(1)</script>', 'latin1'),
    'a PNG that is too wide': png({ width: 513, height: 1 }),
    'a PNG that is too high': png({ width: 1, height: 513 }),
    'a PNG without a size': png({ width: 0, height: 0 }),
    'a PNG whose header promises a bomb': png({ width: 0x7fffffff, height: 0x7fffffff, pixels: grey(1, 1) }),
    'a PNG whose pixels are a bomb': png({ pixels: Buffer.alloc(64 * 1024 * 1024) }),
    'a PNG with too few pixels': png({ pixels: grey(4, 2) }),
    'a PNG with a filter that there is not': png({ pixels: Buffer.alloc(15, 0x60) }),
    'a PNG of a depth that there is not': replacedAt(png(), 24, 255),
    'a PNG of a depth that its colours do not have': replacedAt(png(), 24, 3),
    'a PNG that moves': png({ parts: [pngPart('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]))] }),
    'a PNG with two headers': png({ parts: [png().subarray(8, 33)] }),
    'a PNG whose pixels do not decompress': Buffer.concat([
      png().subarray(0, 33),
      pngPart('IDAT', 'no pixels'),
      pngPart('IEND', ''),
    ]),
    'a JPEG that is too large': replaced(jpeg(), [0, 3, 0, 4], [2, 1, 0, 4]),
    'a JPEG without a size': replaced(jpeg(), [0, 3, 0, 4], [0, 0, 0, 4]),
    'a JPEG with two frames': jpeg([jpegPart(0xc0, Buffer.from([8, 0, 3, 0, 4, 0]))]),
    'a JPEG with nothing but a header': Buffer.concat([jpeg().subarray(0, 20), Buffer.from([0xff, 0xd9])]),
    'a JPEG whose part has no length': Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0, 0, 0xff, 0xd9]),
    'a WebP that moves': webpFile([webpHeader({ flags: 0x02 }), webpPart('ANIM', Buffer.alloc(6)), lossy]),
    'a WebP whose parts move': webpFile([webpHeader(), webpPart('ANMF', Buffer.alloc(24)), lossy]),
    'a WebP with a header of another size': webpFile([webpHeader({ width: 500 }), lossy]),
    'a WebP that is too large': webpFile([replaced(lossy, [4, 0, 3, 0], [1, 2, 3, 0])]),
    'a WebP without pixels': webpFile([webpHeader()]),
    'a WebP with two pictures': webpFile([lossy, lossy]),
  }
  for (const [name, bytes] of Object.entries(bad)) t.equal(readPortrait(bytes), null, name)
  t.end()
})

t.test('wherever a file is cut, and whatever byte is another, it is refused or still a picture', (t) => {
  for (const [name, { bytes }] of Object.entries(good)) {
    if (bytes.length > 2_000) continue
    for (let length = 0; length < bytes.length; length++)
      if (readPortrait(bytes.subarray(0, length)) !== null) t.fail(`${name} cut to ${length} bytes`)
    let refused = 0
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0x00, 0x7f, 0xff]) {
        const read = readPortrait(replacedAt(bytes, at, value))
        if (read === null) refused++
        else if (read.width > 512 || read.height > 512)
          t.fail(`${name}, byte ${at}: ${read.width} x ${read.height}`)
      }
    }
    t.ok(refused > 0, `${name}: ${refused} of ${bytes.length * 3} were refused`)
  }
  t.end()
})

function replaced(bytes: Buffer, from: number[], to: number[]): Buffer {
  const at = bytes.lastIndexOf(Buffer.from(from))
  if (at < 0) throw new Error('nothing to replace')
  const copy = Buffer.from(bytes)
  copy.set(to, at)
  return copy
}

function replacedAt(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = value
  return copy
}
