import type { ProviderTexts } from './en.js'

export const texts = (): ProviderTexts => ({
  title: 'Su agenda',
})
