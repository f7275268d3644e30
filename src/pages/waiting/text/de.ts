import type { WaitingTexts } from './en.js'

export const texts = (): WaitingTexts => ({
  ask: 'Sagen Sie mir, wenn ein Termin frei wird',
  thisDay: 'An diesem Tag',
  theseWeeks: ({ days }) => `An irgendeinem Tag, ${days}`,
  why: 'Der Termin wird für Sie reserviert, bevor jemand anders ihn sieht.',
  joined: 'Sie stehen auf der Warteliste.',
  place: ({ position }) => `Sie sind Nummer ${position} in der Reihe.`,
  title: 'Warteliste',
  leave: 'Nicht mehr warten',
  left: 'Sie warten nicht mehr.',
  offered: 'Ihnen von der Warteliste angeboten',
  offerCame: 'Ein Termin ist frei geworden und für Sie reserviert.',
  answer: 'Bestätigen Sie ihn oben, oder geben Sie ihn frei und warten weiter.',
  seeMine: 'Meine Termine',
})
