import type { BookingTexts } from './en.js'

export const texts = (): BookingTexts => ({
  title: 'Termin buchen',
})
