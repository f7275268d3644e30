import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Provider } from '../../schemas/accounts.js'
import type { Reservation } from '../../schemas/reservations.js'
import { say } from '../shared/announce.jsx'
import type { Answer, Refused } from '../shared/api.js'
import { Countdown } from '../shared/countdown.jsx'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import { clock } from '../shared/now.js'
import { providerOf } from '../shared/providers.js'
import { Refusal } from '../shared/refusal.jsx'
import { confirm, downloadCalendar, giveBack } from '../shared/reservations.js'
import { isLive } from '../shared/slot-face.js'
import { cityOf, dayOf, sameWall } from '../shared/time.js'

const ended: Record<Reservation['status'], string> = {
  held: 'ran out',
  confirmed: 'took place',
  released: 'given back, or ended by the provider',
  expired: 'ran out',
  cancelled: 'cancelled',
}

export function Item({ reservation }: { reservation: Reservation }) {
  const provider = useSignal<Provider | null>(null)
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal(false)
  const sure = useSignal(false)
  const { id, slotId, providerId, start, end, status, expiresAt } = reservation
  useEffect(() => {
    void providerOf(providerId).then((answer) => {
      if (answer.ok) provider.value = answer.data
    })
  }, [providerId, provider])

  const from = Date.parse(start)
  const over = Date.parse(end) <= clock.now()
  const held = !over && status === 'held' && isLive(reservation, clock.now())
  const coming = !over && status === 'confirmed'
  const there = provider.value?.timeZone ?? zone.value
  const link = `/book/${encodeURIComponent(providerId)}?day=${dayOf(from, zone.value)}&zone=${zone.value}`

  async function act(work: () => Promise<Answer<unknown>>, word: string) {
    if (busy.value) return
    busy.value = true
    problem.value = null
    const answer = await work()
    busy.value = false
    sure.value = false
    if (answer.ok) say(word)
    else problem.value = answer.problem
  }

  return (
    <article
      class="card item"
      data-slot-id={held || coming ? slotId : undefined}
      data-state={held ? 'mine' : coming ? 'confirmed' : undefined}
      data-reservation={id}
      data-status={status}
    >
      <div class="item-when">
        <h3>{words.value.dayOfInstant(from, zone.value)}</h3>
        <p class="num">
          {words.value.time(from, zone.value)} – {words.value.time(Date.parse(end), zone.value)}
          {!sameWall(from, zone.value, there) && (
            <span class="quiet small">
              {' '}
              {words.value.timeElsewhere(from, zone.value, there)} in {cityOf(there)}
            </span>
          )}
        </p>
        <p class="quiet">
          <a href={link}>{provider.value?.name ?? 'Provider'}</a>
        </p>
      </div>
      <div class="item-state">
        {held && expiresAt !== undefined && (
          <p class="item-left">
            <Countdown until={Date.parse(expiresAt)} /> <span class="quiet small">left to confirm</span>
          </p>
        )}
        {coming && (
          <p class="item-left">
            <Icon name="check" /> Booked
          </p>
        )}
        {!held && !coming && <p class="quiet">{ended[status]}</p>}
      </div>
      {problem.value !== null && (
        <div class="item-wide">
          <Refusal problem={problem.value} />
        </div>
      )}
      {held && (
        <div class="buttons item-wide">
          <button
            type="button"
            class="button main"
            aria-disabled={busy.value}
            onClick={() => void act(() => confirm(id), 'Booked.')}
          >
            {busy.value ? 'Asking …' : 'Confirm booking'}
          </button>
          <button
            type="button"
            class="button"
            aria-disabled={busy.value}
            onClick={() => void act(() => giveBack(id), 'Given back.')}
          >
            Give it back
          </button>
        </div>
      )}
      {coming && !sure.value && (
        <div class="buttons item-wide">
          <button type="button" class="button" onClick={() => void downloadCalendar(id)}>
            <Icon name="calendar" /> Add to calendar
          </button>
          <button
            type="button"
            class="button plain"
            onClick={() => {
              sure.value = true
            }}
          >
            Cancel booking
          </button>
        </div>
      )}
      {coming && sure.value && (
        <div class="buttons item-wide">
          <button
            type="button"
            class="button danger"
            aria-disabled={busy.value}
            onClick={() => void act(() => giveBack(id), 'Booking cancelled.')}
          >
            Yes, cancel it
          </button>
          <button
            type="button"
            class="button"
            onClick={() => {
              sure.value = false
            }}
          >
            Keep it
          </button>
        </div>
      )}
    </article>
  )
}
