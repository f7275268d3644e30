import type { MailTexts } from './en.js'

export const es: MailTexts = {
  greeting: (name) => `Hola, ${name}:`,
  comma: ', ',
  minutes: (minutes) => (minutes === 1 ? '1 minuto' : `${minutes} minutos`),
  labels: {
    what: 'Cita',
    when: 'Cuándo',
    before: 'Antes',
    clockOf: (name) => `Hora local de ${name}`,
    provider: 'Con',
    client: 'Para',
    where: 'Dónde',
    phone: 'Teléfono',
    email: 'Correo electrónico',
    note: 'Nota',
    until: 'Hasta',
  },
  actions: {
    confirm: 'Confirmar la cita',
    giveBack: 'Liberar esta hora',
    manage: 'Ver o cambiar la cita',
    move: 'Cambiarla a otra hora',
    cancel: 'Cancelarla',
    again: 'Buscar otra hora',
    accept: 'Aceptar esta hora',
    decline: 'Rechazar esta hora',
    leave: 'Salir de la lista de espera',
    calendar: 'Abrir su calendario',
    password: 'Elegir una contraseña nueva',
    check: 'Confirmar esta dirección',
    change: 'Usar esta dirección',
    undo: 'Deshacer el cambio',
  },
  unnamed: 'su proveedor',
  held: {
    subject: ({ who, at }) => `Por confirmar: ${who}, ${at}`,
    heading: 'Confirme su cita, por favor',
    text: (until) =>
      `Le guardamos esta hora hasta el ${until}. La cita no queda reservada hasta que usted la confirme.`,
    ignore: 'Si no lo ha solicitado, no tiene que hacer nada: la hora quedará libre por sí sola.',
  },
  confirmed: {
    subject: ({ who, at }) => `Confirmada: ${who}, ${at}`,
    heading: 'Su cita está confirmada',
  },
  moved: {
    subject: ({ who, at }) => `Nueva hora: ${who}, ${at}`,
    heading: 'Su cita tiene una nueva hora',
  },
  cancelled: {
    subject: ({ who, at }) => `Cancelada: ${who}, ${at}`,
    heading: 'Su cita está cancelada',
    byYou: 'Usted ha cancelado esta cita.',
    byProvider: (provider) => `${provider} ha cancelado esta cita.`,
    replaced: 'Una reserva suya más reciente la sustituye.',
    said: (name) => `Mensaje de ${name}:`,
  },
  reminder: {
    subject: ({ who, at }) => `Recordatorio: ${who}, ${at}`,
    heading: 'Se acerca su cita',
  },
  offer: {
    subject: ({ who, at }) => `Ha quedado libre una hora: ${who}, ${at}`,
    heading: 'Ha quedado libre una hora para usted',
    text: (until) =>
      `Está usted en la lista de espera y le guardamos esta hora hasta el ${until}. La cita no queda reservada hasta que la acepte. Si no la ha aceptado para entonces, pasará a la siguiente persona.`,
  },
  calendar: {
    booked: 'Nueva reserva',
    moved: 'Reserva cambiada de hora',
    cancelled: 'Reserva cancelada',
    subject: (what, { who, at }) => `${what}: ${who}, ${at}`,
    byClient: (client) => `${client} ha cancelado.`,
    byYou: 'Usted ha cancelado esta reserva.',
    replaced: (client) => `Una reserva más reciente de ${client} la sustituye.`,
    someone: 'una persona',
  },
  digest: {
    subject: (changes) => `Cambios en su calendario: ${changes}`,
    heading: 'Lo que ha cambiado en su calendario',
    more: (changes) => `Otros cambios: ${changes}`,
  },
  password: {
    subject: 'Elija una contraseña nueva',
    heading: 'Elija una contraseña nueva',
    text: (until) =>
      `Alguien, probablemente usted, quiere elegir una contraseña nueva para esta cuenta. El enlace funciona una sola vez, hasta el ${until}.`,
    ignore: 'Si no ha sido usted, no tiene que hacer nada: su contraseña sigue siendo la misma.',
  },
  check: {
    subject: 'Confirme su dirección de correo',
    heading: 'Confirme su dirección de correo',
    text: (until) =>
      `Confirme, por favor, que esta es la dirección de su cuenta. El enlace funciona una sola vez, hasta el ${until}.`,
    ignore: 'Si no tiene cuenta aquí, no tiene que hacer nada.',
  },
  change: {
    subject: 'Confirme su nueva dirección de correo',
    heading: 'Confirme su nueva dirección de correo',
    text: (until) =>
      `Esta dirección va a ser la de una cuenta. El enlace funciona una sola vez, hasta el ${until}; sin él no cambia nada.`,
    ignore: 'Si no lo ha solicitado, no tiene que hacer nada.',
  },
  asked: {
    subject: 'Se ha solicitado otra dirección de correo',
    heading: 'Se ha solicitado otra dirección de correo',
    text: (until) =>
      `Su cuenta tendrá otra dirección de correo en cuanto se use un enlace enviado a ella. Si no ha sido usted, deshaga el cambio antes del ${until}; entonces se cierran todas las sesiones y la contraseña deja de valer.`,
    ignore: 'Si lo ha solicitado, no tiene que hacer nada.',
  },
  ended: {
    subject: 'Elija una contraseña nueva',
    heading: 'Elija una contraseña nueva',
    text: (until) =>
      `El cambio de su dirección de correo se ha deshecho, y la contraseña de su cuenta ya no vale. Elija una nueva. El enlace funciona una sola vez, hasta el ${until}.`,
  },
  changed: {
    subject: 'Su dirección de correo ha cambiado',
    heading: 'Su dirección de correo ha cambiado',
    text: (until) =>
      `Su cuenta tiene ahora otra dirección, a la que se envían los mensajes. Si no ha sido usted, deshaga el cambio antes del ${until} y elija una contraseña nueva.`,
  },
  event: {
    with: (name) => `Cita con ${name}`,
    over: 'Esta cita ya no tendrá lugar.',
  },
  chosen: (url) => `Puede elegir en su cuenta qué mensajes recibe: ${url}`,
}
