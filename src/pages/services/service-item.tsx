/** A service in the list: what it is, and what can be done with it. */
import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { Service } from '../../schemas/services.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Refusal } from '../shared/refusal.jsx'
import { common } from '../shared/text.js'
import { spoken } from './spoken.js'
import type { Offer } from './state.js'
import { text } from './text.js'

export function ServiceItem({ offer, service }: { offer: Offer; service: Service }) {
  const problem = useSignal<Refused | null>(null)
  const busy = useSignal(false)
  const isAsked = useSignal(false)
  const remove = useRef<HTMLButtonElement>(null)
  const { id, name, active, description, priceText, durationMinutes } = service
  const terms = termsOf(service)
  const texts = text.value.item

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
      if (refused === null) say((active ? text.value.item.isOff : text.value.item.isOn)({ name }))
    })

  const drop = () =>
    act(async () => {
      problem.value = await offer.remove(service)
      if (problem.value !== null) return
      say(text.value.item.isDeleted({ name }))
      requestAnimationFrame(() => document.querySelector<HTMLElement>('#services')?.focus())
    })

  return (
    <li class="card service" data-service={id} data-active={active}>
      <div class="service-head">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        {!active && <span class="badge small">{texts.notOffered}</span>}
      </div>
      <p class="service-facts">
        {spoken.value.span(durationMinutes)}
        {priceText !== undefined && (
          <>
            {' · '}
            <bdi>{priceText}</bdi>
          </>
        )}
      </p>
      {description !== undefined && (
        <p class="service-text quiet" dir="auto">
          {description}
        </p>
      )}
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
            aria-label={texts.changeOf({ name })}
            onClick={() => {
              offer.editing.value = id
            }}
          >
            {texts.change}
          </button>
          <button
            type="button"
            class="button"
            aria-label={(active ? texts.switchOffOf : texts.switchOnOf)({ name })}
            aria-disabled={busy.value}
            onClick={() => void turn()}
          >
            {active ? texts.switchOff : texts.switchOn}
          </button>
          <button
            ref={remove}
            type="button"
            class="button danger"
            aria-label={texts.deleteOf({ name })}
            onClick={() => {
              isAsked.value = true
            }}
          >
            {texts.delete}
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
        <strong>{text.value.item.sureToDelete({ name })}</strong> {text.value.item.afterDeleting}
      </p>
      <div class="buttons">
        <button type="button" class="button danger" aria-disabled={isBusy} onClick={onYes}>
          {isBusy ? common.value.asking : text.value.item.deleteIt}
        </button>
        <button type="button" class="button" onClick={onNo}>
          {text.value.item.keepIt}
        </button>
      </div>
    </div>
  )
}

/** What differs from the ordinary, in words. */
function termsOf(service: Service): string[] {
  const { bufferBeforeMinutes, bufferAfterMinutes, noticeSeconds, startsEveryMinutes } = service
  const { cancelCutoffSeconds, moveCutoffSeconds } = service
  const { span, deadline } = spoken.value
  const texts = text.value.item
  const before = bufferBeforeMinutes > 0 ? span(bufferBeforeMinutes) : null
  const after = bufferAfterMinutes > 0 ? span(bufferAfterMinutes) : null
  const cancelled = deadline(cancelCutoffSeconds)
  return [
    startsEveryMinutes === 60 ? texts.startsHourly : texts.startsEvery({ span: span(startsEveryMinutes) }),
    ...(before === null && after === null ? [] : [texts.keptFree({ before, after })]),
    ...(noticeSeconds === undefined ? [] : [texts.booked({ deadline: deadline(noticeSeconds) })]),
    cancelCutoffSeconds === moveCutoffSeconds
      ? texts.cancelledAndMoved({ deadline: cancelled })
      : texts.cancelledMoved({ cancelled, moved: deadline(moveCutoffSeconds) }),
  ]
}
