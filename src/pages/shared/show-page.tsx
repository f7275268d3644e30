import { batch, effect, signal } from '@preact/signals'
import { type ComponentType, render } from 'preact'
import { directionOf } from '../../domain/languages.js'
import { language, wantedLanguage } from './language.js'
import type { Area } from './text/area.js'
import { common } from './text.js'

interface PageOptions {
  page: ComponentType
  /** The page's own texts, beside those that all share. */
  text: Area<{ title: string }>
  /** Of parts that it shares with some other pages. */
  also?: Area<object>[]
  /** What the title names before "Slotcast", where that is not what the texts say. */
  title?: () => string
  /** What the page does besides being drawn; called once, when its texts are there. */
  start?: () => void
}

const AGAIN_MS = 3000

/** Shows a page in the reader's language, and in another one as soon as that is wanted and its texts are there. */
export function showPage({ page: Page, text, also = [], title, start }: PageOptions): void {
  const isShown = signal(false)
  effect(() => {
    const wanted = wantedLanguage.value
    void Promise.all([common, text, ...also].map((area) => area.load(wanted))).then(
      (turns) => {
        if (wanted !== wantedLanguage.peek()) return
        const isFirst = !isShown.peek()
        batch(() => {
          for (const turn of turns) turn()
          language.value = wanted
          isShown.value = true
        })
        if (!isFirst) return
        start?.()
        render(<Page />, document.getElementById('app') as HTMLElement)
      },
      () => {
        // A newer version of the server has other files, or the network is away: without texts there is no page.
        if (!isShown.peek()) setTimeout(() => location.reload(), AGAIN_MS)
      },
    )
  })
  effect(() => {
    if (!isShown.value) return
    document.documentElement.lang = language.value
    document.documentElement.dir = directionOf(language.value)
    document.title = `${title?.() ?? text.value.title} · Slotcast`
  })
}
