/** A column of slots as it is drawn: an appointment is one tile, however many slots it has. Pure. */
import { SLOT_MINUTES } from '../../domain/grid.js'
import { stateAt } from '../../domain/slot.js'
import type { OwnSlot } from '../../schemas/common.js'
import { factsOf } from '../shared/slot-face.js'
import type { Placed } from './grid.js'

export interface Tile extends Placed {
  state: 'open' | 'held' | 'confirmed' | 'withdrawn'
  /** How many slots it covers on this day. */
  slots: number
  /** Slots of a buffer that belong to it, before and after. */
  before: number
  after: number
}

/** Of one column, in order. A part of an appointment that lies beyond midnight is a tile of its own. */
export function tilesOf(column: readonly Placed[], now: number): Tile[] {
  const tiles: Tile[] = []
  for (const placed of column) {
    const { slot } = placed
    const state = stateAt(factsOf(slot), now)
    // A buffer is drawn with the visit it belongs to, also where it lies on a time that is not offered.
    const role = state === 'open' ? undefined : slot.reservation?.role
    if (role === 'before' || role === 'after') continue
    const last = tiles.at(-1)
    if (last !== undefined && goesOn(last, placed, state)) last.slots += 1
    else tiles.push({ ...placed, state, slots: 1, before: 0, after: 0 })
  }
  return tiles.map((tile) => ({ ...tile, ...buffersOf(tile) }))
}

/** Whose it is, as long as it is somebody's. */
function takenBy(slot: OwnSlot, state: Tile['state']): OwnSlot['reservation'] {
  return state === 'held' || state === 'confirmed' ? slot.reservation : undefined
}

function goesOn(last: Tile, { slot, folded }: Placed, state: Tile['state']): boolean {
  const id = takenBy(slot, state)?.id
  return (
    !folded && !last.folded && id !== undefined && id === last.slot.reservation?.id && state === last.state
  )
}

/** Worked out from the parts of the visit: a buffer that lies where nothing is offered says nothing of its own. */
function buffersOf({ slot, slots, state, at }: Tile): { before: number; after: number } {
  const own = takenBy(slot, state)
  if (own?.part === undefined || own.of === undefined) return { before: 0, after: 0 }
  const lastPart = own.part + slots - 1
  const goesOnTomorrow = at + slots * SLOT_MINUTES >= 1440
  return { before: own.head === slot.id ? own.part - 1 : 0, after: goesOnTomorrow ? 0 : own.of - lastPart }
}
