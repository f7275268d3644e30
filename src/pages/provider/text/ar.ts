import type { Grammar } from '../../shared/text/grammar.js'
import { isolated } from '../../shared/text/isolated.js'
import type { ProviderTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): ProviderTexts => {
  const timesOpened = (count: number) =>
    plural(count, {
      zero: 'لم يُفتح أي موعد',
      one: 'فُتح موعد واحد',
      two: 'فُتح موعدان',
      few: 'فُتحت # مواعيد',
      many: 'فُتح # موعدًا',
      other: 'فُتح # موعد',
    })
  const timesWithdrawn = (count: number) =>
    plural(count, {
      zero: 'لم يُسحب أي موعد',
      one: 'سُحب موعد واحد',
      two: 'سُحب موعدان',
      few: 'سُحبت # مواعيد',
      many: 'سُحب # موعدًا',
      other: 'سُحب # موعد',
    })
  return {
    title: 'جدول مواعيدك',
    aClient: 'أحد العملاء',
    unnamed: 'أحد العملاء',
    someone: 'أحدهم',
    timesIn: ({ place }) => `الأوقات بتوقيت ${isolated(place)}`,
    tomorrowsList: 'قائمة الغد',
    bookingLink: 'رابط الحجز',
    copyBookingLink: 'نسخ رابط الحجز',
    numbers: {
      of: ({ day }) => `أرقام ${isolated(day)}`,
      day: 'اليوم',
      today: 'اليوم',
      free: () => 'متاح',
      held: () => 'محجوز مؤقتًا',
      booked: () => 'محجوز',
    },
    setHours: {
      title: 'متى تعمل؟',
      text: 'حدّد ذلك مرة واحدة، فتُعرض مواعيدك أسبوعًا بعد أسبوع إلى أن تغيّرها.',
      button: 'تحديد أوقات عملك الأسبوعية',
    },
    alerts: {
      title: 'عندما يحجز أحدهم',
      badge: 'عرض العدد في عنوان علامة التبويب',
      sound: 'صوت هادئ',
    },
    week: {
      title: 'الأسبوع',
      before: 'الأسبوع السابق',
      today: 'اليوم',
      after: 'الأسبوع التالي',
      workingHours: 'أوقات العمل',
      wholeDay: 'اليوم كاملًا',
      times: 'المواعيد، ويمكن التنقل بينها بمفاتيح الأسهم',
      nothing: 'لا شيء في هذا اليوم',
      open: ({ count }) =>
        plural(count, {
          zero: 'لا مواعيد متاحة',
          one: 'موعد واحد متاح',
          two: 'موعدان متاحان',
          few: '# مواعيد متاحة',
          many: '# موعدًا متاحًا',
          other: '# موعد متاح',
        }),
      clocksChange: 'يتغيّر التوقيت',
      minutes: ({ count }) => `${count}\u00a0د`,
      left: 'متبقية',
    },
    states: { open: 'متاح', held: 'محجوز مؤقتًا', confirmed: 'محجوز', withdrawn: 'مسحوب' },
    statesBy: { held: 'محجوز مؤقتًا باسم', confirmed: 'محجوز باسم' },
    chosen: {
      title: 'الموعد المختار',
      nobodyCame: 'لم يأتِ أحد في هذا الموعد.',
      withdrawn: 'مسحوب: غير معروض.',
      withdraw: 'سحب هذا الموعد',
      offerAgain: 'عرضه من جديد',
    },
    appointment: {
      held: ({ who }) => `محجوز مؤقتًا باسم ${who}.`,
      heldFor: ({ who, left }) => `محجوز مؤقتًا باسم ${who}، بقي ${left} للتأكيد.`,
      booked: ({ who }) => `محجوز باسم ${who}.`,
      staysThere: 'يبقى الموعد حيث كان.',
      movedFrom: ({ when }) => `نُقل إلى هنا من ${when}.`,
      moveBack: 'إعادته إلى مكانه',
      move: 'نقل…',
      endHold: 'إنهاء هذا الحجز المؤقت',
      cancelBooking: 'إلغاء هذا الحجز',
      forget: 'نسيان هذا الشخص…',
      messageTo: ({ name }) => `رسالة إلى ${isolated(name)} (اختياري)`,
      messageToUnnamed: 'رسالة إلى العميل (اختياري)',
      alsoWithdraw: '… وسحب الموعد',
      keepIt: 'الإبقاء عليه',
      holdEnded: ({ name }) => `أُنهي الحجز المؤقت: ${isolated(name)}.`,
      bookingEnded: ({ name }) => `أُلغي الحجز: ${isolated(name)}.`,
      forgetting: ({ name }) =>
        `سيُمحى الاسم والهاتف والبريد الإلكتروني والملاحظة: ${isolated(name)}. ويبقى الموعد مشغولًا.`,
      forgetNow: ({ name }) => `نسيان ${isolated(name)}`,
      keep: 'الإبقاء',
    },
    minutes: ({ count }) => `${number(count)}\u00a0د`,
    details: {
      time: 'الوقت',
      service: 'الخدمة',
      phone: 'الهاتف',
      email: 'البريد',
      note: 'ملاحظة',
    },
    book: {
      title: 'الحجز لشخص ما',
      intro: 'متاح. الحجز لشخص ما:',
      name: 'الاسم',
      more: 'ملاحظة وبريد إلكتروني',
      serviceFor: ({ name, minutes }) => `${isolated(name)}، ${number(minutes)}\u00a0د`,
      doesNotFit: ({ service }) => `${service} (لا تتسع هنا)`,
      noService: ({ minutes }) => `بلا خدمة، ${number(minutes)}\u00a0د`,
      elsewhere: 'لا تتسع هنا.',
      nearest: 'أقرب المواعيد:',
      nowhere: 'لا تتسع في أي موعد معروض.',
      button: 'حجز',
      done: ({ name, when }) => `تم الحجز باسم ${isolated(name)}: ${isolated(when)}.`,
    },
    move: {
      title: 'نقل',
      titleOf: ({ name }) => `نقل ${isolated(name)}`,
      keep: 'الإبقاء على الموعد القديم',
      now: ({ when, keys }) => `الآن ${when}. اضغط موعدًا آخر${keys}.`,
      keys: '، أو استخدم مفاتيح الأسهم؛ مفتاح الإدخال ينقل ومفتاح Escape يُبقي',
      button: 'النقل إلى هنا',
      done: ({ name, when }) => `نُقل ${isolated(name)} إلى ${isolated(when)}.`,
      back: ({ name, when }) => `أُعيد ${isolated(name)} إلى ${isolated(when)}.`,
      fit: {
        fits: 'يتسع هنا.',
        taken: 'هناك شخص في هذا الوقت أو قريب جدًا منه.',
        'not offered': 'هذا الوقت غير معروض.',
        over: 'هذا الوقت مضى.',
        'its own': 'الموعد هنا الآن.',
      },
    },
    outside: {
      title: ({ count }) =>
        plural(count, {
          zero: 'لا حجوزات خارج أوقات عملك',
          one: 'حجز واحد خارج أوقات عملك',
          two: 'حجزان خارج أوقات عملك',
          few: '# حجوزات خارج أوقات عملك',
          many: '# حجزًا خارج أوقات عملك',
          other: '# حجز خارج أوقات عملك',
        }),
      move: 'نقل…',
      cancel: 'إلغاء…',
    },
    plan: {
      byHand: 'عرض مواعيد منفردة يدويًا',
      publishTitle: 'نشر وقت العمل',
      withdrawTitle: 'سحب الوقت المتاح',
      publish: 'نشر',
      withdraw: 'سحب',
      days: 'أيام هذا الأسبوع',
      times: ({ zone }) => `الأوقات، ${isolated(zone)}`,
      from: 'من',
      to: 'إلى',
      blockFrom: ({ block }) => `الفترة ${number(block)} من`,
      blockTo: ({ block }) => `الفترة ${number(block)} إلى`,
      removeBlock: ({ block }) => `إزالة الفترة ${number(block)}`,
      addBlock: 'فترة أخرى',
      weeks: 'لكم أسبوعًا',
      idle: 'اختر أيامًا، أو اسحب فوق الأسبوع.',
      opens: ({ times, shown, days, existing }) => {
        const opens = plural(times, {
          zero: `يُفتح ${shown} موعد`,
          one: `يُفتح موعد واحد (${shown})`,
          two: `يُفتح موعدان (${shown})`,
          few: `تُفتح ${shown} مواعيد`,
          many: `يُفتح ${shown} موعدًا`,
          other: `يُفتح ${shown} موعد`,
        })
        const on = plural(days, {
          zero: 'في # يوم',
          one: 'في يوم واحد',
          two: 'في يومين',
          few: 'في # أيام',
          many: 'في # يومًا',
          other: 'في # يوم',
        })
        return `${opens} ${on}${existing > 0 ? `؛ والموجود من قبل: ${number(existing)}` : ''}.`
      },
      withdraws: ({ times, shown }) =>
        plural(times, {
          zero: `يُسحب ${shown} موعد متاح؛ ويبقى المحجوز والمحجوز مؤقتًا.`,
          one: `يُسحب موعد متاح واحد (${shown})؛ ويبقى المحجوز والمحجوز مؤقتًا.`,
          two: `يُسحب موعدان متاحان (${shown})؛ ويبقى المحجوز والمحجوز مؤقتًا.`,
          few: `تُسحب ${shown} مواعيد متاحة؛ ويبقى المحجوز والمحجوز مؤقتًا.`,
          many: `يُسحب ${shown} موعدًا متاحًا؛ ويبقى المحجوز والمحجوز مؤقتًا.`,
          other: `يُسحب ${shown} موعد متاح؛ ويبقى المحجوز والمحجوز مؤقتًا.`,
        }),
      opened: ({ times, existing }) =>
        `${timesOpened(times)}${existing > 0 ? `، والموجود من قبل: ${number(existing)}` : ''}.`,
      withdrawn: ({ times }) => `${timesWithdrawn(times)}.`,
      stay: ({ times }) =>
        plural(times, {
          zero: 'لا يبقى شيء:',
          one: 'يبقى واحد:',
          two: 'يبقى اثنان:',
          few: 'تبقى #:',
          many: 'يبقى #:',
          other: 'يبقى #:',
        }),
      undo: 'تراجع',
      undone: 'فُتحت من جديد.',
      faults: {
        ends: 'أدخل بداية كل فترة ونهايتها.',
        backwards: ({ from, to }) =>
          `من ${isolated(from)} إلى ${isolated(to)}: يجب أن تكون النهاية بعد البداية.`,
        offGrid: ({ from, to, minutes }) =>
          `من ${isolated(from)} إلى ${isolated(to)}: تبدأ الأوقات وتنتهي كل ${number(minutes)} دقيقة.`,
        noDay: 'اختر يومًا واحدًا على الأقل.',
        missing: ({ day, time }) =>
          `${isolated(day)}: يتغيّر التوقيت، والوقت ${isolated(time)} غير موجود. اختر وقتًا آخر في ذلك اليوم.`,
        twice: ({ day, time }) =>
          `${isolated(day)}: يتغيّر التوقيت، والوقت ${isolated(time)} يأتي مرتين. اختر وقتًا آخر في ذلك اليوم.`,
        over: ({ day, time }) => `${isolated(day)}، ${isolated(time)}: هذا الوقت مضى.`,
        allOver: 'كل هذا مضى.',
        tooMuch: 'هذا أكثر مما يمكن دفعة واحدة: اختر عدد أسابيع أقل.',
      },
    },
    stream: {
      title: 'حدث للتو',
      none: 'تظهر هنا الحجوزات المؤقتة والحجوزات والتغييرات لحظة حدوثها.',
      times: ({ count }) =>
        plural(count, {
          zero: 'لا مواعيد',
          one: 'موعد واحد',
          two: 'موعدان',
          few: '# مواعيد',
          many: '# موعدًا',
          other: '# موعد',
        }),
      held: ({ who, what }) => `${who}: حجز مؤقت ${what}`,
      confirmed: ({ who, what }) => `${who}: حجز ${what}`,
      opened: ({ what }) => `نُشر: ${what}`,
      withdrawn: ({ what }) => `سُحب: ${what}`,
      expired: ({ who, what }) => `${who}: انتهت مهلة الحجز المؤقت ${what}`,
      released: ({ who, what }) => `${who}: لم يعد الحجز المؤقت قائمًا ${what}`,
      cancelled: ({ who, what }) => `${who}: أُلغي الحجز ${what}`,
      moved: ({ who, what }) => `${who}: نُقل الحجز من ${what}`,
      replaced: ({ who, what }) => `${who}: حُجز موعد آخر وأُلغي ${what}`,
    },
  }
}
