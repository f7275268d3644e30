import { spawn } from 'node:child_process'
import t from 'tap'
import { programPath } from '../helper/paths.js'

const demo = programPath('scripts/demo/demo')

function run(args: string[]) {
  // As this test itself is run, so that TypeScript is understood.
  const child = spawn(process.execPath, [...process.execArgv, demo, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (data) => {
    said.out += data
  })
  child.stderr.on('data', (data) => {
    said.err += data
  })
  const ended = new Promise<{ code: number | null; out: string; err: string }>((done) => {
    child.once('close', (code) => done({ code, ...said }))
  })
  return { child, ended }
}

t.test('it tells what happens on two servers, then ends by itself and leaves nothing', async (t) => {
  const { ended } = run(['--events', '8', '--speed', '8'])
  const { code, out, err } = await ended
  t.equal(code, 0, err)
  t.match(out, /Harbour Dental \(Europe\/Lisbon\).*America\/New_York.*Asia\/Tokyo/)
  const links = [...out.matchAll(/http:\/\/127\.0\.0\.1:(\d+)\/book\/\w+/g)].map(([, port]) => port)
  t.equal(new Set(links).size, 2, 'the same calendar on both servers')
  t.match(out, /^ {2}\w+ holds \w+ \d+,? \d\d:\d\d +201, for 1 s$/m)
  const events = out.match(/│ (HELD|BOOKED|FREE AGAIN|OFFERED|TAKEN OFF) +.+\(after \d+ ms\)$/gm) ?? []
  t.equal(events.length, 8)
  t.match(out, /8 events seen on the second server\./)
  t.match(out, /are gone\. npm start/)
  t.equal(err, '', 'no warning, no stack')
})

t.test('a visit of three slots is held and moved, and its slots are told together', async (t) => {
  const { child, ended } = run(['--speed', '4'])
  let out = ''
  /** What everybody sees, in its order, without what others did. */
  const seen = () => out.match(/(?<=│ ).*(?= \(after)/g)?.join('\n') ?? ''
  const together = /(FREE AGAIN .*, moved away\n){2,3}(BOOKED .*(\n|$)){3}/
  child.stdout.on('data', (data) => {
    out += data
    if (together.test(seen()) && / moves to .+ 200 3 slots/.test(out)) child.kill('SIGINT')
  })
  const { code, err } = await ended
  t.equal(code, 0, err)
  t.match(out, /^ {2}\w+ holds 45 min .+ 201 3 slots$/m)
  t.match(seen(), /(HELD .*\n){3}/)
  t.match(seen(), together, 'it leaves two slots, or three, and comes to three')
  t.notMatch(
    seen()
      .match(together)?.[0]
      .replace(/(moved away\n)BOOKED.*\n/, '$1') ?? '',
    together,
    'control: one that is not told would be missed',
  )
})

t.test('Ctrl-C ends it', async (t) => {
  const { child, ended } = run(['--speed', '8'])
  child.stdout.on('data', (data) => {
    if (String(data).includes('│')) child.kill('SIGINT')
  })
  const { code, out, err } = await ended
  t.equal(code, 0, err)
  t.match(out, /are gone\. npm start/)
})

t.test('control: a number that is none is refused', async (t) => {
  const { code, err } = await run(['--events', 'many']).ended
  t.equal(code, 2)
  t.match(err, /usage: npm run demo/)
})
