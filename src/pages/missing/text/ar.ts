import type { MissingTexts } from './en.js'

export const texts = (): MissingTexts => ({
  title: 'هذه الصفحة غير موجودة',
  what: 'ربما في العنوان خطأ، أو انتقلت الصفحة إلى مكان آخر.',
  find: 'البحث عن موعد',
})
