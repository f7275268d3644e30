import type { Grammar } from '../../shared/text/grammar.js'
import type { DayListTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): DayListTexts => ({
  title: 'Tagesliste',
  today: 'heute',
  tomorrow: 'morgen',
  appointments: ({ count }) => plural(count, { one: '# Termin', other: '# Termine' }),
  dayBefore: 'Tag davor',
  dayAfter: 'Tag danach',
  goToToday: 'Heute',
  goToTomorrow: 'Morgen',
  day: 'Tag',
  print: 'Drucken',
  download: 'CSV herunterladen',
  nobody: 'An diesem Tag ist niemand gebucht.',
  timesIn: ({ zone }) => `Zeiten in ${zone}.`,
  printed: ({ when }) => `Gedruckt: ${when}.`,
  columns: {
    time: 'Zeit',
    name: 'Name',
    phone: 'Telefon',
    service: 'Leistung',
    note: 'Notiz',
    state: 'Status',
  },
  fileColumns: { date: 'Datum', from: 'Von', to: 'Bis' },
  forgotten: '(vergessen)',
  minutes: ({ count }) => `${number(count)} Min.`,
  booked: 'Gebucht',
  held: 'Reserviert',
  heldUntil: ({ time }) => `Reserviert bis ${time}`,
  fileName: ({ day }) => `termine-${day}.csv`,
})
