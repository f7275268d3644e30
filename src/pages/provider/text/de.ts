import type { ProviderTexts } from './en.js'

export const texts = (): ProviderTexts => ({
  title: 'Ihr Kalender',
})
