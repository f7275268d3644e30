import type { DayListTexts } from './en.js'

export const texts = (): DayListTexts => ({
  title: 'Liste du jour',
})
