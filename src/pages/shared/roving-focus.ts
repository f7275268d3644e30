/**
 * One stop for the Tab key in a field of many buttons, and arrow keys from there, by where the buttons lie on the screen.
 * Home and End go to the ends of a row, with Ctrl to the ends of the field.
 */

/** Those that are on the screen and may be pressed. */
function buttonsIn(field: HTMLElement, selector: string): HTMLElement[] {
  return [...field.querySelectorAll<HTMLElement>(selector)].filter(
    (one) => one.offsetParent !== null && !(one instanceof HTMLButtonElement && one.disabled),
  )
}

/** For `onKeyDown` of the field. */
export function moveFocus(event: KeyboardEvent, field: HTMLElement | null, selector: string): void {
  const from = (event.target as HTMLElement).closest<HTMLElement>(selector)
  if (field === null || from === null || event.altKey || event.metaKey) return
  const all = buttonsIn(field, selector)
  const to = target(event, all, from)
  if (to === undefined) return
  event.preventDefault()
  to.focus()
}

function target(event: KeyboardEvent, all: HTMLElement[], from: HTMLElement): HTMLElement | undefined {
  const index = all.indexOf(from)
  const here = from.getBoundingClientRect()
  const boxes = new Map(all.map((one) => [one, one.getBoundingClientRect()]))
  const boxOf = (one: HTMLElement) => boxes.get(one) ?? here
  const inRow = () => all.filter((one) => Math.abs(boxOf(one).top - here.top) < here.height / 2)
  const nearest = (rows: HTMLElement[], sign: 1 | -1) => {
    const distance = (one: HTMLElement) =>
      sign * (boxOf(one).top - here.top) * 1000 + Math.abs(boxOf(one).left - here.left)
    return rows.sort((a, b) => distance(a) - distance(b))[0]
  }
  const onward = document.documentElement.dir === 'rtl' ? -1 : 1
  switch (event.key) {
    case 'ArrowRight':
      return all[index + onward]
    case 'ArrowLeft':
      return all[index - onward]
    case 'ArrowDown':
      return nearest(
        all.filter((one) => boxOf(one).top >= here.bottom - 1),
        1,
      )
    case 'ArrowUp':
      return nearest(
        all.filter((one) => boxOf(one).bottom <= here.top + 1),
        -1,
      )
    case 'Home':
      return event.ctrlKey ? all[0] : inRow()[0]
    case 'End':
      return event.ctrlKey ? all.at(-1) : inRow().at(-1)
    default:
      return undefined
  }
}
