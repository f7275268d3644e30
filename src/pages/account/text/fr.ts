import type { Grammar } from '../../shared/text/grammar.js'
import type { AccountTexts } from './en.js'

export const texts = ({ plural }: Grammar): AccountTexts => ({
  title: 'Votre compte',
  display: {
    title: 'Heures et semaine',
    where: 'Dans ce navigateur, pour toutes les pages. Votre choix est enregistré aussitôt.',
    clock: 'Format de l’heure',
    usual: ({ value }) => `Comme dans le navigateur (${value})`,
    hours: ({ count, sample }) =>
      plural(count, { one: `# heure (${sample})`, other: `# heures (${sample})` }),
    weeks: 'La semaine commence le',
    looks: ({ time }) => `Les heures s’affichent ainsi : ${time}`,
  },
})
