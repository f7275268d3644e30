import type { HoursTexts } from './en.js'

export const texts = (): HoursTexts => ({
  title: 'Horaires',
})
