/** Books for somebody on the telephone or at the door: name and number, and the rest where it is wanted. */
import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { ONE_SLOT, shapeOf } from '../../domain/chain.js'
import { slotIdOf } from '../../domain/grid.js'
import type { Service } from '../../schemas/services.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { common } from '../shared/text.js'
import { focusSoon } from './appointment.jsx'
import { fitAt, nearestFits } from './fit.js'
import type { Person } from './for-somebody.js'
import type { Desk } from './state.js'
import { text } from './text.js'

const NEAREST = 3
/** Of the choice to book the time as it is, without a service. */
const NONE = ''

export function BookForm({ desk, start }: { desk: Desk; start: number }) {
  const { person, services: offered } = desk.forSomebody
  const chosen = useSignal<string | null>(null)
  const busy = useSignal(false)
  const problem = useSignal<Refused | null>(null)
  const id = useId()
  useEffect(() => {
    void desk.forSomebody.loadServices()
  }, [])
  const services = offered.value
  const { seen, moment } = desk.calendar
  const of = (serviceId: string) => {
    const service = services.find((one) => one.id === serviceId)
    return { providerId: desk.account.id, shape: service === undefined ? ONE_SLOT : shapeOf(service) }
  }
  const fits = (serviceId: string) => fitAt(start, of(serviceId), seen.value.slots, moment.value) === 'fits'
  const serviceId = chosen.value ?? services.find((one) => fits(one.id))?.id ?? services[0]?.id ?? NONE
  const isRefused = problem.value !== null
  const { book: texts, details } = text.value
  const isElsewhere = isRefused || !fits(serviceId)
  const nearest = isElsewhere
    ? nearestFits(start, of(serviceId), seen.value.slots, moment.value, NEAREST)
    : []

  async function book(at: number) {
    if (busy.value) return
    busy.value = true
    problem.value = null
    const name = person.value.name.trim()
    const slotId = slotIdOf(desk.account.id, at)
    const answer = await desk.forSomebody.book(slotId, serviceId === NONE ? undefined : serviceId)
    busy.value = false
    if (!answer.ok) {
      problem.value = answer.problem
      return
    }
    say(texts.done({ name, when: inWords(at) }))
    focusSoon('.chosen h2')
  }

  function inWords(at: number): string {
    return words.value.moment(at, desk.zone, 'short')
  }

  function optionOf({ id, name, durationMinutes }: Service): string {
    const service = texts.serviceFor({ name, minutes: durationMinutes })
    return fits(id) ? service : texts.doesNotFit({ service })
  }

  function field(name: keyof Person, title: string, more: object = {}) {
    return (
      <div class="field">
        <label for={`${id}${name}`}>{title}</label>
        <input
          class="input"
          id={`${id}${name}`}
          autoComplete="off"
          dir="auto"
          value={person.value[name]}
          onInput={(event) => {
            desk.forSomebody.type({ [name]: event.currentTarget.value })
          }}
          {...more}
        />
      </div>
    )
  }

  return (
    <form
      class="form book"
      aria-label={texts.title}
      onSubmit={(event) => {
        event.preventDefault()
        void book(start)
      }}
    >
      <p class="quiet small">{texts.intro}</p>
      {field('name', texts.name, { required: true, maxLength: 100, 'data-first': true })}
      {field('phone', details.phone, { type: 'tel', dir: 'ltr', maxLength: 40 })}
      {services.length > 0 && (
        <div class="field">
          <label for={`${id}service`}>{details.service}</label>
          <select
            class="input"
            id={`${id}service`}
            value={serviceId}
            onChange={(event) => {
              chosen.value = event.currentTarget.value
              problem.value = null
            }}
          >
            {services.map((one) => (
              <option key={one.id} value={one.id}>
                {optionOf(one)}
              </option>
            ))}
            <option value={NONE}>
              {texts.noService({ minutes: desk.calendar.rules.value.slotMinutes })}
            </option>
          </select>
        </div>
      )}
      <details class="more">
        <summary>
          {texts.more} <Icon name="down" />
        </summary>
        <div class="form">
          {field('note', details.note, { maxLength: 500 })}
          {field('email', details.email, { type: 'email', dir: 'ltr', maxLength: 254 })}
        </div>
      </details>
      {problem.value !== null && <Refusal problem={problem.value} />}
      {isElsewhere && (
        <div class="nearest">
          <p class="small">
            {isRefused ? '' : `${texts.elsewhere} `}
            {nearest.length > 0 ? texts.nearest : texts.nowhere}
          </p>
          <div class="buttons">
            {nearest.map((at) => (
              <button
                key={at}
                type="button"
                class="button num"
                onClick={(event) => {
                  const form = event.currentTarget.form
                  if (form?.reportValidity()) void book(at)
                }}
              >
                {inWords(at)}
              </button>
            ))}
          </div>
        </div>
      )}
      <button type="submit" class="button main wide" aria-disabled={busy.value}>
        {busy.value ? common.value.asking : texts.button}
      </button>
    </form>
  )
}
