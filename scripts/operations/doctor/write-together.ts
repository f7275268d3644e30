/** One write of the slots of an appointment, as a server of its own sends it. */
import type { Connection } from 'mongoose'
import type { Engine } from '../../../src/database/engine.js'
import type { Hold } from '../../../src/domain/reservation.js'
import { JointWrites } from '../../../src/slots/joint-writes.js'
import type { SlotDoc } from '../../../src/slots/slot-document.js'
import type { Moment } from '../../../src/slots/slot-updates.js'
import { DuplicateKey, WriteBatches } from '../../../src/slots/write-batches.js'
import { holdingAll, type Slots } from './example-slots.js'

export interface Sender {
  connection: Connection
  slots: Slots
  engine: Engine
}

/** What the answer says; what became of the slots is another question. */
export type Told = 'done' | 'refused' | 'duplicate'

export async function writeTogether(
  { connection, slots, engine }: Sender,
  all: SlotDoc[],
  reservation: Hold,
  moment: Moment,
): Promise<Told> {
  const elapsed = () => performance.now()
  const startSession = () => connection.getClient().startSession()
  const joint = new JointWrites({ slots, startSession, elapsed, random: Math.random })
  const slotIds = all.map(({ _id }) => _id)
  try {
    const { entry } = await new WriteBatches({ slots, engine, joint, mark: elapsed, elapsed }).write({
      slotId: slotIds[0] ?? '',
      id: moment.write,
      update: holdingAll(all, reservation, moment),
      together: { slotIds, also: [] },
    })
    return entry === null ? 'refused' : 'done'
  } catch (error) {
    if (error instanceof DuplicateKey) return 'duplicate'
    throw error
  }
}
