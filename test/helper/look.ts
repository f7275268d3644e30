/** Looks at a page in one of its states: whether it fits, can be pressed with a finger, and is accessible. */
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { axe, shot } from './browser.js'
import { until } from './until.js'

export const WIDTHS = [
  { width: 320, height: 640 },
  { width: 360, height: 740 },
  { width: 768, height: 1000 },
  { width: 1280, height: 900 },
]

export function lookAt(t: Test, page: Page, sizes = WIDTHS): (name: string) => Promise<void> {
  return async (name) => {
    // What had the focus may have been far down, and then the bar covers a part of the page.
    await page.evaluate('scrollTo(0, 0)')
    for (const size of sizes) {
      await page.setViewportSize(size)
      t.same(await beyond(page, size.width), [], `${name} fits ${size.width}`)
      // Seven days side by side leave less than 44 px each on the narrowest of screens.
      if (size.width >= 360)
        t.same(await small(page), [], `${name}, ${size.width} px: every target has 44 px`)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await shot(page, `${name}-${size.width}-${colorScheme}`)
        // What there is between the narrowest and the widest is in one of them as well.
        if (size !== sizes[0] && size !== sizes.at(-1)) continue
        // In other colours only contrasts are others.
        const rules = colorScheme === 'dark' ? ['color-contrast'] : undefined
        t.same(await axe(page, rules), [], `${name}, ${size.width} px, ${colorScheme}`)
      }
    }
    await page.emulateMedia({ colorScheme: 'light' })
  }
}

/** What makes the page wider than the screen, once it has drawn itself for that. */
async function beyond(page: Page, width: number): Promise<string[]> {
  const fits = () => page.evaluate<boolean>(`document.documentElement.scrollWidth <= ${width}`)
  const isFitting = await until(fits, 'it fits', 5_000).then(
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
