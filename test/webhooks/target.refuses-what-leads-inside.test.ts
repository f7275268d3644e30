import t from 'tap'
import { addressIn, isPublic, readTarget } from '../../src/webhooks/target.js'

const STRICT = { allowPrivate: false }

const inside: Record<string, string[]> = {
  'this machine': ['127.0.0.1', '127.255.255.254', '::1', '0.0.0.0', '::'],
  'private networks': [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    'fd00::1',
    'fc00::1',
    'fec0::1',
  ],
  'link-local and metadata services': ['169.254.169.254', '169.254.0.1', 'fe80::1', 'fd00:ec2::254'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255', '100.100.100.200'],
  'multicast and broadcast': ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
  'documentation, tests and reserved': [
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.9',
    '198.18.0.1',
    '240.0.0.1',
    '192.0.0.1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
  ],
  'IPv4 in another form': [
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    '::ffff:0:127.0.0.1',
  ],
  'no address at all': ['', 'localhost', '1.2.3.4.5', '::g'],
}

t.test('addresses that are not one machine of the internet', async (t) => {
  for (const [what, addresses] of Object.entries(inside)) {
    for (const address of addresses) t.notOk(isPublic(address), `${what}: ${address}`)
  }
  for (const address of [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ]) {
    t.ok(isPublic(address), `control: ${address}`)
  }
})

t.test('URLs that name such an address, however it is written', async (t) => {
  const refused = [
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://017700000001/',
    'https://127.1/',
    'https://0/',
    'https://①②⑦.⓪.⓪.①/',
    'https://127.0.0.1./',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[0:0:0:0:0:ffff:7f00:1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[2002:a9fe:a9fe::]/',
    'https://[fe80::1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/latest/meta-data/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://foo.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://metadata.google.internal./',
    'https://intranet/',
    'https://db:27017/',
  ]
  for (const url of refused) {
    t.throws(() => readTarget(url, STRICT), { message: 'must lead to a public address' }, url)
    t.doesNotThrow(() => readTarget(url, { allowPrivate: true }), `for trying: ${url}`)
  }
})

t.test('what else a target must not be', async (t) => {
  const refused: [string, RegExp][] = [
    ['http://example.com/', /https/],
    ['ftp://example.com/', /https/],
    ['file:///etc/passwd', /https/],
    ['gopher://example.com/', /https/],
    ['javascript:alert(1)', /https/],
    ['example.com/hook', /URL/],
    ['https://', /URL/],
    ['https://[fe80::1%25eth0]/', /URL/],
    [`https://example.com/${'x'.repeat(2_000)}`, /2000 characters/],
    ['https://user@example.com/', /user/],
    ['https://user:password@example.com/', /user/],
    ['https://example.com\\@127.0.0.1/#x', /fragment/],
    ['https://example.com/#part', /fragment/],
    ['https://example.com:22/', /port/],
    ['https://example.com:25/', /port/],
    ['https://example.com:80/', /port/],
    ['https://example.com:1023/', /port/],
  ]
  for (const [url, why] of refused) t.throws(() => readTarget(url, STRICT), { message: why }, url)
  for (const url of ['https://user@127.0.0.1/', 'file:///etc/passwd', 'ftp://127.0.0.1/']) {
    t.throws(() => readTarget(url, { allowPrivate: true }), `also for trying: ${url}`)
  }
})

t.test('control: targets that are fine', async (t) => {
  for (const url of [
    'https://example.com/',
    'https://example.com./hook',
    'https://example.com:443/hook?token=x',
    'https://example.com:8443/hook',
    'https://8.8.8.8/hook',
    'https://[2606:4700:4700::1111]:1024/',
    'https://münchen.example/',
  ]) {
    t.equal(readTarget(url, STRICT).protocol, 'https:', url)
  }
  t.equal(addressIn(new URL('https://[2606:4700::1]/')), '2606:4700::1')
  t.equal(addressIn(new URL('https://example.com/')), null)
})
