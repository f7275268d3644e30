import type { BookingTexts } from './en.js'

export const texts = (): BookingTexts => ({
  title: 'Réserver un créneau',
})
