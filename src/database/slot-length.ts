/** The length of a slot is part of every slot's id and grid: a database keeps the one it was started with. */
import type { Connection } from 'mongoose'
import { isDuplicateKey } from './error-codes.js'
import { CannotStart } from './startup-error.js'

interface StoredSettings {
  _id: string
  slotMinutes: number
}

export async function checkSlotLength(connection: Connection, slotMinutes: number): Promise<void> {
  const settings = connection.collection<StoredSettings>('settings')
  const first = { _id: 'slots', slotMinutes }
  await settings
    .insertOne(first, { writeConcern: { w: 'majority', journal: true } })
    .catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error
    })
  const stored = await settings.findOne({ _id: 'slots' })
  if (stored === null || stored.slotMinutes === slotMinutes) return
  throw new CannotStart(
    `This database has slots of ${stored.slotMinutes} minutes and this server makes slots of ${slotMinutes}; use a version that makes ${stored.slotMinutes}, or another database.`,
  )
}
