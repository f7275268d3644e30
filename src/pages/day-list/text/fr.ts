import type { Grammar } from '../../shared/text/grammar.js'
import type { DayListTexts } from './en.js'

export const texts = ({ number }: Grammar): DayListTexts => ({
  title: 'Liste du jour',
  today: 'aujourd’hui',
  tomorrow: 'demain',
  appointments: ({ count }) => `${number(count)} rendez-vous`,
  dayBefore: 'Jour précédent',
  dayAfter: 'Jour suivant',
  goToToday: 'Aujourd’hui',
  goToTomorrow: 'Demain',
  day: 'Jour',
  print: 'Imprimer',
  download: 'Télécharger en CSV',
  nobody: 'Personne n’a réservé ce jour-là.',
  timesIn: ({ zone }) => `Heures : ${zone}.`,
  printed: ({ when }) => `Imprimé : ${when}.`,
  columns: {
    time: 'Heure',
    name: 'Nom',
    phone: 'Téléphone',
    service: 'Prestation',
    note: 'Note',
    state: 'État',
  },
  fileColumns: { date: 'Date', from: 'De', to: 'À' },
  forgotten: '(oublié)',
  minutes: ({ count }) => `${number(count)} min`,
  booked: 'Réservé',
  held: 'Retenu',
  heldUntil: ({ time }) => `Retenu jusqu’à ${time}`,
  fileName: ({ day }) => `rendez-vous-${day}.csv`,
})
