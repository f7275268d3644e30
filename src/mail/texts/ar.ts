import type { MailTexts } from './en.js'

/** Arabic counts one, two, few and many apart. */
const rules = new Intl.PluralRules('ar')
const forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string } = {
  one: 'دقيقة واحدة',
  two: 'دقيقتان',
  few: '# دقائق',
  other: '# دقيقة',
}

export const ar: MailTexts = {
  greeting: (name) => `مرحبًا ${name}،`,
  comma: '، ',
  minutes: (minutes) => (forms[rules.select(minutes)] ?? forms.other).replace('#', String(minutes)),
  labels: {
    what: 'الموعد',
    when: 'الوقت',
    before: 'الوقت السابق',
    clockOf: (name) => `التوقيت المحلي لدى ${name}`,
    provider: 'مع',
    client: 'العميل',
    where: 'المكان',
    phone: 'الهاتف',
    email: 'البريد الإلكتروني',
    note: 'ملاحظة',
    until: 'حتى',
  },
  actions: {
    confirm: 'تأكيد الموعد',
    giveBack: 'التخلي عن هذا الوقت',
    manage: 'عرض الموعد أو تغييره',
    move: 'نقله إلى وقت آخر',
    cancel: 'إلغاء الموعد',
    again: 'البحث عن وقت آخر',
    accept: 'آخذ هذا الوقت',
    decline: 'أتركه للآخرين',
    leave: 'مغادرة قائمة الانتظار',
    calendar: 'فتح التقويم',
    password: 'تعيين كلمة مرور جديدة',
    check: 'تأكيد هذا العنوان',
    change: 'استخدام هذا العنوان',
    undo: 'التراجع عن التغيير',
  },
  unnamed: 'مقدّم الخدمة',
  held: {
    subject: ({ who, at }) => `يرجى التأكيد: ${who}، ${at}`,
    heading: 'يرجى تأكيد موعدك',
    text: (until) => `هذا الوقت محجوز لك مؤقتًا حتى ${until}. ولا يصبح الحجز نهائيًا إلا بعد تأكيدك.`,
    ignore: 'إذا لم تطلب ذلك فلا حاجة إلى أي إجراء: سيصبح الوقت متاحًا من جديد تلقائيًا.',
  },
  confirmed: {
    subject: ({ who, at }) => `تم التأكيد: ${who}، ${at}`,
    heading: 'تم تأكيد موعدك',
  },
  moved: {
    subject: ({ who, at }) => `وقت جديد: ${who}، ${at}`,
    heading: 'لموعدك وقت جديد',
  },
  cancelled: {
    subject: ({ who, at }) => `تم الإلغاء: ${who}، ${at}`,
    heading: 'تم إلغاء موعدك',
    byYou: 'لقد ألغيت هذا الموعد.',
    byProvider: (provider) => `تم إلغاء هذا الموعد من طرف ${provider}.`,
    replaced: 'حلّ محله حجز أحدث قمت به.',
    said: (name) => `رسالة من ${name}:`,
  },
  reminder: {
    subject: ({ who, at }) => `تذكير: ${who}، ${at}`,
    heading: 'موعدك يقترب',
  },
  offer: {
    subject: ({ who, at }) => `أصبح وقت متاحًا: ${who}، ${at}`,
    heading: 'أصبح وقت متاحًا لك',
    text: (until) =>
      `أنت على قائمة الانتظار، وهذا الوقت محجوز لك مؤقتًا حتى ${until}. ولا يصبح الحجز نهائيًا إلا إذا أخذته. وإن لم تأخذه حتى ذلك الحين ينتقل إلى الشخص التالي.`,
  },
  calendar: {
    booked: 'حجز جديد',
    moved: 'تغيّر وقت حجز',
    cancelled: 'أُلغي حجز',
    subject: (what, { who, at }) => `${what}: ${who}، ${at}`,
    byClient: (client) => `تم الإلغاء من طرف ${client}.`,
    byYou: 'لقد ألغيت هذا الحجز.',
    replaced: (client) => `حلّ محله حجز أحدث باسم ${client}.`,
    someone: 'أحد العملاء',
  },
  digest: {
    subject: (changes) => `عدد التغييرات في تقويمك: ${changes}`,
    heading: 'ما تغيّر في تقويمك',
    more: (changes) => `تغييرات أخرى: ${changes}`,
  },
  password: {
    subject: 'تعيين كلمة مرور جديدة',
    heading: 'تعيين كلمة مرور جديدة',
    text: (until) =>
      `طلب شخص ما، على الأرجح أنت، تعيين كلمة مرور جديدة لهذا الحساب. يعمل الرابط مرة واحدة حتى ${until}.`,
    ignore: 'إذا لم تكن أنت من طلب ذلك فلا حاجة إلى أي إجراء: تبقى كلمة مرورك كما هي.',
  },
  check: {
    subject: 'تأكيد عنوان بريدك الإلكتروني',
    heading: 'تأكيد عنوان بريدك الإلكتروني',
    text: (until) => `يرجى تأكيد أن هذا العنوان هو عنوان حسابك. يعمل الرابط مرة واحدة حتى ${until}.`,
    ignore: 'إذا لم يكن لديك حساب هنا فلا حاجة إلى أي إجراء.',
  },
  change: {
    subject: 'تأكيد عنوان بريدك الإلكتروني الجديد',
    heading: 'تأكيد عنوان بريدك الإلكتروني الجديد',
    text: (until) =>
      `سيصبح هذا العنوان عنوانًا لأحد الحسابات. يعمل الرابط مرة واحدة حتى ${until}، ومن دونه لا يتغيّر شيء.`,
    ignore: 'إذا لم تطلب ذلك فلا حاجة إلى أي إجراء.',
  },
  changed: {
    subject: 'تم تغيير عنوان بريدك الإلكتروني',
    heading: 'تم تغيير عنوان بريدك الإلكتروني',
    text: (until) =>
      `لحسابك الآن عنوان آخر تُرسل إليه الرسائل. إذا لم تكن أنت من غيّره فتراجع عن التغيير حتى ${until} وعيّن كلمة مرور جديدة.`,
  },
  event: {
    with: (name) => `موعد مع ${name}`,
    over: 'لن يُعقد هذا الموعد.',
  },
  chosen: (url) => `يمكنك اختيار الرسائل التي تصلك في حسابك: ${url}`,
}
