import { type ComponentChild, createElement, type FunctionComponent } from 'preact'
import { useRef } from 'preact/hooks'

/** Draws again only when a property changed; a face counts by its content, since it is made anew each time. */
export function memo<P extends object>(component: (props: P) => ComponentChild): FunctionComponent<P> {
  return function Remembered(props: P) {
    const before = useRef<{ props: P; drawn: ComponentChild } | null>(null)
    const kept = before.current
    if (kept !== null && same(kept.props, props)) return kept.drawn
    const drawn = createElement(component as FunctionComponent<object>, props)
    before.current = { props, drawn }
    return drawn
  }
}

function same(a: object, b: object): boolean {
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  const keys = Object.keys(right)
  return (
    keys.length === Object.keys(left).length &&
    keys.every(
      (key) =>
        left[key] === right[key] || (key === 'face' && same(left[key] as object, right[key] as object)),
    )
  )
}
