/** Faults in the change streams of this process, put into the driver, with the database as it is. */
import mongoose from 'mongoose'
import type { Test } from 'tap'

const { ChangeStream } = mongoose.mongo
type Stream = InstanceType<typeof ChangeStream>

export interface BrokenStreams {
  /** Every stream that is open now fails with that code at its next answer; later streams are well. */
  failNow(code: number): void
  /** Streams that resume by a token fail so; those that start from now are well. */
  failResuming(code: number | null): void
  /** Every stream that is open now gives no sign of life any more. */
  silenceNow(): void
  /** Every stream that is open now answers, but keeps its events to itself. */
  deafenNow(): void
  /** Until it is released, a stream opens and its answers stay under way. */
  withhold(): { release(): void }
  /** How many streams were asked so far. */
  readonly seen: number
}

export function breakStreams(t: Test): BrokenStreams {
  const original = ChangeStream.prototype.tryNext
  const known = new Set<object>()
  const broken = new Map<object, (stream: Stream) => Promise<unknown>>()
  let resumeCode: number | null = null
  let withheld = Promise.resolve()

  function fault(code: number): Error {
    return Object.assign(new Error(`a fault of the test: ${code}`), { code })
  }
  function tryNext(this: Stream): Promise<unknown> {
    known.add(this)
    if (resumeCode !== null && this.options.resumeAfter) return Promise.reject(fault(resumeCode))
    const answer = broken.get(this)
    if (answer) return answer(this)
    // What is under way when the fault begins is lost with it.
    return original.call(this).then(async (change) => {
      await withheld
      return broken.get(this)?.(this) ?? change
    })
  }
  Object.assign(ChangeStream.prototype, { tryNext })
  t.teardown(() => Object.assign(ChangeStream.prototype, { tryNext: original }))

  const breakAll = (answer: (stream: Stream) => Promise<unknown>) => {
    for (const stream of known) broken.set(stream, answer)
  }
  return {
    failNow: (code) => breakAll(() => Promise.reject(fault(code))),
    failResuming: (code) => {
      resumeCode = code
    },
    silenceNow: () => breakAll(() => new Promise(() => {})),
    deafenNow: () => breakAll((stream) => original.call(stream).then(() => null)),
    withhold: () => {
      let release = () => {}
      withheld = new Promise((resolve) => {
        release = resolve
      })
      return { release }
    },
    get seen() {
      return known.size
    },
  }
}
