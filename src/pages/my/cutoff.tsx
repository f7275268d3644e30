/** Until when a booking can be changed by its client, and what to do after it. Nothing where that is until it begins. */
import type { Reservation } from '../../schemas/reservations.js'
import { words, zone } from '../shared/locale.js'
import { minute } from '../shared/now.js'
import { filled } from '../shared/text/filled.jsx'
import { text } from './text.js'

interface CutoffProps {
  reservation: Pick<Reservation, 'cancelUntil' | 'moveUntil' | 'start'>
  phone: string | undefined
}

export function Cutoff({ reservation, phone }: CutoffProps) {
  const { cancelUntil, moveUntil, start } = reservation
  if ((cancelUntil ?? moveUntil) === undefined || Date.parse(start) <= minute.value) return null
  const [cancel, move] = [cancelUntil ?? start, moveUntil ?? start]
  const isLate = !isOpen(cancel) || !isOpen(move)
  const t = text.value.cutoff
  return (
    <p class="small quiet item-wide">
      {sentence(cancel, move)}{' '}
      {phone === undefined
        ? isLate
          ? t.askForThat
          : t.askAfterThat
        : filled(isLate ? t.callForThat : t.callAfterThat, {
            phone: (
              <a href={`tel:${phone.replace(/[^+\d]/g, '')}`} dir="ltr">
                {phone}
              </a>
            ),
          })}
    </p>
  )
}

function isOpen(until: string): boolean {
  return Date.parse(until) >= minute.value
}

function sentence(cancelUntil: string, moveUntil: string): string {
  const [cancels, moves] = [isOpen(cancelUntil), isOpen(moveUntil)]
  const t = text.value.cutoff
  const [cancel, move] = [cancelUntil, moveUntil].map((until) =>
    words.value.moment(Date.parse(until), zone.value),
  ) as [string, string]
  if (!cancels && !moves) return t.tooLate
  if (!cancels) return t.moveOnly({ move })
  if (!moves) return t.cancelOnly({ cancel })
  return cancelUntil === moveUntil ? t.both({ time: cancel }) : t.each({ move, cancel })
}
