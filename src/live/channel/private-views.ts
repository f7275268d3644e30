/** Whose private view ends at which moment: one look at few moments for everybody, not a timer for each socket. */
import type { Viewer } from './rooms.js'

export interface PrivateViews {
  /** The viewer's caller changes; its old end is forgotten. */
  move(viewer: Viewer, from: number | undefined, to: number | undefined): void
  /** Those whose view has ended by now. */
  overdue(now: number): Viewer[]
}

export function createPrivateViews(): PrivateViews {
  // Tokens end on whole seconds and live for minutes, so there are some hundred moments, however many viewers.
  const endings = new Map<number, Set<Viewer>>()
  return {
    move(viewer, from, to) {
      if (from !== undefined) {
        const ending = endings.get(from)
        ending?.delete(viewer)
        if (ending?.size === 0) endings.delete(from)
      }
      if (to === undefined) return
      const ending = endings.get(to) ?? new Set()
      endings.set(to, ending.add(viewer))
    },
    overdue(now) {
      const found: Viewer[] = []
      for (const [expiresAt, ending] of endings) if (expiresAt <= now) found.push(...ending)
      return found
    },
  }
}
