import type { Grammar } from '../../shared/text/grammar.js'
import type { FindTexts } from './en.js'

export const texts = ({ plural }: Grammar): FindTexts => ({
  title: 'Termin finden',
  heading: 'Finden Sie einen Termin, der wirklich frei ist',
  intro:
    'Jeder Kalender hier ändert sich, während Sie ihn ansehen. Was als frei erscheint, lässt sich mit einem Klick reservieren.',
  name: 'Name des Anbieters',
  providers: ({ count }) => plural(count, { one: '# Anbieter', other: '# Anbieter' }),
  nobody: 'Hier veröffentlicht noch niemand Termine',
  noneOfThatName: 'Kein Anbieter mit diesem Namen',
  beTheFirst: 'Machen Sie den Anfang: Veröffentlichen Sie Ihre Arbeitszeit in einer Minute.',
  tryAPart: 'Versuchen Sie es mit einem Teil des Namens.',
  publish: 'Eigene Termine veröffentlichen',
  showAll: 'Alle anzeigen',
  showMore: 'Mehr anzeigen',
  youGive: 'Sie vergeben Termine?',
  looking: 'Der nächste freie Termin wird gesucht …',
  noneFree: 'Zurzeit kein freier Termin',
  servicesOf: ({ name }) => `Leistungen von ${name}`,
  service: ({ name, span }) => `${name}, ${span}`,
})
