/** One day of a provider as a list: on the screen, on paper and as a file. */
import type { Grammar } from '../../shared/text/grammar.js'

export const texts = ({ number, plural }: Grammar) => ({
  title: 'Day list',
  today: 'today',
  tomorrow: 'tomorrow',
  appointments: ({ count }: { count: number }) =>
    plural(count, { one: '# appointment', other: '# appointments' }),
  dayBefore: 'Day before',
  dayAfter: 'Day after',
  goToToday: 'Today',
  goToTomorrow: 'Tomorrow',
  day: 'Day',
  print: 'Print',
  download: 'Download CSV',
  nobody: 'Nobody is booked on this day.',
  timesIn: ({ zone }: { zone: string }) => `Times in ${zone}.`,
  printed: ({ when }: { when: string }) => `Printed ${when}.`,
  columns: { time: 'Time', name: 'Name', phone: 'Phone', service: 'Service', note: 'Note', state: 'State' },
  fileColumns: { date: 'Date', from: 'From', to: 'To' },
  forgotten: '(forgotten)',
  minutes: ({ count }: { count: number }) => `${number(count)} min`,
  booked: 'Booked',
  held: 'Held',
  heldUntil: ({ time }: { time: string }) => `Held until ${time}`,
  fileName: ({ day }: { day: string }) => `appointments-${day}.csv`,
})

export type DayListTexts = ReturnType<typeof texts>
