import type { Reservation } from '../../schemas/reservations.js'

/** What has become of a reservation, with who ended it and what they had to say. */
export function endedAs(reservation: Reservation, provider: string): string {
  const { note } = reservation
  const sentence = `${howItEnded(reservation, provider)}.`
  return note === undefined ? sentence : `${sentence} “${note}”`
}

function howItEnded({ status, reason, cancelledBy: by }: Reservation, provider: string): string {
  switch (status) {
    case 'confirmed':
      return 'Took place'
    case 'held':
    case 'expired':
      return 'The hold ran out'
    case 'released':
      return 'Given back, or ended by the provider'
    case 'cancelled':
      if (reason === 'replaced') return 'A newer booking took its place'
      if (by === undefined) return 'Cancelled'
      return by === 'client' ? 'Cancelled by you' : `Cancelled by ${provider}`
  }
}
