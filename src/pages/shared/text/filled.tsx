import type { ComponentChildren } from 'preact'

const OPEN = '\ue000'
const CLOSE = '\ue001'

/**
 * A text with elements as its values: `filled(text.value.signInWith, { email: <strong>…</strong> })`. What is given as
 * plain text is isolated, so that a name or number of another direction leaves the order of the sentence alone.
 */
export function filled<Name extends string>(
  text: (values: Record<Name, string>) => string,
  values: Record<Name, ComponentChildren>,
): ComponentChildren {
  const names = Object.keys(values) as Name[]
  const marks = Object.fromEntries(names.map((name, index) => [name, `${OPEN}${index}${CLOSE}`]))
  return text(marks as Record<Name, string>)
    .split(/(\ue000\d+\ue001)/)
    .map((part) => {
      if (!part.startsWith(OPEN)) return part
      const value = values[names[Number(part.slice(1, -1))] as Name]
      return typeof value === 'string' ? <bdi>{value}</bdi> : value
    })
}
