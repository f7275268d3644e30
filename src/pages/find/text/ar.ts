import type { Grammar } from '../../shared/text/grammar.js'
import type { FindTexts } from './en.js'

export const texts = ({ plural }: Grammar): FindTexts => ({
  title: 'البحث عن موعد',
  heading: 'ابحث عن موعد متاح حقًا',
  intro: 'تتغيّر جداول المواعيد هنا وأنت تنظر إليها. وما يظهر متاحًا يمكنك حجزه مؤقتًا بضغطة واحدة.',
  name: 'اسم مقدّم الخدمة',
  providers: ({ count }) =>
    plural(count, {
      zero: 'لا يوجد مقدّمو خدمات',
      one: 'مقدّم خدمة واحد',
      two: 'مقدّما خدمة',
      few: '# مقدّمي خدمات',
      many: '# مقدّم خدمة',
      other: '# مقدّم خدمة',
    }),
  nobody: 'لا أحد ينشر مواعيد هنا بعد',
  noneOfThatName: 'لا يوجد مقدّم خدمة بهذا الاسم',
  beTheFirst: 'كن الأول: انشر أوقات عملك في دقيقة واحدة.',
  tryAPart: 'جرّب جزءًا من الاسم.',
  publish: 'انشر مواعيدك',
  showAll: 'عرض الجميع',
  showMore: 'عرض المزيد',
  youGive: 'هل تقدّم مواعيد؟',
  looking: 'جارٍ البحث عن أقرب موعد متاح…',
  noneFree: 'لا موعد متاح في الوقت الحالي',
  servicesOf: ({ name }) => `خدمات ${name}`,
  service: ({ name, span }) => `${name}، ${span}`,
})
