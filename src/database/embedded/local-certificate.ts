/**
 * A certificate for both ends of one short connection on 127.0.0.1, and the authority that signed it and is forgotten.
 * node:crypto reads certificates and writes none; this writes the few fields of X.509 (RFC 5280) that are needed.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface LocalCertificate {
  authority: string
  certificate: string
  key: string
}

interface Subject {
  name: string
  issuer: string
  publicKey: KeyObject
  signer: KeyObject
  extensions: Buffer[]
}

const DAY_MS = 86_400_000
const TRUE = Buffer.from([0xff])

export function localCertificate(): LocalCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = { issuer: 'slotcast first start', signer: authority.privateKey }
  const basicConstraints = extension('551d13', sequence(der(0x01, TRUE)))
  const subjectAltName = extension('551d11', sequence(der(0x87, Buffer.from([127, 0, 0, 1]))))
  return {
    authority: signed({
      ...issuer,
      name: issuer.issuer,
      publicKey: authority.publicKey,
      extensions: [basicConstraints],
    }),
    certificate: signed({
      ...issuer,
      name: '127.0.0.1',
      publicKey: own.publicKey,
      extensions: [subjectAltName],
    }),
    key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function signed({ name, issuer, publicKey, signer, extensions }: Subject): string {
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
  const version3 = der(0xa0, der(0x02, Buffer.from([2])))
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]))
  // A day to both sides: the engine and this program may read different clocks.
  const validity = sequence(time(Date.now() - DAY_MS), time(Date.now() + DAY_MS))
  const body = sequence(
    version3,
    serial,
    ecdsaWithSha256,
    commonName(issuer),
    validity,
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, signer))
  const text = sequence(body, ecdsaWithSha256, signature).toString('base64')
  const lines = text.match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function commonName(text: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(text)))))
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return der(0x18, Buffer.from(digits))
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), der(0x01, TRUE), der(0x04, value))
}
