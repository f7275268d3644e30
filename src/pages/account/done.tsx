/** What was just done, for the eye; the announcer says it to the ear. */
import type { ComponentChildren } from 'preact'
import { Icon } from '../shared/icons.jsx'

export function Done({ children }: { children: ComponentChildren }) {
  return (
    <p class="done small">
      <Icon name="check" /> {children}
    </p>
  )
}
