/** Counted things that several texts of the hours say. */
import type { Grammar } from '../../shared/text/grammar.js'

export function countsOf({ plural }: Grammar) {
  return {
    timesOpened: (count: number) =>
      plural(count, {
        zero: 'لم يُفتح أي موعد',
        one: 'فُتح موعد واحد',
        two: 'فُتح موعدان',
        few: 'فُتحت # مواعيد',
        many: 'فُتح # موعدًا',
        other: 'فُتح # موعد',
      }),
    timesWithdrawn: (count: number) =>
      plural(count, {
        zero: 'لم يُسحب أي موعد',
        one: 'سُحب موعد واحد',
        two: 'سُحب موعدان',
        few: 'سُحبت # مواعيد',
        many: 'سُحب # موعدًا',
        other: 'سُحب # موعد',
      }),
    bookingsOutside: (count: number) =>
      plural(count, {
        zero: 'لا حجوزات خارج أوقات العمل',
        one: 'حجز واحد خارج أوقات العمل',
        two: 'حجزان خارج أوقات العمل',
        few: '# حجوزات خارج أوقات العمل',
        many: '# حجزًا خارج أوقات العمل',
        other: '# حجز خارج أوقات العمل',
      }),
    timesToOpen: (count: number) =>
      plural(count, {
        zero: 'لا يُفتح أي موعد',
        one: 'يُفتح موعد واحد',
        two: 'يُفتح موعدان',
        few: 'تُفتح # مواعيد',
        many: 'يُفتح # موعدًا',
        other: 'يُفتح # موعد',
      }),
    timesToWithdraw: (count: number) =>
      plural(count, {
        zero: 'لا يُسحب أي موعد',
        one: 'يُسحب موعد واحد',
        two: 'يُسحب موعدان',
        few: 'تُسحب # مواعيد',
        many: 'يُسحب # موعدًا',
        other: 'يُسحب # موعد',
      }),
    openTimesToWithdraw: (count: number) =>
      plural(count, {
        zero: 'لا يُسحب أي موعد متاح',
        one: 'يُسحب موعد متاح واحد',
        two: 'يُسحب موعدان متاحان',
        few: 'تُسحب # مواعيد متاحة',
        many: 'يُسحب # موعدًا متاحًا',
        other: 'يُسحب # موعد متاح',
      }),
    entriesToClose: (count: number) =>
      plural(count, {
        zero: 'لا يُغلق أي حدث',
        one: 'يُغلق حدث واحد',
        two: 'يُغلق حدثان',
        few: 'تُغلق # أحداث',
        many: 'يُغلق # حدثًا',
        other: 'يُغلق # حدث',
      }),
    entriesClosed: (count: number) =>
      plural(count, {
        zero: 'لم يُغلق أي حدث',
        one: 'أُغلق حدث واحد',
        two: 'أُغلق حدثان',
        few: 'أُغلقت # أحداث',
        many: 'أُغلق # حدثًا',
        other: 'أُغلق # حدث',
      }),
  }
}
