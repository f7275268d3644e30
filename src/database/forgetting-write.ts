/**
 * A write of what is remembered in memory: forgotten before it, so that nobody is told the old while it is under way, and
 * after it, also when it is not known whether it was done.
 */
export async function forgettingWrite<T>(forget: () => void, write: () => Promise<T>): Promise<T> {
  forget()
  try {
    return await write()
  } finally {
    forget()
  }
}
