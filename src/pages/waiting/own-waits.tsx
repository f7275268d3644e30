/** On the page of the own bookings: what the reader waits for, and the mark of a hold that came from there. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Service } from '../../schemas/services.js'
import type { Wait } from '../../schemas/waits.js'
import { say } from '../shared/announce.jsx'
import { ask, type Refused } from '../shared/api.js'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import { providerOf } from '../shared/providers.js'
import { Refusal } from '../shared/refusal.jsx'
import { dayOf } from '../shared/time.js'
import { place } from './tell-me.jsx'
import { text } from './text.js'
import { leave, waits } from './waits.js'

export function OwnWaits() {
  if (waits.value.length === 0) return null
  return (
    <section class="my-list" aria-labelledby="waits">
      <h2 id="waits">{text.value.title}</h2>
      {waits.value.map((one) => (
        <OwnWait key={one.id} wait={one} />
      ))}
    </section>
  )
}

function OwnWait({ wait }: { wait: Wait }) {
  const name = useSignal('')
  const service = useSignal('')
  const busy = useSignal(false)
  const problem = useSignal<Refused | null>(null)
  const { id, providerId, serviceId, from, to, state, position } = wait
  useEffect(() => {
    void providerOf(providerId).then((answer) => {
      if (answer.ok) name.value = answer.data.name
    })
  }, [providerId, name])
  useEffect(() => {
    if (serviceId === undefined) return
    void ask<{ items: Service[] }>(`/v1/providers/${encodeURIComponent(providerId)}/services`).then(
      (answer) => {
        if (answer.ok) service.value = answer.data.items.find(({ id: one }) => one === serviceId)?.name ?? ''
      },
    )
  }, [providerId, serviceId, service])

  async function stop() {
    if (busy.value) return
    busy.value = true
    problem.value = await leave(id)
    busy.value = false
    if (problem.value === null) say(text.value.left)
  }

  // The day on which the last start lies that suits.
  const last = Date.parse(to) - 1
  return (
    <article class="card item" data-wait={id} data-wait-state={state}>
      <div class="item-when">
        <h3>
          <a href={`/book/${encodeURIComponent(providerId)}`}>{name.value}</a>
        </h3>
        <p>
          {words.value.span(dayOf(Date.parse(from), zone.value), dayOf(last, zone.value))}
          {service.value !== '' && (
            <>
              {words.value.comma}
              <bdi>{service.value}</bdi>
            </>
          )}
        </p>
      </div>
      <p class="item-wide">
        {state === 'offered' ? (
          <strong>
            {text.value.offerCame} {text.value.answer}
          </strong>
        ) : (
          position !== undefined && place(position)
        )}
      </p>
      {problem.value !== null && (
        <div class="item-wide">
          <Refusal problem={problem.value} />
        </div>
      )}
      <div class="buttons item-wide">
        <button type="button" class="button plain" aria-disabled={busy.value} onClick={() => void stop()}>
          {text.value.leave}
        </button>
      </div>
    </article>
  )
}

/** Of a hold that was offered. */
export function OfferMark() {
  return (
    <p class="note small item-wide">
      <Icon name="clock" /> <span>{text.value.offered}</span>
    </p>
  )
}
