/** The least that a booking server on Node can be: a map, and node:http. The yardstick of `peers`. */
import { createServer, type Server } from 'node:http'

const LISTED = 96

interface BareSlot {
  client: number | null
  isBooked: boolean
  /** Milliseconds. */
  until: number
}

export function bareBooking(slots: number, holdMs: number): Server {
  const all = Array.from({ length: slots }, (): BareSlot => ({ client: null, isBooked: false, until: 0 }))
  const page = all.slice(0, LISTED).map((_, index) => ({
    id: `slot-${index}`,
    start: new Date(index * 900_000).toISOString(),
    end: new Date((index + 1) * 900_000).toISOString(),
    state: 'open',
    rev: 1,
  }))
  const list = Buffer.from(JSON.stringify({ items: page }))
  const isFree = ({ client, isBooked, until }: BareSlot) =>
    client === null || (!isBooked && until <= performance.now())

  return createServer((request, response) => {
    const answer = (status: number, body: Buffer | string) => {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length })
      response.end(bytes)
    }
    if (request.method === 'GET') {
      answer(200, list)
      return
    }
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => {
      text += part
    })
    request.on('end', () => {
      const { client } = JSON.parse(text) as { client: number }
      const [, what, id] = (request.url ?? '').split('/')
      const slot = all[Number(id)]
      if (!slot) answer(404, '{"code":"not_found"}')
      else if (what === 'reserve') {
        if (!isFree(slot)) {
          answer(409, '{"code":"slot_held"}')
          return
        }
        Object.assign(slot, { client, isBooked: false, until: performance.now() + holdMs })
        answer(200, `{"id":"${id}"}`)
      } else if (slot.client === client && !isFree(slot)) {
        slot.isBooked = true
        answer(200, '{}')
      } else answer(410, '{"code":"hold_expired"}')
    })
  })
}
