/** A job as somebody does it in a browser: how many presses it takes, how many fields are filled in, and how long. */
import type { Page } from 'playwright-core'

export interface Job {
  /** Presses of a button of the mouse, a finger, or Enter and Space outside of text. */
  presses: number
  /** Fields that were typed into or chosen from, each counted once. */
  fields: number
  ms: number
}

/** Runs inside the page. A press of Enter in a field submits its form, so it counts; the letters before do not. */
const WATCH = `
  addEventListener('pointerdown', () => jobPress(), true)
  addEventListener('keydown', ({ key, target }) => {
    const inText = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
    if (key === 'Enter' ? !(target instanceof HTMLTextAreaElement) : key === ' ' && !inText) jobPress()
  }, true)
  const filled = new WeakSet()
  addEventListener('input', ({ target }) => {
    const isPressed = target instanceof HTMLInputElement && ['checkbox', 'radio'].includes(target.type)
    if (isPressed || filled.has(target)) return
    filled.add(target)
    jobField()
  }, true)
`

/** Begins to count on a page that was not opened yet. Read the result when the job is done. */
export async function startJob(page: Page): Promise<() => Job> {
  const job = { presses: 0, fields: 0 }
  await page.exposeFunction('jobPress', () => {
    job.presses += 1
  })
  await page.exposeFunction('jobField', () => {
    job.fields += 1
  })
  await page.addInitScript(WATCH)
  const startedAt = performance.now()
  return () => ({ ...job, ms: Math.round(performance.now() - startedAt) })
}
