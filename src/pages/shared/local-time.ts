import type { OwnSlot } from '../../schemas/common.js'
import { type Wall, wallOf } from './time.js'

const walls = new Map<string, Wall>()

/** Asked for every slot at each change, answered by Intl once. */
export function wallOfSlot(slot: Pick<OwnSlot, 'start'>, zone: string): Wall {
  const key = `${slot.start} ${zone}`
  let wall = walls.get(key)
  if (wall === undefined) {
    wall = wallOf(Date.parse(slot.start), zone)
    walls.set(key, wall)
  }
  return wall
}
