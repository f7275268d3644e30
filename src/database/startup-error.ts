/** A start that cannot go on, for a reason the reader can do something about: shown as one line, without a stack. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}
