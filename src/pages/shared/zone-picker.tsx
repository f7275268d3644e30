/**
 * A time zone, chosen by typing a city, a country or a distance from UTC: a combobox with a list (ARIA 1.2). The focus
 * stays in the field, arrow keys move through the list, Enter or Tab takes what is marked, Escape leaves all as it was.
 * The list of all zones comes when it is first asked for.
 */
import { signal, useSignal } from '@preact/signals'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { locale, words } from './locale.js'
import { clock, minute } from './now.js'
import { filled } from './text/filled.jsx'
import { common } from './text.js'
import { offsetAt, offsetName, todaysName } from './time.js'
import type { ZoneEntry } from './zone-search.js'

/** Who looks for a zone types a few letters; who does not is shown so many. */
const MAX_SHOWN = 60
const PAGE = 6
/** Isolated, so that it reads the same between words of either direction. */
const EXAMPLE = '\u2066+5:30\u2069'

/** What was found for a query, in order; null while the list is on its way. */
type Find = (query: string) => readonly ZoneEntry[]
const find = signal<Find | null>(null)
let isLoading = false

async function load(): Promise<void> {
  if (isLoading || find.value !== null) return
  isLoading = true
  try {
    const { listZones, findZones } = await import('./zone-search.js')
    const all = await listZones(locale.peek(), clock.now())
    find.value = (query) => (query === '' ? all : findZones(all, query))
  } catch {
    // Cut off on the way: asked for again with the next key.
  } finally {
    isLoading = false
  }
}

interface ZonePickerProps {
  /** Of the field, for its label. */
  id: string
  value: string
  onChoose: (zone: string) => void
  /** Zones that come first, and what each is to the reader: "yours". */
  near?: Readonly<Record<string, string>>
  invalid?: boolean
}

export function ZonePicker({ id, value, onChoose, near = {}, invalid = false }: ZonePickerProps) {
  const open = useSignal(false)
  /** What was typed since the field had a zone; null where nothing was. */
  const typed = useSignal<string | null>(null)
  const active = useSignal(0)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const listId = useId()
  const current = todaysName(value)
  const text = common.value.zones
  const query = (typed.value ?? '').trim()
  const found = open.value ? (find.value?.(query) ?? null) : null
  const shown = found === null ? [] : inOrder(found, query === '' ? Object.keys(near) : [])
  const isOpen = shown.length > 0
  const optionId = (index: number) => `${listId}-${index}`

  useLayoutEffect(() => {
    list.current?.children[active.value]?.scrollIntoView({ block: 'nearest' })
  }, [active.value, isOpen])

  function show() {
    void load()
    if (open.value) return
    open.value = true
    active.value = 0
  }

  function leave() {
    open.value = false
    typed.value = null
  }

  function take(entry: ZoneEntry | undefined) {
    if (entry === undefined) return
    leave()
    if (entry.name !== current) onChoose(entry.name)
  }

  function press(event: KeyboardEvent) {
    const to = (index: number) => {
      event.preventDefault()
      if (open.value) active.value = Math.max(0, Math.min(shown.length - 1, index))
      else show()
    }
    switch (event.key) {
      case 'ArrowDown':
        return to(active.value + 1)
      case 'ArrowUp':
        return to(active.value - 1)
      case 'PageDown':
        return to(active.value + PAGE)
      case 'PageUp':
        return to(active.value - PAGE)
      case 'Enter':
        // It would send the form.
        if (open.value) event.preventDefault()
        return open.value ? take(shown[active.value]) : undefined
      case 'Escape':
        // It would close the dialog around.
        if (open.value) event.preventDefault()
        return leave()
      case 'Tab':
        if (query !== '') take(shown[active.value])
        return leave()
      default:
        // What is typed takes the place of the zone that stands there.
        if (typed.value === null && event.key.length === 1) field.current?.select()
    }
  }

  return (
    <div class="zone-picker">
      <input
        ref={field}
        class="input"
        dir="ltr"
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-activedescendant={isOpen ? optionId(active.value) : undefined}
        aria-describedby={`${listId}now`}
        aria-invalid={invalid}
        value={typed.value ?? current.replaceAll('_', ' ')}
        onFocus={(event) => event.currentTarget.select()}
        onClick={(event) => {
          if (!open.value) event.currentTarget.select()
          show()
        }}
        onInput={(event) => {
          show()
          typed.value = event.currentTarget.value
          active.value = 0
        }}
        onKeyDown={press}
        onBlur={leave}
      />
      <p class="small quiet num" id={`${listId}now`}>
        {filled(text.thereNow, {
          offset: offsetName(offsetAt(minute.value, current) / 60_000),
          time: words.value.time(minute.value, current),
        })}
      </p>
      <div class="zone-list" hidden={!open.value}>
        <div ref={list} id={listId} role="listbox" aria-label={text.list} hidden={!isOpen}>
          {shown.map(({ name, offset }, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the field names the one that is marked
            <div
              key={name}
              id={optionId(index)}
              role="option"
              class="zone-option"
              aria-selected={name === current}
              data-active={index === active.value}
              // The focus stays in the field.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(shown[index])}
            >
              <span>
                <bdi>{name.replaceAll('_', ' ')}</bdi>
                {near[name] !== undefined && <span class="quiet"> ({near[name]})</span>}
              </span>
              <span class="small quiet num">
                <bdi>{offsetName(offset)}</bdi>, <bdi>{words.value.time(minute.value, name)}</bdi>
              </span>
            </div>
          ))}
        </div>
        <p class="small quiet" role="status">
          {found === null
            ? text.looking
            : found.length === 0
              ? text.none({ example: EXAMPLE })
              : found.length > MAX_SHOWN
                ? text.many({ count: found.length, example: EXAMPLE })
                : text.found({ count: found.length })}
        </p>
      </div>
    </div>
  )
}

function inOrder(found: readonly ZoneEntry[], first: readonly string[]): readonly ZoneEntry[] {
  const near = found.filter(({ name }) => first.includes(name))
  near.sort((a, b) => first.indexOf(a.name) - first.indexOf(b.name))
  return [...near, ...found.filter(({ name }) => !first.includes(name))].slice(0, MAX_SHOWN)
}
