import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { freePort } from '../src/database/embedded/free-port.js'
import { testDatabase } from './helper/database.js'
import { type Program, run } from './helper/processes.js'
import { type StoppableReader, stoppableReader } from './helper/stoppable-reader.js'

const END_WITHIN_MS = 10_000
const LOOK_AGAIN_MS = 50
const { uri } = await testDatabase(t)
const SERVER = [process.execPath, resolve('scripts/start.mjs')] as const

/** A terminal that shows nothing any more, as after Ctrl-S, and what runs in it. */
const UNREAD_TERMINAL = `
import os, pty, signal, subprocess, sys
screen, terminal = pty.openpty()
program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal)
signal.signal(signal.SIGTERM, lambda *_: program.terminate())
sys.exit(program.wait())
`

/** The destination that pino makes by itself, at the end of a process. */
const AS_IT_WAS = `
import Fastify from 'fastify'
const { log } = Fastify({ logger: true })
for (let line = 0; line < 1000; line++) log.info('x'.repeat(200))
process.stderr.write('leaving')
process.exit(0)
`

/** A server on a database that is there, with a line in its log for each request. */
function settings(port: number) {
  return {
    PORT: String(port),
    MONGODB_URI: uri,
    JWT_SECRET: 'j'.repeat(32),
    FIELD_KEY: 'f'.repeat(32),
    LOG_LEVEL: 'trace',
  }
}

async function startServer(t: Test, stdout: number) {
  const port = await freePort()
  const [command, script] = SERVER
  const server = run(t, command, [script], { stdout, env: settings(port) })
  return { server, url: await answering(server, port) }
}

/** Asks until somebody answers; what a server says of its start may be what nobody reads. */
async function answering(program: Program, port: number): Promise<string> {
  const url = `http://127.0.0.1:${port}`
  let ended = false
  void program.ended.then(() => {
    ended = true
  })
  while (!ended) {
    const answer = await fetch(`${url}/livez`).catch(() => null)
    if (answer?.ok) return url
    await pause(LOOK_AGAIN_MS)
  }
  throw new Error('it ended before it answered')
}

/** One connection with many requests under way, which costs little. Each has an id, as long as may be, that the log says. */
async function openCaller(t: Test, url: string) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  let sent = 0
  let answered = 0
  let received = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    const answers = (received + text).split('HTTP/1.1 200 OK')
    answered += answers.length - 1
    received = answers.at(-1) ?? ''
    socket.emit('answered')
  })
  return {
    sent: () => sent,
    /** Resolves when each is answered; the test runs into its time limit where one is not. */
    async call(times: number) {
      const requests = Array.from({ length: times }, () => {
        return `GET /livez HTTP/1.1\r\nhost: ${hostname}\r\nx-request-id: ${idOf(++sent)}\r\n\r\n`
      })
      socket.write(requests.join(''))
      while (answered < sent) await once(socket, 'answered')
    },
  }
}

function idOf(call: number): string {
  return `call-${call}-`.padEnd(64, 'x')
}

async function dropped(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^slotcast_log_dropped_total (\d+)$/m.exec(text)?.[1])
}

/** Far more than a pipe and the server take, unless the server takes without a bound. */
async function callUntilDropped(url: string, call: (times: number) => Promise<void>) {
  for (let round = 0; round < 40 && (await dropped(url)) < 100; round++) await call(500)
}

async function end(t: Test, program: Program) {
  const late = setTimeout(() => program.kill('SIGKILL'), END_WITHIN_MS)
  program.kill('SIGTERM')
  t.same(await program.ended, { code: 0, signal: null }, 'it ends within ten seconds')
  clearTimeout(late)
}

/** The lines behind the block that the server begins with; throws for one that is torn. */
function linesOf(reader: StoppableReader): { time: number; requestId?: string }[] {
  const [, log = ''] = reader.text().split(/try next.*\n/)
  return log
    .slice(0, log.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { time: number; requestId?: string })
}

t.test('while nobody reads the log, requests are answered and lines without room are counted', async (t) => {
  const reader = await stoppableReader(t)
  const { server, url } = await startServer(t, reader.fd)
  const { call, sent } = await openCaller(t, url)
  await call(300)
  await reader.reads(/"call-300-/)
  t.equal(await dropped(url), 0, 'the control: none is lost while the reader reads')

  reader.stop()
  await callUntilDropped(url, call)
  t.ok(sent() > 1_000, `${sent()} requests were answered`)

  reader.goOn()
  const before = reader.text().length
  do await call(1)
  while (!reader.text().slice(before).includes(idOf(sent())))
  const lines = linesOf(reader)
  const seen = lines.filter(({ requestId }) => requestId?.startsWith('call-')).length
  const lost = await dropped(url)
  t.ok(seen < sent() && sent() - seen <= lost, `of ${sent()} lines ${seen} came; ${lost} of all were counted`)
  const times = lines.map(({ time }) => time)
  t.same(
    times,
    times.toSorted((a, b) => a - b),
    'in the order in which they were written',
  )
  await end(t, server)
})

t.test('a server whose log nobody reads ends at a SIGTERM', async (t) => {
  const reader = await stoppableReader(t)
  const { server, url } = await startServer(t, reader.fd)
  reader.stop()
  const { call } = await openCaller(t, url)
  await call(1_000)

  const unread = await stoppableReader(t)
  unread.stop()
  const asItWas = run(t, process.execPath, ['--input-type=module', '-e', AS_IT_WAS], { stdout: unread.fd })
  await asItWas.says(/leaving/)

  await end(t, server)
  const control = await Promise.race([asItWas.ended, Promise.resolve('still there')])
  t.equal(control, 'still there', 'the control: it left before, and is kept by its log')
  unread.goOn()
  t.same(await asItWas.ended, { code: 0, signal: null })
})

t.test('what waits when the server ends reaches a reader that goes on', async (t) => {
  const reader = await stoppableReader(t)
  const { server, url } = await startServer(t, reader.fd)
  reader.stop()
  const { call } = await openCaller(t, url)
  await call(1_000)
  const ended = end(t, server)
  reader.goOn()
  await ended
  await reader.end()
  const seen = new Set(linesOf(reader).map(({ requestId }) => requestId))
  const missing = Array.from({ length: 1_000 }, (_, at) => idOf(at + 1)).filter((id) => !seen.has(id))
  t.same(missing, [])
  t.ok(reader.text().endsWith('}\n'))
})

t.test('a terminal that was stopped stops nobody', async (t) => {
  const port = await freePort()
  const terminal = run(t, 'python3', ['-c', UNREAD_TERMINAL, ...SERVER], { env: settings(port) })
  const url = await answering(terminal, port)
  const { call } = await openCaller(t, url)
  await callUntilDropped(url, call)
  t.ok((await dropped(url)) > 0)
  await end(t, terminal)
})

t.test('a full disk costs lines alone', async (t) => {
  const full = openSync('/dev/full', 'w')
  t.teardown(() => closeSync(full))
  const { server, url } = await startServer(t, full)
  const before = await dropped(url)
  const { call } = await openCaller(t, url)
  await call(100)
  t.ok((await dropped(url)) >= before + 100)
  await end(t, server)
})
