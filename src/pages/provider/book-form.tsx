/** Books for somebody on the telephone or at the door: name and number, and the rest where it is wanted. */
import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { ONE_SLOT, shapeOf } from '../../domain/chain.js'
import { slotIdOf } from '../../domain/grid.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { dayOf } from '../shared/time.js'
import { focusSoon } from './appointment.jsx'
import { fitAt, nearestFits } from './fit.js'
import type { Person } from './for-somebody.js'
import type { Desk } from './state.js'

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
    say(`${name} is booked: ${inWords(at)}.`)
    focusSoon('.chosen h2')
  }

  function inWords(at: number): string {
    return `${words.value.day(dayOf(at, desk.zone), 'short')}, ${words.value.time(at, desk.zone)}`
  }

  function field(name: keyof Person, title: string, more: object = {}) {
    return (
      <div class="field">
        <label for={`${id}${name}`}>{title}</label>
        <input
          class="input"
          id={`${id}${name}`}
          autoComplete="off"
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
      aria-label="Book for somebody"
      onSubmit={(event) => {
        event.preventDefault()
        void book(start)
      }}
    >
      <p class="quiet small">Open. Book it for somebody:</p>
      {field('name', 'Name', { required: true, maxLength: 100, 'data-first': true })}
      {field('phone', 'Phone', { type: 'tel', maxLength: 40 })}
      {services.length > 0 && (
        <div class="field">
          <label for={`${id}service`}>Service</label>
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
                {one.name}, {one.durationMinutes} min{fits(one.id) ? '' : ' (does not fit here)'}
              </option>
            ))}
            <option value={NONE}>No service, {desk.calendar.rules.value.slotMinutes} min</option>
          </select>
        </div>
      )}
      <details class="more">
        <summary>
          Note and e-mail <Icon name="down" />
        </summary>
        <div class="form">
          {field('note', 'Note', { maxLength: 500 })}
          {field('email', 'E-mail', { type: 'email', maxLength: 254 })}
        </div>
      </details>
      {problem.value !== null && <Refusal problem={problem.value} />}
      {isElsewhere && (
        <div class="nearest">
          <p class="small">
            {isRefused ? '' : 'It does not fit here. '}
            {nearest.length > 0 ? 'The nearest times:' : 'It fits at no time that is offered.'}
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
        {busy.value ? 'Asking …' : 'Book'}
      </button>
    </form>
  )
}
