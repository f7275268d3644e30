import type { MyTexts } from './en.js'

export const texts = (): MyTexts => ({
  title: 'Mis citas',
  door: 'Inicie sesión para ver lo que retiene y lo que ha reservado.',
  wrongTitle: 'Está usando una cuenta de profesional',
  wrongText: 'Las citas de sus clientes están en su agenda. Para reservar usted, use una cuenta de cliente.',
  timesOf: ({ city }) => `Las horas son las de ${city}.`,
  nothing: 'Todavía no hay nada reservado',
  nothingText: 'Las horas que retenga o reserve aparecen aquí.',
  find: 'Buscar una hora libre',
  lost: 'Canceladas por el profesional',
  held: 'Retenidas, aún sin confirmar',
  coming: 'Próximas',
  past: ({ figure }) => `Pasadas y terminadas (${figure})`,
  ranOutSaid: ({ time }) => `Su reserva provisional (${time}) ha caducado.`,
  endedSaid: ({ time, how }) => `Su reserva (${time}): ${how}`,

  item: {
    elsewhere: ({ time, city }) => `${time} en ${city}`,
    wallTimeWas: ({ time, city }) =>
      `Era ${time} en ${city} cuando reservó. El momento es el mismo; el reloj del profesional marca ahora otra hora.`,
    serviceWith: ({ service, span, name }) => `${service}, ${span} con ${name}`,
    leftToConfirm: 'para confirmar',
    longerSaid: 'La hora sigue retenida más tiempo.',
    again: 'Reservar de nuevo',
  },

  ended: {
    tookPlace: 'Se celebró.',
    ranOut: 'La reserva provisional caducó.',
    released: 'Liberada, o terminada por el profesional.',
    replaced: 'Una reserva más reciente ocupó su lugar.',
    cancelled: 'Cancelada.',
    byYou: 'Cancelada por usted.',
    by: ({ name }) => `Cancelada por ${name}.`,
    quoted: ({ note }) => `«${note}»`,
  },

  cutoff: {
    tooLate: 'Es demasiado tarde para cancelar o cambiar esta cita aquí.',
    both: ({ time }) => `Puede cancelar o cambiar hasta: ${time}.`,
    each: ({ move, cancel }) => `Puede cambiar hasta: ${move}, y cancelar hasta: ${cancel}.`,
    moveOnly: ({ move }) => `Puede cambiar hasta: ${move}, pero ya no cancelar aquí.`,
    cancelOnly: ({ cancel }) => `Ya no puede cambiarla aquí, pero sí cancelar hasta: ${cancel}.`,
    askForThat: 'Para eso, diríjase a la consulta.',
    askAfterThat: 'Después, diríjase a la consulta.',
    callForThat: ({ phone }) => `Para eso, llame a la consulta: ${phone}.`,
    callAfterThat: ({ phone }) => `Después, llame a la consulta: ${phone}.`,
  },
})
