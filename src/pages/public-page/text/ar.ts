import type { PublicPageTexts } from './en.js'

export const texts = (): PublicPageTexts => ({
  title: 'الصفحة العامة',
})
