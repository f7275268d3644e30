import './services.css'
import { useEffect } from 'preact/hooks'
import type { Service } from '../../schemas/services.js'
import { Icon } from '../shared/icons.jsx'
import { ProviderFrame } from '../shared/provider-frame.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { showPage } from '../shared/show-page.jsx'
import { common } from '../shared/text.js'
import { PoliciesForm } from './policies-form.jsx'
import { ServiceForm } from './service-form.jsx'
import { ServiceItem } from './service-item.jsx'
import { Offer } from './state.js'
import { text } from './text.js'

/** A page belongs to one account, and so does what it offers. */
let offer: Offer | null = null

function Page() {
  return (
    <ProviderFrame page="services">
      {(account) => {
        offer ??= new Offer(account)
        return <ServicesView offer={offer} />
      }}
    </ProviderFrame>
  )
}

function ServicesView({ offer }: { offer: Offer }) {
  useEffect(() => void offer.load(), [offer])
  const services = offer.services.value
  const policies = offer.policies.value
  return (
    <>
      <div class="services-head">
        <h1 id="services" tabIndex={-1}>
          {text.value.title}
        </h1>
        <a class="button" href={`/book/${encodeURIComponent(offer.providerId)}`}>
          {text.value.seePage}
        </a>
      </div>
      {offer.problem.value !== null && (
        <Refusal problem={offer.problem.value}>
          <div class="buttons">
            <button type="button" class="button" onClick={() => void offer.load()}>
              {common.value.tryAgain}
            </button>
          </div>
        </Refusal>
      )}
      <div class="services">
        {services === null ? (
          offer.problem.value === null && <div class="bone services-bone" aria-hidden="true" />
        ) : (
          <Services offer={offer} services={services} />
        )}
        {policies !== null && <PoliciesForm offer={offer} known={policies} />}
      </div>
    </>
  )
}

function Services({ offer, services }: { offer: Offer; services: readonly Service[] }) {
  const { editing, lost } = offer
  const isFirst = services.length === 0

  /** Back to the button with which it began, or to what was added. */
  function close(id: string | null) {
    editing.value = null
    const button = id === null ? '.service-add' : `[data-service="${CSS.escape(id)}"] button`
    requestAnimationFrame(() =>
      (document.querySelector<HTMLElement>(button) ?? document.getElementById('services'))?.focus(),
    )
  }

  return (
    <div class="services-list">
      {lost.value !== null && (
        <div class="note warn" role="alert" data-code="not_found">
          <Icon name="alert" />
          <p>
            <strong>{text.value.lost({ name: lost.value })}</strong> {text.value.lostHint}
          </p>
        </div>
      )}
      {isFirst && <p class="quiet">{text.value.intro}</p>}
      {!isFirst && (
        <ul class="services-list">
          {services.map((service) =>
            editing.value === service.id ? (
              <li key={service.id}>
                <ServiceForm offer={offer} service={service} onDone={() => close(service.id)} />
              </li>
            ) : (
              <ServiceItem key={service.id} offer={offer} service={service} />
            ),
          )}
        </ul>
      )}
      {isFirst || editing.value === 'new' ? (
        <ServiceForm
          // What was typed into the form of the first one is done with when there is one.
          key={isFirst ? 'first' : 'new'}
          offer={offer}
          service={null}
          isFirst={isFirst}
          onDone={(saved) => close(saved?.id ?? null)}
        />
      ) : (
        <div class="buttons">
          <button
            type="button"
            class="button service-add"
            onClick={() => {
              lost.value = null
              editing.value = 'new'
            }}
          >
            <Icon name="plus" /> {text.value.add}
          </button>
        </div>
      )}
    </div>
  )
}

showPage({ page: Page, text })
