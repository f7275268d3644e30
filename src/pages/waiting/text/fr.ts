import type { WaitingTexts } from './en.js'

export const texts = (): WaitingTexts => ({
  ask: 'Prévenez-moi quand une heure se libère',
  thisDay: 'Ce jour-là',
  theseWeeks: 'L’un des jours affichés ici',
  why: 'Elle est gardée pour vous avant que quiconque la voie.',
  joined: 'Vous êtes sur la liste d’attente.',
  place: ({ position }) => `Vous êtes numéro ${position} dans la file.`,
  waitingFor: ({ from, to }) => `${from} – ${to}`,
  title: 'Liste d’attente',
  leave: 'Ne plus attendre',
  left: 'Vous n’attendez plus.',
  offered: 'Proposé depuis la liste d’attente',
  offerCame: 'Une heure s’est libérée et est gardée pour vous.',
  answer: 'Confirmez-la ci-dessous, ou rendez-la et continuez d’attendre.',
  seeMine: 'Mes rendez-vous',
})
