import type { Grammar } from '../../shared/text/grammar.js'
import type { AccountTexts } from './en.js'

export const texts = ({ plural }: Grammar): AccountTexts => ({
  title: 'حسابك',
  display: {
    title: 'الساعة والأسبوع',
    where: 'في هذا المتصفح، لجميع الصفحات. يُحفظ اختيارك فورًا.',
    clock: 'نظام الساعة',
    usual: ({ value }) => `كما في المتصفح (${value})`,
    hours: ({ count, sample }) =>
      plural(count, { few: `# ساعات (${sample})`, many: `# ساعة (${sample})`, other: `# ساعة (${sample})` }),
    weeks: 'يبدأ الأسبوع يوم',
    looks: ({ time }) => `تظهر الأوقات هكذا: ${time}`,
  },
})
