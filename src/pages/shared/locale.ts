/** How times are shown to this reader: the zone (from the link, else the browser's) and the clock of the locale. */
import { computed, signal } from '@preact/signals'
import { isZone, wording } from './time.js'

const own = Intl.DateTimeFormat().resolvedOptions().timeZone
export const browserZone = isZone(own) ? own : 'UTC'

const asked = new URLSearchParams(location.search).get('zone')
export const zone = signal(asked !== null && isZone(asked) ? asked : browserZone)

export const words = computed(() => wording(navigator.languages))

/** Every zone this browser knows, with the ones that matter here first. */
export function zones(first: string[]): string[] {
  return [...new Set([...first.filter(isZone), ...Intl.supportedValuesOf('timeZone'), 'UTC'])]
}
