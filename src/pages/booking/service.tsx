/** What the time is for: the services to choose from, and the chosen one above its times. */
import type { Service } from '../../schemas/services.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { chooseService, serviceId } from './address.js'
import { moving, service, services } from './state.js'
import { text } from './text.js'

const MINUTE_MS = 60_000

export function ServiceChoice() {
  const isGone = serviceId.value !== null
  return (
    <section class="services" aria-labelledby="services">
      <h2 id="services" tabIndex={-1}>
        {text.value.services.heading}
      </h2>
      {isGone && (
        <p class="note warn" role="status">
          <Icon name="alert" />
          <span>{text.value.services.gone}</span>
        </p>
      )}
      <ul>
        {(services.value ?? []).map((one) => (
          <li key={one.id}>
            <button type="button" class="card service" data-service={one.id} onClick={() => choose(one.id)}>
              <span class="service-words">
                <strong>
                  <bdi>{one.name}</bdi>
                </strong>
                <Facts service={one} />
                {one.description && <bdi class="quiet small service-text">{one.description}</bdi>}
              </span>
              <Icon name="right" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Its focus goes along: what was pressed is not there any more. */
function choose(id: string | null): void {
  chooseService(id)
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.service-chosen h2, #services')?.focus())
}

function Facts({ service }: { service: Service }) {
  return (
    <span class="small service-facts">
      {words.value.duration(service.durationMinutes * MINUTE_MS)}
      {service.priceText && (
        <>
          {' · '}
          <bdi>{service.priceText}</bdi>
        </>
      )}
    </span>
  )
}

/** Nothing where slots are booked as they are. */
export function ChosenService() {
  const chosen = service.value
  if (chosen === null || moving.value !== null) return null
  return (
    <div class="service-chosen">
      <div>
        <h2 tabIndex={-1}>
          <bdi>{chosen.name}</bdi>
        </h2>
        <p>
          <Facts service={chosen} />
        </p>
        {chosen.description && (
          <p class="quiet small service-text" dir="auto">
            {chosen.description}
          </p>
        )}
      </div>
      {(services.value?.length ?? 0) > 1 && (
        <button type="button" class="button" onClick={() => choose(null)}>
          {text.value.services.others}
        </button>
      )}
    </div>
  )
}
