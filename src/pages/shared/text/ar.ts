import type { CommonTexts } from './en.js'
import { errors } from './errors/ar.js'
import type { Grammar } from './grammar.js'

export const texts = (grammar: Grammar): CommonTexts => ({
  skip: 'الانتقال إلى المحتوى',
  pages: 'الصفحات',
  language: 'اللغة',
  yourCalendar: 'جدول مواعيدك',
  myBookings: 'حجوزاتي',
  forProviders: 'لمقدّمي الخدمات',
  signIn: 'تسجيل الدخول',
  signOut: 'تسجيل الخروج',
  provider: 'حساب مقدّم خدمة',
  client: 'حساب عميل',
  yourAccount: 'حسابك',
  accountOf: ({ name }) => `الحساب: ${name}`,
  close: 'إغلاق',
  tryAgain: 'إعادة المحاولة',
  asking: 'جارٍ الطلب…',

  live: 'مباشر',
  connecting: 'جارٍ الاتصال',
  reconnecting: 'جارٍ استعادة الاتصال، وقد تكون المواعيد تغيّرت',
  reconnectingSince: ({ time }) => `جارٍ استعادة الاتصال، وقد تكون المواعيد تغيّرت منذ ${time}`,
  liveAgain: 'عاد الاتصال المباشر.',
  liveLost: 'انقطع الاتصال المباشر، وقد تكون المواعيد تغيّرت.',
  moreChanges: ({ count }) =>
    grammar.plural(count, {
      one: 'وتغيير واحد آخر.',
      two: 'وتغييران آخران.',
      few: 'و# تغييرات أخرى.',
      many: 'و# تغييرًا آخر.',
      other: 'و# تغيير آخر.',
    }),

  practice: {
    nav: 'عيادتك',
    calendar: 'جدول المواعيد',
    dayList: 'قائمة اليوم',
    hours: 'أوقات العمل',
    services: 'الخدمات',
    publicPage: 'الصفحة العامة',
    doorTitle: 'جدول مواعيدك مباشرةً',
    doorText:
      'انشر أوقات عملك، فيحجز العملاء مواعيدهم مؤقتًا أو يؤكدونها، وترى ذلك في اللحظة نفسها مع أسمائهم.',
    wrongTitle: 'هذه الصفحة لمقدّمي الخدمات',
    wrongText: 'لقد سجّلت الدخول بصفتك عميلًا. سجّل الخروج لاستخدام حساب مقدّم خدمة.',
  },

  about: 'نبذة',
  theClient: 'العميل',
  theProvider: 'مقدّم الخدمة',
  didCome: ({ name }) => `هل حضر ${name}؟`,
  arrived: 'حضر',
  noShow: 'لم يحضر',
  linkCopied: 'نُسخ الرابط',
  linkCopiedSaid: 'نُسخ الرابط.',

  sign: {
    isNew: 'مستخدم جديد',
    isKnown: 'لديّ حساب',
    name: 'اسمك',
    email: 'البريد الإلكتروني',
    password: 'كلمة المرور',
    newPassword: ({ count }) =>
      grammar.plural(count, {
        one: 'كلمة المرور، حرف واحد على الأقل',
        two: 'كلمة المرور، حرفان على الأقل',
        few: 'كلمة المرور، # أحرف على الأقل',
        many: 'كلمة المرور، # حرفًا على الأقل',
        other: 'كلمة المرور، # حرف على الأقل',
      }),
    zone: 'المنطقة الزمنية التي تعمل فيها',
    create: 'إنشاء حساب',
  },

  zones: {
    list: 'المناطق الزمنية',
    yourDevice: 'جهازك',
    thereNow: ({ offset, time }) => `${offset}، الساعة هناك الآن ${time}`,
    looking: 'جارٍ البحث عن المناطق الزمنية…',
    none: ({ example }) => `لا توجد منطقة بهذا الاسم: جرّب مدينة كبيرة قريبة أو فارقًا زمنيًا مثل ${example}.`,
    many: ({ count, example }) =>
      grammar.plural(count, {
        one: `منطقة واحدة: اكتب اسم مدينة أو بلد أو فارقًا زمنيًا مثل ${example}.`,
        two: `منطقتان: اكتب اسم مدينة أو بلد أو فارقًا زمنيًا مثل ${example}.`,
        few: `# مناطق: اكتب اسم مدينة أو بلد أو فارقًا زمنيًا مثل ${example}.`,
        other: `# منطقة: اكتب اسم مدينة أو بلد أو فارقًا زمنيًا مثل ${example}.`,
      }),
    found: ({ count }) =>
      grammar.plural(count, {
        zero: 'لا مناطق',
        one: 'منطقة واحدة',
        two: 'منطقتان',
        few: '# مناطق',
        other: '# منطقة',
      }),
  },

  confirmBooking: 'تأكيد الحجز',
  giveBack: 'التخلّي عن الموعد',
  move: 'تغيير الموعد',
  moreTime: 'أحتاج إلى وقت أطول',
  addToCalendar: 'إضافة إلى التقويم',
  cancelBooking: 'إلغاء الحجز',
  cancelSure: 'نعم، ألغِه',
  keepIt: 'الاحتفاظ به',
  booked: 'محجوز',
  bookedSaid: 'تم الحجز.',
  givenBackSaid: 'تم التخلّي عن الموعد.',
  bookingCancelledSaid: 'أُلغي الحجز.',
  nextFree: ({ time }) => `أقرب موعد متاح: ${time}`,

  morning: 'الصباح',
  afternoon: 'بعد الظهر',
  evening: 'المساء',

  errors: errors(grammar),
  unknownError: { text: 'لم ينجح ذلك.', next: 'أعد المحاولة بعد قليل.' },
  aboutSoLong: ({ span }) => `نحو ${span}.`,
  endsAt: ({ time }) => `وينتهي في الساعة ${time}.`,

  faults: {
    required: 'هذا الحقل مطلوب.',
    minLength: 'هذا أقصر من اللازم.',
    maxLength: 'هذا أطول من اللازم.',
    minimum: 'هذه القيمة أصغر من اللازم.',
    maximum: 'هذه القيمة أكبر من اللازم.',
    email: 'أدخل عنوان بريد إلكتروني.',
    phone: 'أدخل رقم هاتف: أرقام ومسافات والرموز + - ( ) / .',
    link: 'استخدم الأحرف من a إلى z والأرقام والشرطات، على أن يبدأ وينتهي بحرف أو رقم.',
    name: 'استخدم أحرفًا مرئية، من دون رموز تتحكم في الأسطر أو اتجاه الكتابة.',
    text: 'استخدم أحرفًا مرئية، من دون رموز تتحكم في اتجاه الكتابة.',
    'time-zone': 'أدخل منطقة زمنية، مثل Europe/Berlin.',
    date: 'هذا اليوم غير موجود.',
    wrongPassword: 'هذه ليست كلمة مرورك.',
    emailTaken: 'يوجد حساب بهذا العنوان.',
    other: 'يُرجى مراجعة هذا الحقل.',
  },
})
