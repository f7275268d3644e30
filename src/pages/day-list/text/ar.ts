import type { Grammar } from '../../shared/text/grammar.js'
import { isolated } from '../../shared/text/isolated.js'
import type { DayListTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): DayListTexts => ({
  title: 'قائمة اليوم',
  today: 'اليوم',
  tomorrow: 'غدًا',
  appointments: ({ count }) =>
    plural(count, {
      zero: 'لا مواعيد',
      one: 'موعد واحد',
      two: 'موعدان',
      few: '# مواعيد',
      many: '# موعدًا',
      other: '# موعد',
    }),
  dayBefore: 'اليوم السابق',
  dayAfter: 'اليوم التالي',
  goToToday: 'اليوم',
  goToTomorrow: 'غدًا',
  day: 'اليوم',
  print: 'طباعة',
  download: 'تنزيل CSV',
  nobody: 'لا أحد لديه حجز في هذا اليوم.',
  timesIn: ({ zone }) => `الأوقات بتوقيت ${isolated(zone)}.`,
  printed: ({ when }) => `طُبع: ${isolated(when)}.`,
  columns: {
    time: 'الوقت',
    name: 'الاسم',
    phone: 'الهاتف',
    service: 'الخدمة',
    note: 'ملاحظة',
    state: 'الحالة',
  },
  fileColumns: { date: 'التاريخ', from: 'من', to: 'إلى' },
  forgotten: '(منسيّ)',
  minutes: ({ count }) => `${number(count)}\u00a0د`,
  booked: 'محجوز',
  held: 'محجوز مؤقتًا',
  heldUntil: ({ time }) => `محجوز مؤقتًا حتى ${isolated(time)}`,
  fileName: ({ day }) => `appointments-${day}.csv`,
})
