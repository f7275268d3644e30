import type { Grammar } from '../../shared/text/grammar.js'
import type { DayListTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): DayListTexts => ({
  title: 'Lista del día',
  today: 'hoy',
  tomorrow: 'mañana',
  appointments: ({ count }) => plural(count, { one: '# cita', other: '# citas' }),
  dayBefore: 'Día anterior',
  dayAfter: 'Día siguiente',
  goToToday: 'Hoy',
  goToTomorrow: 'Mañana',
  day: 'Día',
  print: 'Imprimir',
  download: 'Descargar CSV',
  nobody: 'Nadie tiene reserva este día.',
  timesIn: ({ zone }) => `Horas de ${zone}.`,
  printed: ({ when }) => `Impreso: ${when}.`,
  columns: {
    time: 'Hora',
    name: 'Nombre',
    phone: 'Teléfono',
    service: 'Servicio',
    note: 'Nota',
    state: 'Estado',
  },
  fileColumns: { date: 'Fecha', from: 'De', to: 'A' },
  forgotten: '(olvidado)',
  minutes: ({ count }) => `${number(count)} min`,
  booked: 'Reservada',
  held: 'Retenida',
  heldUntil: ({ time }) => `Retenida hasta las ${time}`,
  fileName: ({ day }) => `citas-${day}.csv`,
})
