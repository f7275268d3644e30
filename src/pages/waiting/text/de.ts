import type { WaitingTexts } from './en.js'

export const texts = (): WaitingTexts => ({
  ask: 'Sagen Sie mir, wenn etwas frei wird',
  thisDay: 'An diesem Tag',
  theseWeeks: 'An einem der Tage, die hier stehen',
  why: 'Die Zeit wird für Sie gehalten, bevor jemand anders sie sieht.',
  joined: 'Sie stehen auf der Warteliste.',
  place: ({ position }) => `Sie sind Nummer ${position} in der Reihe.`,
  waitingFor: ({ from, to }) => `${from} bis ${to}`,
  title: 'Warteliste',
  leave: 'Nicht mehr warten',
  left: 'Sie warten nicht mehr.',
  offered: 'Ihnen von der Warteliste angeboten',
  offerCame: 'Eine Zeit ist frei geworden und wird für Sie gehalten.',
  answer: 'Bestätigen Sie sie unten, oder geben Sie sie zurück und warten weiter.',
  seeMine: 'Meine Termine',
})
