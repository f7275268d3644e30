import type { FindTexts } from './en.js'

export const texts = (): FindTexts => ({
  title: 'البحث عن موعد',
})
