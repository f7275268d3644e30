import type { BookingTexts } from './en.js'

export const texts = (): BookingTexts => ({
  title: 'Reservar una hora',
})
