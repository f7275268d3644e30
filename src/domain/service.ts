/** What a provider offers: how long an appointment takes, and under which terms it is booked, moved and cancelled. */

export interface ServiceTerms {
  durationMinutes: number
  /** Nobody else may be booked so long before and after it. */
  bufferBeforeMinutes: number
  bufferAfterMinutes: number
  /** On the clock of the provider: 30 offers starts at :00 and :30. */
  startsEveryMinutes: 15 | 30 | 60
  /** Instead of the provider's own notice. */
  noticeSeconds?: number
  /** A client may cancel, and move, until so long before the start. */
  cancelCutoffSeconds: number
  moveCutoffSeconds: number
}

/** Of services that say nothing else, and of slots booked without one. */
export const DEFAULT_REMINDER_MINUTES: readonly number[] = [1_440]

export interface Service extends ServiceTerms {
  id: string
  providerId: string
  name: string
  description?: string
  /** What it costs, as people read it. */
  priceText?: string
  /** Minutes before the start at which its client is reminded; without it, those of `DEFAULT_REMINDER_MINUTES`. */
  reminderMinutes?: number[]
  /** False: nobody can book it any more; bookings stay. */
  active: boolean
  rev: number
}

/** What a reservation keeps of the service it was made for, whatever becomes of the service. */
export interface BookedService extends Omit<ServiceTerms, 'startsEveryMinutes' | 'noticeSeconds'> {
  id: string
  rev: number
  name: string
}

export function bookedAs(service: BookedService): BookedService {
  const { id, rev, name, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes } = service
  const { cancelCutoffSeconds, moveCutoffSeconds } = service
  return {
    id,
    rev,
    name,
    durationMinutes,
    bufferBeforeMinutes,
    bufferAfterMinutes,
    cancelCutoffSeconds,
    moveCutoffSeconds,
  }
}

/** Services as those who only read them see them. */
export interface ServicesRead {
  find(providerId: string, id: string): Promise<Service | null>
  /** Moves with each change of a provider's services and never comes again; undefined while they are not in memory. */
  versionOf(providerId: string): number | undefined
}
