import type { Grammar } from '../../shared/text/grammar.js'
import type { AccountTexts } from './en.js'

export const texts = ({ plural }: Grammar): AccountTexts => ({
  title: 'Ihr Konto',
  display: {
    title: 'Uhr und Woche',
    where: 'In diesem Browser, für alle Seiten. Ihre Auswahl wird sofort gespeichert.',
    clock: 'Uhr',
    usual: ({ value }) => `Wie im Browser (${value})`,
    hours: ({ count, sample }) =>
      plural(count, { one: `# Stunde (${sample})`, other: `# Stunden (${sample})` }),
    weeks: 'Wochen beginnen am',
    looks: ({ time }) => `Uhrzeiten sehen so aus: ${time}`,
  },
})
