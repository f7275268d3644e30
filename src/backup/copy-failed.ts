/** A backup, a restore or a move that cannot go on, for a reason the reader can do something about: one line. */
export class CopyFailed extends Error {
  override readonly name = 'CopyFailed'
}
