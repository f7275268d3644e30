import type { DayListTexts } from './en.js'

export const texts = (): DayListTexts => ({
  title: 'Tagesliste',
})
