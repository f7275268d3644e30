/** Mistakes that can be planted into a run, to see that it would be noticed. Each is one that somebody could make. */
import { codeOf } from '../../src/database/error-codes.js'
import type { FeedStream } from '../../src/live/calendar/slot-feed.js'
import type { SlotStore } from '../../src/slots/slot-store.js'
import type { World } from './schedule.js'
import type { Seams } from './server.js'

export interface Plant {
  name: string
  /** What it is, in a sentence. */
  says: string
  /** False: the database keeps no unique indexes. */
  indexes?: boolean
  savesPlaceAtOnce?: boolean
  seams?: (world: World) => Partial<Seams>
}

const HISTORY_LOST = 286

type Statement = Record<string, unknown>

/** The update without its rule. */
function withoutRule(update: unknown): unknown {
  if (!Array.isArray(update)) return update
  return update.map((stage: { $replaceWith?: { $cond?: unknown[] } }) => {
    const cond = stage.$replaceWith?.$cond
    return cond ? { $replaceWith: { $cond: [true, cond[1], cond[2]] } } : stage
  })
}

/** Changes what some calls of a collection are sent with. */
function sending<T extends object>(collection: T, change: (name: string, args: unknown[]) => unknown[]): T {
  return new Proxy(collection, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => Reflect.apply(member, target, change(String(key), args))
    },
  })
}

function telling(stream: FeedStream, told: (change: unknown) => unknown): FeedStream {
  return new Proxy(stream, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target)
      if (key === 'tryNext') {
        return async () => {
          for (;;) {
            const change = await target.tryNext()
            if (change === null) return null
            if (told(change) !== undefined) return change
          }
        }
      }
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

function goingOn(first: FeedStream, anew: () => FeedStream): FeedStream {
  let stream = first
  return new Proxy(first, {
    get(_target, key) {
      if (key === 'tryNext') {
        return async () => {
          try {
            return await stream.tryNext()
          } catch (error) {
            if (codeOf(error) !== HISTORY_LOST) throw error
            stream = anew()
            return stream.tryNext()
          }
        }
      }
      const member: unknown = Reflect.get(stream, key, stream)
      return typeof member === 'function' ? member.bind(stream) : member
    },
  })
}

/** A store of which one method is another. */
function storeWith(
  store: SlotStore,
  method: keyof SlotStore,
  call: (...args: never[]) => unknown,
): SlotStore {
  return new Proxy(store, {
    get(target, key) {
      if (key === method) return call
      const member: unknown = Reflect.get(target, key, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

export const planted: Plant[] = [
  {
    name: 'no-rule',
    says: 'An update of one slot asks no rule: it decides by what was read before.',
    seams: () => ({
      slots: (collection) =>
        sending(collection, (name, args) => {
          if (name === 'updateOne' || name === 'findOneAndUpdate')
            return [args[0], withoutRule(args[1]), args[2]]
          if (name !== 'bulkWrite') return args
          const statements = (args[0] as Statement[]).map((statement) => {
            const [kind = ''] = Object.keys(statement)
            const { filter, update } = statement[kind] as { filter: unknown; update: unknown }
            return { [kind]: { filter, update: kind === 'updateOne' ? withoutRule(update) : update } }
          })
          return [statements, args[1]]
        }),
    }),
  },
  {
    name: 'sweep-without-rule',
    says: 'The sweeper releases what it has read to be overdue, without asking again.',
    seams: () => ({
      slots: (collection) =>
        sending(collection, (name, args) =>
          name === 'updateMany' ? [args[0], withoutRule(args[1]), args[2]] : args,
        ),
    }),
  },
  {
    name: 'swallowed-event',
    says: 'One change in fifty is not told by the stream.',
    seams: (world) => ({
      stream: (stream) => telling(stream, (change) => (world.isOneIn(50) ? undefined : change)),
    }),
  },
  {
    name: 'later-read',
    says: 'The answer to a confirm is what is there after it, whatever the confirm has done.',
    seams: () => ({
      store: (store) =>
        storeWith(store, 'confirm', async (caller: Parameters<SlotStore['confirm']>[0], id: string) => {
          const outcome = await store.confirm(caller, id)
          if (!outcome.ok) return outcome
          const found = await store.findReservation(id)
          const isBooked =
            found !== null && 'confirmedAt' in found.reservation && !('endedAt' in found.reservation)
          return isBooked ? outcome : { ok: false, code: 'hold_released' }
        }),
    }),
  },
  {
    name: 'no-indexes',
    says: 'The database has no unique indexes.',
    indexes: false,
  },
  {
    name: 'fast-clock',
    says: 'Servers go by their own clock, which is five seconds ahead.',
    seams: () => ({ nowOf: (clock) => ({ now: () => clock.now() + 5_000 }) }),
  },
  {
    name: 'no-catch-up',
    says: 'A stream that cannot go on where it was goes on from now, and nobody is told.',
    seams: () => ({ stream: (stream, anew) => goingOn(stream, anew) }),
  },
  {
    name: 'place-before-jobs',
    says: 'The place in the stream is saved as soon as it is reached, before its jobs are.',
    savesPlaceAtOnce: true,
  },
]

export const plants = {
  named(name: string): Plant | undefined {
    return planted.find((plant) => plant.name === name)
  },
  seams(plant: Plant | null, world: World): Seams {
    const nothing: Seams = {
      slots: (collection) => collection,
      stream: (stream) => stream,
      store: (store) => store,
      nowOf: (clock) => clock as ReturnType<Seams['nowOf']>,
      savesPlaceAtOnce: plant?.savesPlaceAtOnce ?? false,
    }
    return { ...nothing, ...plant?.seams?.(world) }
  },
}
