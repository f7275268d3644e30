/** A provider as it shows itself: its picture or initials, its name, and what it says of itself. */
import { useState } from 'preact/hooks'
import type { Provider } from '../../schemas/accounts.js'
import { Icon } from './icons.jsx'
import { common } from './text.js'
import { cityOf } from './time.js'

/** Where it is, in its own words if it has said so. */
export function placeOf({ place, timeZone }: Pick<Provider, 'place' | 'timeZone'>): string {
  return place ?? cityOf(timeZone)
}

/** Its speciality, and where it is. */
export function lineOf(provider: Pick<Provider, 'title' | 'place' | 'timeZone'>): string {
  const place = placeOf(provider)
  return provider.title === undefined ? place : `${provider.title}, ${place}`
}

export function Mark({ name, picture }: Pick<Provider, 'name' | 'picture'>) {
  const [broken, setBroken] = useState<string>()
  return (
    <span class="mark" aria-hidden="true">
      {picture === undefined || picture === broken ? (
        initials(name)
      ) : (
        <img src={picture} alt="" onError={() => setBroken(picture)} />
      )}
    </span>
  )
}

/** At the head of a page, or as it would look there. */
export function Face({ provider, heading: Heading }: { provider: Provider; heading: 'h1' | 'p' }) {
  const { address, phone, text } = provider
  return (
    <div class="face">
      <Mark {...provider} />
      <div class="face-words">
        <Heading class="face-name">
          <bdi>{provider.name}</bdi>
        </Heading>
        <p class="quiet">
          <bdi>{lineOf(provider)}</bdi>
        </p>
        <div class="face-reach">
          {address !== undefined && <bdi>{address.replace(/\s*\n+\s*/g, ', ')}</bdi>}
          {phone !== undefined && (
            <a href={`tel:${dialled(phone)}`} dir="ltr">
              {phone}
            </a>
          )}
          {text !== undefined && (
            <details>
              <summary>
                {common.value.about} <Icon name="down" />
              </summary>
              <p dir="auto">{text}</p>
            </details>
          )}
        </div>
      </div>
    </div>
  )
}

/** Without the zero that is left out behind a country's code. */
function dialled(phone: string): string {
  return phone.replace(/(\+.*?)\(0\)/, '$1').replace(/[^\d+]/g, '')
}

/** Begins the names of many, and tells none apart. */
const TITLE = /\.$|^(?:dr|prof|mr|mrs|ms)$/i

function initials(name: string): string {
  const parts = name.split(/\s+/).filter((part) => /^\p{L}/u.test(part) && !TITLE.test(part))
  return [parts[0], parts.length > 1 ? parts.at(-1) : undefined]
    .map((part) => [...(part ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}
