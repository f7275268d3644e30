import { Component, type ComponentChild, createElement, type FunctionComponent } from 'preact'

/**
 * Draws again only when a property changed; a face counts by its content, since it is made anew each time.
 * A class, because the way that keeps what was drawn and returns it again keeps every tree it ever stood in.
 */
export function memo<P extends object>(component: (props: P) => ComponentChild) {
  return class Remembered extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !same(this.props, next)
    }

    override render(): ComponentChild {
      return createElement(component as FunctionComponent<object>, this.props)
    }
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
