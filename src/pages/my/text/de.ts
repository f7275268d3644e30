import type { MyTexts } from './en.js'

export const texts = (): MyTexts => ({
  title: 'Meine Termine',
})
