/** Looks at a page in one of its states: whether it fits, can be pressed with a finger, and is accessible. */
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { axe, shot } from './browser.js'

export const WIDTHS = [
  { width: 360, height: 740 },
  { width: 768, height: 1000 },
  { width: 1280, height: 900 },
]

const NARROWEST = { width: 320, height: 640 }

/** `closely`: also on the narrowest of screens, and asks axe at each width in each set of colours. */
export function lookAt(
  t: Test,
  page: Page,
  colours: string,
  { closely = false } = {},
): (name: string) => Promise<void> {
  const widths = closely ? [NARROWEST, ...WIDTHS] : WIDTHS
  return async (name) => {
    for (const size of widths) {
      await page.setViewportSize(size)
      t.same(await beyond(page, size.width), [], `${name} fits ${size.width}`)
      await shot(page, `${name}-${size.width}-${colours}`)
      // Seven days side by side leave less than 44 px each on the narrowest of screens.
      if (size.width >= 360)
        t.same(await small(page), [], `${name}, ${size.width} px: every target has 44 px`)
      // Colours do not depend on the width, so one width does for the second set, unless it is looked at closely.
      if (closely || size.width === 360 || (colours === 'light' && size.width === 1280))
        t.same(await axe(page), [], `${name}, ${size.width} px, ${colours}`)
    }
  }
}

/** What makes the page wider than the screen, once it has drawn itself for that. */
async function beyond(page: Page, width: number): Promise<string[]> {
  const fits = `document.documentElement.scrollWidth <= ${width}`
  const isFitting = await page.waitForFunction(fits, undefined, { polling: 50, timeout: 5_000 }).then(
    () => true,
    () => false,
  )
  if (isFitting) return []
  return page.evaluate<string[]>(`
    [...document.querySelectorAll('body *')]
      .map((one) => [one.getBoundingClientRect(), one])
      .filter(([box]) => box.right > ${width})
      .map(([box, one]) => one.tagName + '.' + one.className + ' ends at ' + box.right)`)
}

/** What is pressed and is smaller than a finger. A link inside a sentence may be, and a quarter hour for a mouse. */
export async function small(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`
    [...document.querySelectorAll('a, button, input, select, summary')]
      .filter((one) => one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
      .filter((one) => getComputedStyle(one).display !== 'inline' && !one.matches('.skip, .cell'))
      .map((one) => [one.closest('label') ?? one, one])
      .map(([target, one]) => [target.getBoundingClientRect(), one])
      .filter(([box]) => Math.round(box.width) < 44 || Math.round(box.height) < 44)
      .map(([box, one]) => one.tagName + '.' + one.className + ' ' + box.width + ' x ' + box.height)`)
}
