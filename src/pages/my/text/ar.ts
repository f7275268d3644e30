import type { MyTexts } from './en.js'

export const texts = (): MyTexts => ({
  title: 'حجوزاتي',
  door: 'سجّل الدخول لترى ما حجزته مؤقتًا وما أكّدته.',
  wrongTitle: 'أنت تستخدم حساب مقدّم خدمة',
  wrongText: 'تجد حجوزات عملائك في جدول مواعيدك. ولتحجز لنفسك استخدم حساب عميل.',
  timesOf: ({ city }) => `الأوقات بتوقيت ${city}.`,
  nothing: 'لا حجوزات بعد',
  nothingText: 'تظهر هنا المواعيد التي تحجزها مؤقتًا أو تؤكدها.',
  find: 'البحث عن موعد متاح',
  lost: 'ألغاها مقدّم الخدمة',
  held: 'محجوزة مؤقتًا ولم تؤكَّد بعد',
  coming: 'القادمة',
  past: ({ figure }) => `المنقضية والمنتهية (${figure})`,
  ranOutSaid: ({ time }) => `انتهت مهلة حجزك المؤقت لموعد ${time}.`,
  endedSaid: ({ time, how }) => `حجزك لموعد ${time}: ${how}`,

  item: {
    elsewhere: ({ time, city }) => `${time} في ${city}`,
    wallTimeWas: ({ time, city }) =>
      `كان ${time} في ${city} حين حجزت. اللحظة هي نفسها، لكن ساعة مقدّم الخدمة تشير الآن إلى وقت آخر.`,
    serviceWith: ({ service, span, name }) => `${service}، ${span} مع ${name}`,
    leftToConfirm: 'متبقية للتأكيد',
    longerSaid: 'مُدِّد الحجز المؤقت.',
    again: 'الحجز مجددًا',
  },

  ended: {
    tookPlace: 'تمّ الموعد.',
    ranOut: 'انتهت مهلة الحجز المؤقت.',
    released: 'جرى التخلّي عنه أو أنهاه مقدّم الخدمة.',
    replaced: 'حلّ محله حجز أحدث.',
    cancelled: 'أُلغي.',
    byYou: 'ألغيته أنت.',
    by: ({ name }) => `ألغاه ${name}.`,
    quoted: ({ note }) => `«${note}»`,
  },

  cutoff: {
    tooLate: 'فات أوان الإلغاء أو تغيير الموعد من هنا.',
    both: ({ time }) => `يمكنك الإلغاء أو تغيير الموعد حتى ${time}.`,
    each: ({ move, cancel }) => `يمكنك تغيير الموعد حتى ${move}، والإلغاء حتى ${cancel}.`,
    moveOnly: ({ move }) => `يمكنك تغيير الموعد حتى ${move}، ولم يعد الإلغاء ممكنًا من هنا.`,
    cancelOnly: ({ cancel }) => `لم يعد تغيير الموعد ممكنًا من هنا، ويمكنك الإلغاء حتى ${cancel}.`,
    askForThat: 'لذلك تواصل مع العيادة.',
    askAfterThat: 'بعد ذلك تواصل مع العيادة.',
    callForThat: ({ phone }) => `لذلك اتصل بالعيادة: ${phone}.`,
    callAfterThat: ({ phone }) => `بعد ذلك اتصل بالعيادة: ${phone}.`,
  },
})
