import type { WaitingTexts } from './en.js'

export const texts = (): WaitingTexts => ({
  ask: 'أخبرني حين يتاح موعد',
  thisDay: 'في هذا اليوم',
  theseWeeks: ({ days }) => `في أي يوم، ${days}`,
  why: 'يُحجز لك مؤقتًا قبل أن يراه أحد غيرك.',
  joined: 'أنت على قائمة الانتظار.',
  place: ({ position }) => `ترتيبك في القائمة: ${position}.`,
  title: 'قائمة الانتظار',
  leave: 'إنهاء الانتظار',
  left: 'لم تعد تنتظر.',
  offered: 'معروض عليك من قائمة الانتظار',
  offerCame: 'أُتيح موعد وهو محجوز لك مؤقتًا.',
  answer: 'أكّده أعلاه، أو تخلَّ عنه وواصل الانتظار.',
  seeMine: 'حجوزاتي',
})
