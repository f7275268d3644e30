import type { Reservation } from '../../schemas/reservations.js'
import { text } from './text.js'

/** What has become of a reservation, with who ended it and what they had to say. */
export function endedAs(reservation: Reservation, provider: string): string {
  const { note } = reservation
  const sentence = howItEnded(reservation, provider)
  return note === undefined ? sentence : `${sentence} ${text.value.ended.quoted({ note })}`
}

function howItEnded({ status, reason, cancelledBy: by }: Reservation, provider: string): string {
  const t = text.value.ended
  switch (status) {
    case 'confirmed':
      return t.tookPlace
    case 'held':
    case 'expired':
      return t.ranOut
    case 'released':
      return t.released
    case 'cancelled':
      if (reason === 'replaced') return t.replaced
      if (by === undefined) return t.cancelled
      return by === 'client' ? t.byYou : t.by({ name: provider })
  }
}
