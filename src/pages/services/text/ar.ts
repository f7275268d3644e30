import type { ServicesTexts } from './en.js'

export const texts = (): ServicesTexts => ({
  title: 'الخدمات',
})
