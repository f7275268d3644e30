import type { Grammar } from '../../shared/text/grammar.js'
import type { AccountTexts } from './en.js'

export const texts = ({ plural }: Grammar): AccountTexts => ({
  title: 'Su cuenta',
  display: {
    title: 'Reloj y semana',
    where: 'En este navegador, para todas las páginas. Se guarda en cuanto elige.',
    clock: 'Reloj',
    usual: ({ value }) => `Como en el navegador (${value})`,
    hours: ({ count, sample }) => plural(count, { one: `# hora (${sample})`, other: `# horas (${sample})` }),
    weeks: 'Las semanas empiezan en',
    looks: ({ time }) => `Las horas se ven así: ${time}`,
  },
})
