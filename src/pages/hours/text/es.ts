import type { Grammar } from '../../shared/text/grammar.js'
import type { HoursTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): HoursTexts => ({
  title: 'Horario',
  heading: 'Su horario',
  timeOffLink: 'Días libres',
  aClient: 'Un cliente',
  heldOnly: '(retenida, aún sin confirmar)',
  midnight: 'medianoche',
  closing: 'Cerrando…',
  saving: 'Guardando…',
  looking: 'Comprobando…',
  weekly: {
    title: 'Cada semana',
    usual: ({ place }) => `Una semana habitual para empezar, aún sin guardar. Horas de ${place}.`,
    timesIn: ({ place }) => `Horas de ${place}.`,
    faulty: 'Algunas horas aún no son correctas.',
    offer: 'Ofrecer este horario',
    save: 'Guardar el horario',
    none: 'No se ofrece ningún horario semanal.',
    until: ({ day }) => `Se ofrece hasta el ${day}; cada día se añade uno más por sí solo.`,
    untilLast: ({ day }) => `Se ofrece hasta el ${day}, el último día que usted ha fijado.`,
    outside: ({ bookings }) =>
      plural(bookings, {
        one: '# reserva fuera de su horario. Muévala o cancélela en la agenda:',
        other: '# reservas fuera de su horario. Muévalas o cancélelas en la agenda:',
      }),
    saved: 'Guardado.',
    opened: ({ opened, withdrawn }) => {
      const times = plural(opened, {
        one: '# hueco abierto',
        other: '# huecos abiertos',
      })
      const gone = plural(withdrawn, { one: '# retirado', other: '# retirados' })
      return withdrawn > 0 ? `${times}, ${gone}.` : `${times}.`
    },
    nowOutside: ({ bookings }) =>
      plural(bookings, {
        one: '# reserva fuera del horario:',
        other: '# reservas fuera del horario:',
      }),
    seeCalendar: 'Ver su agenda',
    saySaved: ({ opened, withdrawn }) =>
      `Horario guardado. Huecos abiertos: ${number(opened)}, retirados: ${number(withdrawn)}.`,
    overtaken: 'Mientras tanto, este horario se cambió en otro lugar.',
    savedNow: 'Guardado ahora:',
    noHours: 'sin horario',
    saveAgain: 'Guarde otra vez para sustituirlo por el suyo, o',
    takeSaved: 'Tomar lo guardado',
    closed: 'Cerrado',
    block: ({ day, block }) => `${day}, bloque ${number(block)}`,
    add: 'Horas',
    addOn: ({ day }) => `Añadir horas el ${day}`,
    copy: 'Copiar a L–V',
    copyOf: ({ day }) => `Copiar a L–V las horas del ${day}`,
    reach: 'Con cuánta antelación, desde cuándo, hasta cuándo',
    horizon: 'Días por adelantado que se pueden ver y reservar',
    firstDay: 'Primer día (vacío: hoy)',
    lastDay: 'Último día (vacío: sin fin)',
    horizonFault: ({ least, most }) => `De ${number(least)} a ${number(most)} días.`,
  },
  span: {
    from: ({ name }) => `${name}, de`,
    to: ({ name }) => `${name}, a`,
    remove: ({ name }) => `Quitar ${name}`,
    fault: 'El fin debe ser posterior al inicio.',
  },
  daysFault: 'El último día no debe ser anterior al primero.',
  preview: {
    none: ({ day }) => `No cambia ningún hueco libre hasta el ${day}.`,
    opens: ({ times, day }) =>
      plural(times, {
        one: `Abre # hueco hasta el ${day}.`,
        other: `Abre # huecos hasta el ${day}.`,
      }),
    withdraws: ({ times, day }) =>
      plural(times, {
        one: `Retira # hueco hasta el ${day}.`,
        other: `Retira # huecos hasta el ${day}.`,
      }),
    both: ({ opens, withdraws, day }) => {
      const first = plural(opens, { one: 'Abre # hueco', other: 'Abre # huecos' })
      return `${first} y retira ${number(withdraws)} hasta el ${day}.`
    },
    outside: ({ bookings }) =>
      plural(bookings, {
        one: '# reserva queda fuera:',
        other: '# reservas quedan fuera:',
      }),
    stay: 'Se quedan hasta que usted las mueva o las cancele.',
    clocksChange: ({ day, from, to, length }) => `${day}: cambio de hora, de ${from} a ${to} dura ${length}.`,
  },
  timeOff: {
    title: 'Días libres',
    tomorrow: 'Mañana',
    nextFriday: ({ date }) => `El próximo viernes, ${date}`,
    nextWeek: ({ date }) => `La próxima semana, desde el ${date}`,
    first: 'Primer día libre',
    last: 'Último día (opcional)',
    looking: 'Comprobando quién tiene reserva…',
    withdraws: ({ days, times }) =>
      plural(times, {
        one: `${days}: retira # hueco libre.`,
        other: `${days}: retira # huecos libres.`,
      }),
    nobody: 'Nadie tiene reserva.',
    affected: ({ bookings }) =>
      plural(bookings, {
        one: '# reserva se ve afectada.',
        other: '# reservas se ven afectadas.',
      }),
    holdsBack: ({ holds }) =>
      plural(holds, {
        one: 'Se libera # hueco retenido.',
        other: 'Se liberan # huecos retenidos.',
      }),
    moveAll: 'Mover cada una a la hora más próxima',
    keepOthers: 'Mantener lo que no se mueve: vendré para ello',
    reasonRead: 'Motivo, que leerán las personas canceladas',
    reasonOwn: 'Motivo, para usted',
    close: ({ days }) => `Cerrar ${days}`,
    move: ({ bookings }) => `mover ${number(bookings)}`,
    keep: ({ bookings }) => `mantener ${number(bookings)}`,
    cancel: ({ bookings }) => `cancelar ${number(bookings)}`,
    keepIt: 'Mantenerla',
    cancelIt: 'Cancelarla y avisar al cliente',
    moveTo: ({ when }) => `Mover a ${when}`,
    moveToTaken: ({ when }) => `Mover a ${when}, que ocupa otra reserva`,
    noOffer: 'No cabe a ninguna otra hora.',
    closed: ({ days }) => `${days}: cerrado.`,
    withdrawn: ({ times, holds }) => {
      const open = plural(times, {
        one: '# hueco libre retirado',
        other: '# huecos libres retirados',
      })
      const back = plural(holds, {
        one: '# hueco retenido liberado',
        other: '# huecos retenidos liberados',
      })
      return holds > 0 ? `${open}, ${back}.` : `${open}.`
    },
    moved: ({ name, when }) => `Movida: ${name}, ahora ${when}`,
    cancelled: ({ name }) => `Cancelada: ${name}`,
    failed: ({ name }) => `Sin hacer: ${name}.`,
    stillBooked: 'Sigue reservada.',
    stays: ({ booking }) => `Se queda: ${booking}`,
    chooseAgain: ({ bookings }) =>
      plural(bookings, { one: 'Elegir de nuevo para esta', other: 'Elegir de nuevo para estas' }),
    openAgain: ({ count }) =>
      plural(count, { one: 'Abrir de nuevo este día', other: 'Abrir de nuevo estos días' }),
    staysCancelled: 'Lo cancelado queda cancelado, aunque los días se abran de nuevo.',
    sayDone: ({ moved, cancelled, failed }) =>
      `Cerrado. Movidas: ${number(moved)}, canceladas: ${number(cancelled)}${failed > 0 ? `, sin hacer: ${number(failed)}` : ''}.`,
    sayOpen: 'Abierto de nuevo como en otras semanas.',
  },
  exceptions: {
    title: 'Días diferentes',
    none: 'Ninguno: cada semana sigue su horario semanal.',
    closed: 'cerrado',
    delete: 'Eliminar',
    deleteOf: ({ days }) => `Eliminar ${days}`,
    deleting: 'Eliminando…',
    deleted: ({ days }) => `${days}: de nuevo su horario semanal.`,
    hint: 'Al eliminar, vuelve el horario semanal de esos días. Las reservas canceladas quedan canceladas.',
  },
  other: {
    title: 'Otro horario en algunos días',
    day: 'Día',
    until: 'Hasta (opcional)',
    hours: 'Horas de esos días',
    block: ({ block }) => `Otro horario, bloque ${number(block)}`,
    reason: 'Motivo, para usted (opcional)',
    idle: 'Elija un día para ver qué cambia.',
    set: 'Fijar estas horas',
    done: ({ days, opened, withdrawn }) =>
      `${days}: huecos abiertos: ${number(opened)}, retirados: ${number(withdrawn)}.`,
  },
  holidays: {
    title: 'Días festivos',
    file: 'Archivo de calendario (.ics) con eventos de día completo',
    noCalendar: 'No es un archivo de calendario. Elija uno cuyo nombre termine en .ics.',
    nothing: 'Nada nuevo que cerrar.',
    closes: ({ entries, times }) => {
      const close = plural(entries, {
        one: 'Cierra # entrada',
        other: 'Cierra # entradas',
      })
      const withdraw = plural(times, {
        one: 'retira # hueco libre',
        other: 'retira # huecos libres',
      })
      return `${close} y ${withdraw}:`
    },
    existing: ({ entries }) =>
      plural(entries, {
        one: '# ya está cerrada.',
        other: '# ya están cerradas.',
      }),
    outside: ({ bookings }) =>
      plural(bookings, {
        one: '# reserva quedaría fuera de su horario:',
        other: '# reservas quedarían fuera de su horario:',
      }),
    close: 'Cerrar estos días',
    closed: ({ entries, times }) => {
      const close = plural(entries, {
        one: '# entrada cerrada',
        other: '# entradas cerradas',
      })
      const withdrawn = plural(times, {
        one: '# hueco libre retirado',
        other: '# huecos libres retirados',
      })
      return `${close}, ${withdrawn}.`
    },
    stillBooked: 'Aún reservado fuera de su horario:',
    skipped: ({ events }) => plural(events, { one: '# evento omitido', other: '# eventos omitidos' }),
    sayToClose: ({ entries }) =>
      plural(entries, { one: '# entrada por cerrar.', other: '# entradas por cerrar.' }),
    sayClosed: ({ entries }) => plural(entries, { one: '# entrada cerrada.', other: '# entradas cerradas.' }),
    reasons: {
      no_date: 'no tiene fecha',
      not_a_whole_day: 'no es de día completo',
      not_whole_days: 'no dura días completos',
      too_long: 'dura más de un año',
      other_rule: 'no se repite cada año sino de otro modo',
      not_listed: 'no se muestran',
    },
    more: ({ events }) => `${number(events)} más`,
  },
})
