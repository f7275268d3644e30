import type { Grammar } from '../../shared/text/grammar.js'
import type { BookingTexts } from './en.js'

export const texts = ({ plural }: Grammar): BookingTexts => ({
  title: 'Reservar una hora',
  lostTitle: 'Esta agenda no existe',
  lostText: 'Puede que el enlace sea antiguo o esté incompleto.',
  findProvider: 'Buscar un profesional',
  timesIn: 'Horas de',
  zoneOfProvider: 'profesional',
  zoneOfReader: 'la suya',
  useZone: ({ city }) => `Usar ${city}`,

  services: {
    heading: '¿Qué desea reservar?',
    gone: 'El servicio indicado en el enlace ya no se ofrece. Elija otro.',
    others: 'Otros servicios',
  },

  month: {
    label: 'Elegir un día',
    before: 'Mes anterior',
    after: 'Mes siguiente',
    days: 'Días, las teclas de flecha pasan de uno a otro',
    twoWeeks: 'Mostrar dos semanas',
    whole: 'Mostrar todo el mes',
    today: ', hoy',
    clocksChange: ', cambio de hora',
    over: 'pasado',
    none: 'sin horas',
    soon: 'tarde',
    notYet: 'aún no',
    full: 'lleno',
    soonRest: ', ya no se puede reservar',
    notYetRest: ' se puede reservar',
    free: ({ count }) => plural(count, { one: ' hora libre', other: ' horas libres' }),
  },

  day: {
    free: ({ count }) => plural(count, { one: '# libre', other: '# libres' }),
    clocksForward: ({ span }) =>
      `Esa noche los relojes se adelantan ${span}; las horas mostradas ya lo tienen en cuenta.`,
    clocksBack: ({ span }) =>
      `Esa noche los relojes se atrasan ${span}; las horas mostradas ya lo tienen en cuenta.`,
    twoZones: ({ here, there }) =>
      `En grande, su hora, ${here}. En pequeño, la hora de ${there}, donde trabaja el profesional.`,
    nothingFree: ({ time }) => `${time}: nada libre`,
    restTo: ({ time }) => `hasta ${time}`,
    full: 'No hay nada libre ese día.',
    none: 'No hay horas ese día.',
    freeBefore: ({ time }) => `Libre antes: ${time}`,
    noneForLong:
      'No hay nada libre en los próximos dos meses. Las horas aparecen aquí en cuanto se publican.',
  },

  slot: {
    asking: 'solicitando…',
    chosen: 'elegida',
    free: 'libre',
    freeIn: ({ city }) => ` en ${city}, libre`,
    untilNow: 'actual',
    untilNowRest: ', la conserva hasta que tenga otra hora',
    yours: 'suya',
    yoursBookedRest: ', reservada por usted',
    yoursHeldRest: ' restantes, pulse para confirmarla',
    overlaps: 'ocupada',
    overlapsRest: ', coincide con una de sus citas',
    held: 'retenida',
    heldRest: ' por alguien',
    heldUntilRest: ({ time }) => ` por alguien, puede quedar libre a las ${time}`,
    booked: 'reservada',
    withdrawn: 'retirada',
    withdrawnRest: ', ya no se ofrece',
    tooSoon: 'tarde',
    tooSoonRest: ', ya no se puede reservar',
    notYet: 'aún no',
    notYetRest: ' se puede reservar',
  },

  hold: {
    title: ({ time }) => `Retener ${time}`,
    chosenFree: ({ time, span }) =>
      `${time}: está libre. En cuanto inicie sesión, quedará retenida para usted durante ${span}.`,
    chosenTaken: ({ time }) =>
      `${time}: alguien la acaba de tomar. Continúe y le mostraremos las horas libres más próximas.`,
    chosenGone: 'Alguien acaba de tomar esta hora. Continúe y le mostraremos las horas libres más próximas.',
    heading: 'Esta hora está retenida para usted',
    lastMinute: 'Queda menos de un minuto: confirme ahora o quedará libre para otros.',
    lastMinutes: 'Quedan menos de cinco minutos.',
    leftSaid: ({ span, time }) => `Tiempo restante para confirmar ${time}: ${span}.`,
    heldSaid: ({ time, span }) =>
      `${time} está retenida para usted durante ${span}. Confírmela para reservar.`,
    longerSaid: ({ span }) => `La hora sigue retenida ${span} más.`,
    ranOutSaid: ({ time }) => `Su reserva provisional de las ${time} ha caducado.`,
    endedSaid: ({ time }) => `Su reserva provisional de las ${time} ha terminado.`,
    cancelledSaid: ({ time }) => `Su cita de las ${time} se ha cancelado.`,
  },

  moving: {
    choose: 'Elija una nueva hora',
    keeps: 'Esta hora sigue siendo suya hasta que tenga otra.',
    here: '¿Cambiarla a esta hora?',
    move: 'Cambiar',
    keepOld: 'Conservar la hora anterior',
    moved: 'Cambiada',
    movedSaid: ({ time }) => `Cita cambiada a: ${time}.`,
  },

  done: {
    with: ({ span, name }) => `${span} con ${name}`,
    serviceWith: ({ service, span, name }) => `${service}, ${span} con ${name}`,
    noFile: 'No se ha podido descargar el archivo de calendario. Vuelva a intentarlo.',
    share: 'Compartir enlace',
    shareLabel: 'Enlace a este día',
  },

  notice: {
    reachedAgain: { text: 'Hay conexión de nuevo con el servidor.', next: 'Vuelva a intentarlo.' },
    forProviders: {
      text: 'Está usando una cuenta de profesional.',
      next: 'Para reservar se necesita una cuenta de cliente: cierre la sesión y pulse de nuevo la hora.',
    },
    mayComeFree: ({ time }) => `Puede quedar libre antes de las ${time}.`,
    stillYours: ({ time }) => `No ha cambiado nada: ${time} sigue siendo suya.`,
    noOther: 'No hay ninguna otra hora libre en este momento.',
    ranOut: 'Su reserva provisional ha caducado.',
    ranOutFree: 'Su reserva provisional ha caducado; la hora vuelve a estar libre para todos.',
    released: 'El profesional u otra ventana terminó esta reserva provisional.',
    replaced: 'Una reserva suya más reciente ha ocupado su lugar.',
    cancelledBy: ({ name }) => `${name} canceló esta cita.`,
    cancelledHere: 'Esta cita se canceló en otra ventana.',
    cancelled: 'Esta cita la canceló el profesional o se canceló en otra ventana.',
    withdrawn: 'La hora ya no se ofrece.',
    quoted: ({ note }) => `«${note}»`,
    again: 'Retener de nuevo',
  },

  panel: {
    label: 'Sus horas',
    refused: ({ time }) => `${time}: no disponible`,
    ranOut: ({ time }) => `${time}: caducada`,
    ended: ({ time }) => `${time}: terminada`,
    moving: ({ time }) => `Cambiando ${time}`,
    booked: ({ time }) => `${time}: reservada`,
    moved: ({ time }) => `${time}: cambiada`,
    how: 'Cómo funciona',
    press: 'Pulse una hora libre.',
    pressText: ({ press, span }) => `${press} Es suya durante ${span}; nadie más puede tomarla.`,
    pressSignedOut: ({ press, span }) =>
      `${press} En cuanto inicie sesión, es suya durante ${span}; nadie más puede tomarla.`,
    confirm: 'Confírmela',
    confirmText: ({ confirm }) =>
      `${confirm} mientras esté retenida. O libérela, y los demás la verán libre al momento.`,
    notice: ({ span }) => `Las horas se pueden reservar hasta ${span} antes de que empiecen.`,
    earlier: ({ count, name }) =>
      plural(count, { one: `Su cita con ${name}`, other: `Sus citas con ${name}` }),
    change: 'Cambiar o cancelar en «Mis citas»',
  },

  changed: {
    held: ({ time }) => `${time}: alguien la retiene.`,
    released: ({ time }) => `${time} vuelve a estar libre.`,
    confirmed: ({ time }) => `${time} está reservada.`,
    opened: ({ time }) => `${time} se ofrece ahora.`,
    withdrawn: ({ time }) => `${time} ya no se ofrece.`,
    notFree: ({ time }) => `${time} ya no está libre.`,
  },

  guest: {
    done: 'Reservada',
    title: 'Reservar sin cuenta',
    button: 'Retener y enviarme el enlace',
    why: 'Le enviamos un enlace. La hora queda reservada cuando lo pulse, en diez minutos.',
    name: 'Su nombre',
    email: 'Correo electrónico',
    lookTitle: 'Mire su correo',
    look: 'Le hemos enviado un correo. Pulse su enlace antes de que acabe el tiempo; entonces queda reservada.',
    sentTo: ({ email }) => `Se envió a ${email}.`,
    limit:
      'Ya hay una hora retenida con esta dirección o desde su red. Confírmela con el enlace del correo, espere diez minutos o inicie sesión con una cuenta.',
    said: 'La hora está retenida para usted. Pulse el enlace del correo.',
    ranOut: 'Se ha acabado el tiempo. Otros pueden reservarla de nuevo.',
    giveBack: 'Devolverla',
    booked: 'Está reservada. El correo tiene un enlace para cambiarla o cancelarla.',
    givenBack: 'Ha devuelto la hora.',
    free: ({ time }) => `${time}: está libre.`,
    cancelled: 'Esta reserva se canceló.',
  },
})
