/** Until when a booking can be changed by its client, and what to do after it. Nothing where that is until it begins. */
import type { Reservation } from '../../schemas/reservations.js'
import { words, zone } from '../shared/locale.js'
import { minute } from '../shared/now.js'
import { dayOf } from '../shared/time.js'

interface CutoffProps {
  reservation: Pick<Reservation, 'cancelUntil' | 'moveUntil' | 'start'>
  phone: string | undefined
}

export function Cutoff({ reservation, phone }: CutoffProps) {
  const { cancelUntil, moveUntil, start } = reservation
  if ((cancelUntil ?? moveUntil) === undefined || Date.parse(start) <= minute.value) return null
  const [cancel, move] = [cancelUntil ?? start, moveUntil ?? start]
  const isLate = !isOpen(cancel) || !isOpen(move)
  return (
    <p class="small quiet item-wide">
      {sentence(cancel, move)} {isLate ? 'For that' : 'After that'}{' '}
      {phone === undefined ? (
        'ask the practice.'
      ) : (
        <>
          call the practice: <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone}</a>.
        </>
      )}
    </p>
  )
}

function isOpen(until: string): boolean {
  return Date.parse(until) >= minute.value
}

function sentence(cancelUntil: string, moveUntil: string): string {
  const [cancels, moves] = [isOpen(cancelUntil), isOpen(moveUntil)]
  if (!cancels && !moves) return 'It is too late to cancel or move this here.'
  if (cancels && moves && cancelUntil === moveUntil)
    return `You can cancel or move until ${inWords(cancelUntil)}.`
  const cancel = cancels ? `cancel until ${inWords(cancelUntil)}` : 'no longer cancel here'
  const move = moves ? `move until ${inWords(moveUntil)}` : 'no longer move this here'
  return `You can ${move}, and ${cancel}.`
}

function inWords(until: string): string {
  const instant = Date.parse(until)
  return `${words.value.day(dayOf(instant, zone.value), 'short')}, ${words.value.time(instant, zone.value)}`
}
