/**
 * The pages in a real browser: what they weigh, how soon the slots are there on a slow phone (beside the same page with
 * the list written into the HTML), whether they stay smooth while much happens, and what an hour leaves in memory.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../ci/browser.js'
import {
  type Child,
  compare,
  fact,
  inTurns,
  median,
  type Person,
  type Row,
  rowOf,
  type World,
} from './kit.js'

const PAGES = fileURLToPath(new URL('../../pages/', import.meta.url))
const KB = 1024
const ROUNDS = 5
const MAX_SCRIPT_KB = 60
const MIN_FRAMES = 50
const MAX_HEAP_GROWTH = 1.2

/** Chromium's own "Fast 3G". */
const NETWORK = { offline: false, downloadThroughput: 188_744, uploadThroughput: 86_400, latency: 562.5 }
const CPU_RATE = 4

/** Notes when the first slot stands on the page, and when live takes over. */
const STOPWATCH = `
  const seen = (what, selector) => {
    const look = () => {
      if (document.querySelector(selector)) window['at' + what] = performance.now()
      else requestAnimationFrame(look)
    }
    look()
  }
  seen('Slots', '[data-slot-id]')
  seen('Live', '[data-link="live"]')
`

export async function benchPages(world: World): Promise<Row[]> {
  const executablePath = chromiumPath()
  if (executablePath === null) throw new Error('there is no Chromium')
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
  })
  try {
    const server = await world.server()
    return [
      ...weights(),
      ...(await firstSlots(world, browser, server)),
      ...(await underway(world, browser, server)),
    ]
  } finally {
    await browser.close()
  }
}

function weights(): Row[] {
  const size = (name: string) => readFileSync(`${PAGES}assets/${name}`).length / KB
  return ['find', 'booking', 'my', 'provider'].map((page) => {
    const html = readFileSync(`${PAGES}${page}/index.html`, 'utf8')
    const scripts = [...html.matchAll(/assets\/([\w.-]+\.js)"/g)].map(([, name]) => `${name}.gz`)
    const first = scripts.reduce((sum, name) => sum + size(name), 0)
    const later = readdirSync(`${PAGES}assets`).filter((name) => /^esm-.*\.js\.gz$/.test(name))
    const live = later.reduce((sum, name) => sum + size(name), 0)
    return {
      ...fact(
        `pages: script of ${page}, gzip`,
        `${first.toFixed(1)} KB`,
        `and ${live.toFixed(1)} KB for live, after the first list`,
      ),
      floor: `<= ${MAX_SCRIPT_KB} KB`,
      met: first + live <= MAX_SCRIPT_KB,
    }
  })
}

async function firstSlots(world: World, browser: Browser, server: Child): Promise<Row[]> {
  const [provider] = await world.people('provider', 1)
  if (!provider) throw new Error('no provider')
  await world.slots(provider, 120)
  const address = `${server.url}/book/${provider.id}`
  const still = await serveStill(browser, address)
  const lives: number[] = []
  try {
    const compared = await compare({
      rounds: ROUNDS,
      watch: { server: server.pid },
      ours: async () => {
        const { slots, live } = await load(browser, address, true)
        lives.push(live)
        return { value: slots, units: 1 }
      },
      reference: async () => ({ value: (await load(browser, still.url, false)).slots, units: 1 }),
    })
    return [
      rowOf('pages: navigation to slots shown, 4x CPU, fast 3G', compared, {
        unit: 'ms',
        best: 'less',
        notes: 'beside the same page with the list written into its HTML',
      }),
      fact('pages: navigation to live, 4x CPU, fast 3G', `${median(lives).toFixed(0)} ms`),
    ]
  } finally {
    still.close()
  }
}

async function load(browser: Browser, url: string, live: boolean): Promise<{ slots: number; live: number }> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, timezoneId: 'UTC' })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', NETWORK)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_RATE })
  await page.addInitScript(STOPWATCH)
  await page.goto(url)
  await page
    .locator(live ? '[data-link="live"]' : '[data-slot-id]')
    .first()
    .waitFor()
  await page.locator('[data-slot-id]').first().waitFor()
  const frame = () => page.evaluate('new Promise(requestAnimationFrame)')
  await frame()
  await frame()
  const slots = await page.evaluate<number>('window.atSlots')
  const at = live ? await page.evaluate<number>('window.atLive') : 0
  await context.close()
  return { slots, live: at }
}

/** The page as it looks when it is done, as HTML and style alone. */
async function serveStill(browser: Browser, address: string): Promise<{ url: string; close(): void }> {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 }, timezoneId: 'UTC' })
  await page.goto(address)
  await page.locator('[data-slot-id]').first().waitFor()
  const body = await page.evaluate<string>("document.getElementById('app').outerHTML")
  await page.close()
  const styles = readdirSync(`${PAGES}assets`).filter((name) =>
    /^(frame|booking|calendar|icons)-.*\.css$/.test(name),
  )
  const style = styles.map((name) => readFileSync(`${PAGES}assets/${name}`, 'utf8')).join('\n')
  const html = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">${body}`
  const server = createServer((request, response) => {
    const css = request.url === '/style.css'
    response.writeHead(200, { 'content-type': css ? 'text/css' : 'text/html' }).end(css ? style : html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => server.close(),
  }
}

/** The booking page of a day with many slots, while they change under its reader's eyes. */
async function underway(world: World, browser: Browser, server: Child): Promise<Row[]> {
  const [provider] = await world.people('provider', 1)
  const clients = await world.people('client', 8)
  if (!provider) throw new Error('no provider')
  const slots = await world.slots(provider, 400)
  const page = await browser.newPage({ viewport: { width: 1280, height: 2000 }, timezoneId: 'UTC' })
  const devtools = await page.context().newCDPSession(page)
  await page.goto(`${server.url}/book/${provider.id}?day=${dayOf(slots[100])}&zone=UTC`)
  await page.locator('[data-link="live"]').waitFor()

  const flicker = flickers(server, clients, slots)
  const frames: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const [count] = await Promise.all([framesIn(page, 3000), flicker.steadily(20, 3000)])
    frames.push(count / 3)
  }
  const shown = await page.locator('[data-slot-id]').count()

  await flicker.make(60)
  const early = await heap(devtools)
  await flicker.make(3600)
  const late = await heap(devtools)
  const growth = late / early
  return [
    {
      ...fact(
        'pages: frames a second while 20 events a second arrive',
        `${median(frames).toFixed(0)}`,
        `${shown} slots on the page`,
      ),
      worst: Math.min(...frames).toFixed(0),
      floor: `>= ${MIN_FRAMES}`,
      met: median(frames) >= MIN_FRAMES,
    },
    {
      ...fact('pages: heap after 3,600 events beside after 60', `${(late / KB / KB).toFixed(1)} MB`),
      reference: `${(early / KB / KB).toFixed(1)} MB`,
      ratio: `${growth.toFixed(2)}x`,
      floor: `<= ${MAX_HEAP_GROWTH}x`,
      met: growth <= MAX_HEAP_GROWTH,
    },
  ]
}

function framesIn(page: Page, ms: number): Promise<number> {
  return page.evaluate<number>(
    `new Promise((done) => { let frames = 0; const until = performance.now() + ${ms}
      const next = () => { frames += 1; performance.now() < until ? requestAnimationFrame(next) : done(frames) }
      requestAnimationFrame(next) })`,
  )
}

/** Holds and gives back, each an event. */
function flickers(server: Child, clients: Person[], slots: string[]) {
  let next = 0
  const once = async () => {
    const turn = next++
    const headers = {
      authorization: `Bearer ${clients[turn % clients.length]?.token}`,
      'content-type': 'application/json',
    }
    const body = JSON.stringify({ slotId: slots[turn % slots.length] })
    const held = await fetch(`${server.url}/v1/reservations`, { method: 'POST', headers, body })
    const { id } = (await held.json()) as { id?: string }
    if (id === undefined) return
    await fetch(`${server.url}/v1/reservations/${id}`, {
      method: 'DELETE',
      headers: { authorization: headers.authorization },
    })
  }
  return {
    make: (events: number) => inTurns(events / 2, clients.length, once),
    async steadily(perSecond: number, ms: number) {
      const pause = 2000 / perSecond
      const running: Promise<void>[] = []
      for (let at = 0; at < ms; at += pause) {
        running.push(once())
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
      await Promise.all(running)
    },
  }
}

async function heap(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.enable')
  await devtools.send('HeapProfiler.collectGarbage')
  return (await devtools.send('Runtime.getHeapUsage')).usedSize
}

function dayOf(slotId = ''): string {
  const [, year, month, day] = /\.(\d{4})(\d\d)(\d\d)T/.exec(slotId) ?? []
  return `${year}-${month}-${day}`
}
