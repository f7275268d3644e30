import type { Grammar } from '../../shared/text/grammar.js'
import type { ProviderTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): ProviderTexts => ({
  title: 'Su agenda',
  aClient: 'un cliente',
  unnamed: 'Un cliente',
  someone: 'Alguien',
  timesIn: ({ place }) => `Horas de ${place}`,
  tomorrowsList: 'Lista de mañana',
  bookingLink: 'Enlace de reserva',
  copyBookingLink: 'Copiar el enlace de reserva',
  numbers: {
    of: ({ day }) => `Cifras del ${day}`,
    day: 'Día',
    today: 'Hoy',
    free: ({ count }) => plural(count, { one: 'libre', other: 'libres' }),
    held: ({ count }) => plural(count, { one: 'retenida', other: 'retenidas' }),
    waiting: ({ count }) => `En la lista de espera: ${number(count)}`,
    booked: ({ count }) => plural(count, { one: 'reservada', other: 'reservadas' }),
  },
  setHours: {
    title: '¿Cuándo trabaja?',
    text: 'Dígalo una vez; sus horas se ofrecen semana tras semana, hasta que las cambie.',
    button: 'Definir su horario semanal',
  },
  alerts: {
    title: 'Cuando alguien reserva',
    badge: 'Contar en el título de la pestaña',
    sound: 'Un sonido suave',
  },
  week: {
    title: 'Semana',
    before: 'Semana anterior',
    today: 'Hoy',
    after: 'Semana siguiente',
    workingHours: 'Horas de trabajo',
    wholeDay: 'Día entero',
    times: 'Horas, las flechas pasan de una a otra',
    nothing: 'nada en este día',
    open: ({ count }) => plural(count, { one: '# libre', other: '# libres' }),
    clocksChange: 'cambio de hora',
    minutes: ({ count }) => `${count}′`,
    left: 'restantes',
  },
  states: { open: 'libre', held: 'retenida', confirmed: 'reservada', withdrawn: 'retirada' },
  statesBy: { held: 'retenida por', confirmed: 'reservada por' },
  chosen: {
    title: 'Hora elegida',
    nobodyCame: 'Nadie vino a esta hora.',
    withdrawn: 'Retirada: no se ofrece.',
    withdraw: 'Retirar esta hora',
    offerAgain: 'Ofrecerla de nuevo',
  },
  appointment: {
    held: ({ who }) => `Retenida por ${who}.`,
    heldFor: ({ who, left }) => `Retenida por ${who}, quedan ${left} para confirmar.`,
    offeredFor: ({ who, left }) =>
      `Ofrecida a ${who} desde la lista de espera, quedan ${left} para aceptarla.`,
    booked: ({ who }) => `Reservada por ${who}.`,
    staysThere: 'La cita se queda donde estaba.',
    movedFrom: ({ when }) => `Movida aquí desde: ${when}.`,
    moveBack: 'Devolver a su sitio',
    move: 'Mover…',
    endHold: 'Liberar esta hora retenida',
    cancelBooking: 'Cancelar esta reserva',
    forget: 'Olvidar a esta persona…',
    messageTo: ({ name }) => `Mensaje para ${name} (opcional)`,
    messageToUnnamed: 'Mensaje para el cliente (opcional)',
    alsoWithdraw: '… y retirar la hora',
    keepIt: 'Conservar',
    holdEnded: ({ name }) => `Hora retenida liberada: ${name}.`,
    bookingEnded: ({ name }) => `Reserva cancelada: ${name}.`,
    forgetting: ({ name }) =>
      `Se borrarán el nombre, el teléfono, el correo y la nota: ${name}. La hora sigue ocupada.`,
    forgetNow: ({ name }) => `Olvidar a ${name}`,
    keep: 'Conservar',
  },
  minutes: ({ count }) => `${number(count)} min`,
  details: { time: 'Hora', service: 'Servicio', phone: 'Teléfono', email: 'Correo', note: 'Nota' },
  book: {
    title: 'Reservar para alguien',
    intro: 'Libre. Reservar para alguien:',
    name: 'Nombre',
    more: 'Nota y correo',
    serviceFor: ({ name, minutes }) => `${name}, ${number(minutes)} min`,
    doesNotFit: ({ service }) => `${service} (no cabe aquí)`,
    noService: ({ minutes }) => `Sin servicio, ${number(minutes)} min`,
    elsewhere: 'No cabe aquí.',
    nearest: 'Las horas más próximas:',
    nowhere: 'No cabe en ninguna hora ofrecida.',
    button: 'Reservar',
    done: ({ name, when }) => `Reservado para ${name}: ${when}.`,
  },
  move: {
    title: 'Mover',
    titleOf: ({ name }) => `Mover a ${name}`,
    keep: 'Mantener la hora anterior',
    now: ({ when, keys }) => `Ahora ${when}. Pulse otra hora${keys}.`,
    keys: ', o use las flechas; Intro mueve, Escape mantiene',
    button: 'Mover aquí',
    done: ({ name, when }) => `${name}: movido a ${when}.`,
    back: ({ name, when }) => `${name}: de nuevo en ${when}.`,
    fit: {
      fits: 'Cabe.',
      taken: 'Hay alguien ahí, o demasiado cerca.',
      'not offered': 'Esta hora no se ofrece.',
      over: 'Esta hora ya pasó.',
      'its own': 'La cita está aquí ahora.',
    },
  },
  outside: {
    title: ({ count }) =>
      plural(count, {
        one: '# reserva fuera de su horario',
        other: '# reservas fuera de su horario',
      }),
    move: 'Mover…',
    cancel: 'Cancelar…',
  },
  plan: {
    byHand: 'Ofrecer horas sueltas a mano',
    publishTitle: 'Publicar tiempo de trabajo',
    withdrawTitle: 'Retirar tiempo libre',
    publish: 'Publicar',
    withdraw: 'Retirar',
    days: 'Días de esta semana',
    times: ({ zone }) => `Horas, ${zone}`,
    from: 'de',
    to: 'a',
    blockFrom: ({ block }) => `Bloque ${number(block)}, de`,
    blockTo: ({ block }) => `Bloque ${number(block)}, a`,
    removeBlock: ({ block }) => `Quitar el bloque ${number(block)}`,
    addBlock: 'Otro bloque',
    weeks: 'Durante cuántas semanas',
    idle: 'Elija días, o arrastre sobre la semana.',
    opens: ({ times, shown, days, existing }) => {
      const opens = plural(times, { one: `Abre ${shown} hueco`, other: `Abre ${shown} huecos` })
      const on = plural(days, { one: 'en # día', other: 'en # días' })
      const already = plural(existing, {
        one: '; # ya existe',
        other: '; # ya existen',
      })
      return `${opens} ${on}${existing > 0 ? already : ''}.`
    },
    withdraws: ({ times, shown }) =>
      plural(times, {
        one: `Retira ${shown} hueco libre; lo retenido o reservado se queda.`,
        other: `Retira ${shown} huecos libres; lo retenido o reservado se queda.`,
      }),
    opened: ({ times, existing }) => {
      const opened = plural(times, {
        one: '# hueco abierto',
        other: '# huecos abiertos',
      })
      const already = plural(existing, {
        one: '# ya existía',
        other: '# ya existían',
      })
      return existing > 0 ? `${opened}, ${already}.` : `${opened}.`
    },
    withdrawn: ({ times }) => plural(times, { one: '# hueco retirado.', other: '# huecos retirados.' }),
    stay: ({ times }) => plural(times, { one: '# se queda:', other: '# se quedan:' }),
    undo: 'Deshacer',
    undone: 'Abiertos de nuevo.',
    faults: {
      ends: 'Rellene el inicio y el fin de cada bloque.',
      backwards: ({ from, to }) => `De ${from} a ${to}: el fin debe ser posterior al inicio.`,
      offGrid: ({ from, to, minutes }) =>
        `De ${from} a ${to}: las horas siguen la cuadrícula de ${number(minutes)} minutos.`,
      noDay: 'Elija al menos un día.',
      missing: ({ day, time }) =>
        `${day}: por el cambio de hora, ${time} no existe. Elija otra hora ese día.`,
      twice: ({ day, time }) =>
        `${day}: por el cambio de hora, ${time} existe dos veces. Elija otra hora ese día.`,
      over: ({ day, time }) => `${day}, ${time}: ya pasó.`,
      allOver: 'Todo esto ya pasó.',
      tooMuch: 'Es más de lo que se puede hacer de una vez: elija menos semanas.',
    },
  },
  stream: {
    title: 'Ahora mismo',
    none: 'Las horas retenidas, las reservas y los cambios aparecen aquí en el momento en que se hacen.',
    times: ({ count }) => plural(count, { one: '# hueco', other: '# huecos' }),
    held: ({ who, what }) => `${who} retiene ${what}`,
    offered: ({ who, what }) => `Ofrecida a ${who} desde la lista de espera: ${what}`,
    confirmed: ({ who, what }) => `${who} ha reservado ${what}`,
    opened: ({ what }) => `Publicado: ${what}`,
    withdrawn: ({ what }) => `Retirado: ${what}`,
    expired: ({ who, what }) => `${who} dejó vencer ${what}`,
    released: ({ who, what }) => `${who} ya no retiene ${what}`,
    cancelled: ({ who, what }) => `${who} ya no viene: ${what}`,
    bookingEnded: ({ who, what }) => `Cita de ${who} cancelada: ${what}`,
    moved: ({ who, what }) => `${who} ha dejado ${what}`,
    replaced: ({ who, what }) => `${who} reservó otra hora, ya no viene: ${what}`,
  },
})
