import type { WaitingTexts } from './en.js'

export const texts = (): WaitingTexts => ({
  ask: 'أخبرني حين يتاح موعد',
  thisDay: 'في هذا اليوم',
  theseWeeks: 'في أي يوم معروض هنا',
  why: 'يُحجز لك مؤقتًا قبل أن يراه أحد غيرك.',
  joined: 'أنت على قائمة الانتظار.',
  place: ({ position }) => `ترتيبك في القائمة: ${position}.`,
  waitingFor: ({ from, to }) => `${from} – ${to}`,
  title: 'قائمة الانتظار',
  leave: 'إنهاء الانتظار',
  left: 'لم تعد تنتظر.',
  offered: 'معروض عليك من قائمة الانتظار',
  offerCame: 'أُتيح موعد وهو محجوز لك مؤقتًا.',
  answer: 'أكّده أدناه، أو أعده وواصل الانتظار.',
  seeMine: 'حجوزاتي',
})
