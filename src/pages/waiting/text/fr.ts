import type { WaitingTexts } from './en.js'

export const texts = (): WaitingTexts => ({
  ask: 'Prévenez-moi quand un créneau se libère',
  thisDay: 'Ce jour-là',
  theseWeeks: ({ days }) => `N’importe quel jour, ${days}`,
  why: 'Il est retenu pour vous avant que quiconque le voie.',
  joined: 'Vous êtes sur la liste d’attente.',
  place: ({ position }) => `Vous êtes numéro ${position} dans la file.`,
  title: 'Liste d’attente',
  leave: 'Ne plus attendre',
  left: 'Vous n’attendez plus.',
  offered: 'Proposé depuis la liste d’attente',
  offerCame: 'Un créneau s’est libéré et il est retenu pour vous.',
  answer: 'Confirmez-le ci-dessus, ou libérez-le et continuez d’attendre.',
  seeMine: 'Mes rendez-vous',
})
