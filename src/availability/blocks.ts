/**
 * Blocks of working time -> the starts of slots. Pure: no database, no clock of its own.
 *
 * Only the two ends of a block are resolved on the wall of the provider's zone; between them slots step by elapsed
 * time, so a night in spring gives fewer slots and one in autumn more. An end that the wall shows never or twice is
 * refused, never moved. All blocks are looked at before any slot is made, so one fault publishes nothing.
 */

import { Temporal } from 'temporal-polyfill'
import { SLOT_MS } from '../domain/grid.js'
import type { FieldError } from '../http/problems.js'
import type { Block } from '../schemas/availability.js'
import { endOfDay, type Span } from './days.js'

export const MAX_SLOTS = 3_000
/** No slot ends later. Nobody books so far ahead, and no id, cursor or calendar has to be right in the year 9999. */
export const LAST_END = Date.UTC(2100, 0, 1)

export type BlockFault =
  | 'invalid_request'
  | 'invalid_local_time'
  | 'off_grid'
  | 'in_the_past'
  | 'too_many_slots'

/** `code` is that of the first fault; `errors` names every faulty field. */
export type BlockSlots = { ok: true; slots: number[] } | { ok: false; code: BlockFault; errors: FieldError[] }

interface Fault extends FieldError {
  code: BlockFault
}

/** The sorted starts of all slots in these blocks, each once where blocks overlap. */
export function slotsOfBlocks(
  blocks: Block[],
  timeZone: string,
  now: number,
  { slotMs = SLOT_MS, maxSlots = MAX_SLOTS }: { slotMs?: number; maxSlots?: number } = {},
): BlockSlots {
  const spans: Span[] = []
  const faults: Fault[] = []
  for (const [index, block] of blocks.entries()) {
    const names = 'day' in block ? ends(index, 'from', 'to') : ends(index, 'start', 'end')
    const read = readEnds(block, timeZone, names)
    const found = read.ok ? faultsOf(read.span, { now, slotMs, names, maxSlots }) : read.faults
    if (read.ok) spans.push(read.span)
    faults.push(...found)
  }

  if (faults.length === 0) {
    const merged = merge(spans)
    // Counted before anything is made, so that a block of a thousand years costs no more than one of an hour.
    const count = merged.reduce((sum, { from, to }) => sum + (to - from) / slotMs, 0)
    if (count <= maxSlots) return { ok: true, slots: merged.flatMap((span) => startsIn(span, slotMs)) }
    faults.push(tooMany('blocks', maxSlots))
  }
  const [first] = faults
  return {
    ok: false,
    code: first?.code ?? 'invalid_request',
    errors: faults.map(({ field, message }) => ({ field, message })),
  }
}

interface Names {
  from: string
  to: string
}

function ends(index: number, from: string, to: string): Names {
  return { from: `blocks.${index}.${from}`, to: `blocks.${index}.${to}` }
}

function readEnds(
  block: Block,
  timeZone: string,
  names: Names,
): { ok: true; span: Span } | { ok: false; faults: Fault[] } {
  if ('start' in block)
    return { ok: true, span: { from: Date.parse(block.start), to: Date.parse(block.end) } }
  if (block.from === '24:00') {
    const message = 'must be before 24:00; the next day begins at 00:00'
    return { ok: false, faults: [{ code: 'invalid_request', field: names.from, message }] }
  }
  const from = instantOf(block.day, block.from, timeZone)
  const to = block.to === '24:00' ? endOfDay(block.day, timeZone) : instantOf(block.day, block.to, timeZone)
  if (from !== null && to !== null) return { ok: true, span: { from, to } }
  const message = `does not exist or exists twice on ${block.day} in ${timeZone}: send this block as start and end with an offset`
  const missing = [...(from === null ? [names.from] : []), ...(to === null ? [names.to] : [])]
  return { ok: false, faults: missing.map((field) => ({ code: 'invalid_local_time', field, message })) }
}

function instantOf(day: string, time: string, timeZone: string): number | null {
  const wall = Temporal.PlainDateTime.from(`${day}T${time}`)
  try {
    return wall.toZonedDateTime(timeZone, { disambiguation: 'reject' }).epochMilliseconds
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function faultsOf(
  { from, to }: Span,
  { now, slotMs, names, maxSlots }: { now: number; slotMs: number; names: Names; maxSlots: number },
): Fault[] {
  if (to <= from) {
    const message = 'must be after the begin of the block; give a block that passes midnight as two'
    return [{ code: 'invalid_request', field: names.to, message }]
  }
  const faults: Fault[] = []
  for (const [field, instant] of [
    [names.from, from],
    [names.to, to],
  ] as const) {
    const message = `must be a multiple of ${slotMs / 60_000} minutes`
    if (instant % slotMs !== 0) faults.push({ code: 'off_grid', field, message })
  }
  if (to > LAST_END) {
    faults.push({ code: 'invalid_request', field: names.to, message: 'must not be after 2100-01-01T00:00Z' })
  }
  if (from < now) faults.push({ code: 'in_the_past', field: names.from, message: 'has passed' })
  if (faults.length === 0 && (to - from) / slotMs > maxSlots) faults.push(tooMany(names.to, maxSlots))
  return faults
}

function tooMany(field: string, maxSlots: number): Fault {
  return { code: 'too_many_slots', field, message: `one request may make ${maxSlots} slots` }
}

/** The same time once, in order. */
function merge(spans: Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else merged.push({ ...span })
  }
  return merged
}

function startsIn({ from, to }: Span, slotMs: number): number[] {
  return Array.from({ length: (to - from) / slotMs }, (_, index) => from + index * slotMs)
}
