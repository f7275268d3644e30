/** A service in the list: what it is, and what can be done with it. */
import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { Service } from '../../schemas/services.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Refusal } from '../shared/refusal.jsx'
import { spanWords } from './amount.js'
import { deadlineInWords } from './draft.js'
import type { Offer } from './state.js'

export function ServiceItem({ offer, service }: { offer: Offer; service: Service }) {
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal(false)
  const isAsked = useSignal(false)
  const remove = useRef<HTMLButtonElement>(null)
  const { id, name, active, description, priceText, durationMinutes } = service
  const terms = termsOf(service)

  async function act<T>(work: () => Promise<T>): Promise<T | null> {
    if (busy.value) return null
    busy.value = true
    problem.value = null
    const result = await work()
    busy.value = false
    return result
  }

  const turn = () =>
    act(async () => {
      const refused = await offer.change(service, { active: !active })
      problem.value = refused?.problem ?? null
      if (refused === null) say(active ? `${name} is not offered any more.` : `${name} is offered again.`)
    })

  const drop = () =>
    act(async () => {
      problem.value = await offer.remove(service)
      if (problem.value !== null) return
      say(`${name} is deleted.`)
      requestAnimationFrame(() => document.querySelector<HTMLElement>('#services')?.focus())
    })

  return (
    <li class="card service" data-service={id} data-active={active}>
      <div class="service-head">
        <h2>{name}</h2>
        {!active && <span class="badge small">Not offered</span>}
      </div>
      <p class="service-facts">
        {spanWords(durationMinutes * 60)}
        {priceText !== undefined && ` · ${priceText}`}
      </p>
      {description !== undefined && <p class="service-text quiet">{description}</p>}
      {terms.length > 0 && <p class="small quiet">{terms.join(' · ')}</p>}
      {problem.value !== null && <Refusal problem={problem.value} />}
      {isAsked.value ? (
        <Question
          name={name}
          isBusy={busy.value}
          onYes={() => void drop()}
          onNo={() => {
            isAsked.value = false
            requestAnimationFrame(() => remove.current?.focus())
          }}
        />
      ) : (
        <div class="buttons">
          <button
            type="button"
            class="button"
            aria-label={`Change ${name}`}
            onClick={() => {
              offer.editing.value = id
            }}
          >
            Change
          </button>
          <button
            type="button"
            class="button"
            aria-label={`Switch ${active ? 'off' : 'on'} ${name}`}
            aria-disabled={busy.value}
            onClick={() => void turn()}
          >
            {active ? 'Switch off' : 'Switch on'}
          </button>
          <button
            ref={remove}
            type="button"
            class="button danger"
            aria-label={`Delete ${name}`}
            onClick={() => {
              isAsked.value = true
            }}
          >
            Delete
          </button>
        </div>
      )}
    </li>
  )
}

interface QuestionProps {
  name: string
  isBusy: boolean
  onYes: () => void
  onNo: () => void
}

function Question({ name, isBusy, onYes, onNo }: QuestionProps) {
  const question = useRef<HTMLDivElement>(null)
  const id = useId()
  useEffect(() => question.current?.focus(), [])
  return (
    // biome-ignore lint/a11y/useSemanticElements: a question with two answers, not fields of a form
    <div class="question" role="group" aria-labelledby={id} tabIndex={-1} ref={question}>
      <p id={id}>
        <strong>Delete {name}?</strong> Nobody can book it any more. Bookings that were made stay as they are.
      </p>
      <div class="buttons">
        <button type="button" class="button danger" aria-disabled={isBusy} onClick={onYes}>
          {isBusy ? 'Asking …' : 'Delete it'}
        </button>
        <button type="button" class="button" onClick={onNo}>
          Keep it
        </button>
      </div>
    </div>
  )
}

/** What differs from the ordinary, in words. */
function termsOf(service: Service): string[] {
  const { bufferBeforeMinutes, bufferAfterMinutes, noticeSeconds, startsEveryMinutes } = service
  const { cancelCutoffSeconds, moveCutoffSeconds } = service
  const buffers = [
    bufferBeforeMinutes > 0 && `${spanWords(bufferBeforeMinutes * 60)} before`,
    bufferAfterMinutes > 0 && `${spanWords(bufferAfterMinutes * 60)} after`,
  ].filter(Boolean)
  const isOneCutoff = cancelCutoffSeconds === moveCutoffSeconds
  return [
    `Starts every ${startsEveryMinutes === 60 ? 'hour' : spanWords(startsEveryMinutes * 60)}`,
    buffers.length > 0 && `kept free: ${buffers.join(', ')}`,
    noticeSeconds !== undefined && `booked ${deadlineInWords(noticeSeconds)}`,
    isOneCutoff
      ? `cancelled and moved ${deadlineInWords(cancelCutoffSeconds)}`
      : `cancelled ${deadlineInWords(cancelCutoffSeconds)}, moved ${deadlineInWords(moveCutoffSeconds)}`,
  ].filter((text) => text !== false)
}
