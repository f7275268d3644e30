import type { CommonTexts } from './en.js'
import { errors } from './errors/es.js'
import type { Grammar } from './grammar.js'

export const texts = (grammar: Grammar): CommonTexts => ({
  skip: 'Ir al contenido',
  pages: 'Páginas',
  language: 'Idioma',
  yourCalendar: 'Su agenda',
  myBookings: 'Mis citas',
  forProviders: 'Para profesionales',
  signIn: 'Iniciar sesión',
  signOut: 'Cerrar sesión',
  provider: 'Cuenta de profesional',
  client: 'Cuenta de cliente',
  yourAccount: 'Su cuenta',
  accountOf: ({ name }) => `Cuenta: ${name}`,
  close: 'Cerrar',
  tryAgain: 'Reintentar',
  asking: 'Solicitando…',

  live: 'En directo',
  connecting: 'Conectando',
  reconnecting: 'Reconectando; las horas pueden haber cambiado',
  reconnectingSince: ({ time }) => `Reconectando; las horas pueden haber cambiado desde las ${time}`,
  liveAgain: 'De nuevo en directo.',
  liveLost: 'Se ha perdido la conexión en directo; las horas pueden haber cambiado.',
  moreChanges: ({ count }) => grammar.plural(count, { one: 'Y # cambio más.', other: 'Y # cambios más.' }),

  practice: {
    nav: 'Su consulta',
    calendar: 'Agenda',
    dayList: 'Lista del día',
    hours: 'Horario',
    services: 'Servicios',
    publicPage: 'Página pública',
    doorTitle: 'Su agenda, en directo',
    doorText:
      'Publique su horario de trabajo. Los clientes retienen y reservan horas, y usted lo ve en el mismo momento, con sus nombres.',
    wrongTitle: 'Esta página es para profesionales',
    wrongText: 'Está usando una cuenta de cliente. Cierre la sesión para usar una cuenta de profesional.',
  },

  about: 'Información',
  theClient: 'el cliente',
  theProvider: 'el profesional',
  didCome: ({ name }) => `¿Se ha presentado ${name}?`,
  arrived: 'Se presentó',
  noShow: 'No se presentó',
  copied: 'Copiado',
  copiedSaid: 'Copiado.',

  sign: {
    isNew: 'Aún no tengo cuenta',
    isKnown: 'Ya tengo cuenta',
    name: 'Su nombre',
    email: 'Correo electrónico',
    password: 'Contraseña',
    newPassword: ({ count }) =>
      grammar.plural(count, {
        one: 'Contraseña, # carácter como mínimo',
        other: 'Contraseña, # caracteres como mínimo',
      }),
    zone: 'Zona horaria en la que trabaja',
    forgotten: '¿Olvidada?',
    sendLink: 'Enviar un enlace para cambiar la contraseña',
    linkSent: 'Si hay una cuenta con esta dirección, un correo con un enlace está en camino.',
    back: 'Volver',
    create: 'Crear cuenta',
  },

  zones: {
    list: 'Zonas horarias',
    yourDevice: 'su dispositivo',
    thereNow: ({ offset, time }) => `${offset}, hora actual allí: ${time}`,
    looking: 'Buscando las zonas horarias…',
    none: ({ example }) =>
      `No hay ninguna zona con ese nombre: pruebe con una ciudad grande cercana o con una diferencia como ${example}.`,
    many: ({ count, example }) =>
      grammar.plural(count, {
        one: `# zona: escriba una ciudad, un país o una diferencia como ${example}.`,
        other: `# zonas: escriba una ciudad, un país o una diferencia como ${example}.`,
      }),
    found: ({ count }) => grammar.plural(count, { one: '# zona', other: '# zonas' }),
  },

  confirmBooking: 'Confirmar la cita',
  giveBack: 'Liberar',
  move: 'Cambiar',
  moreTime: 'Necesito más tiempo',
  addToCalendar: 'Añadir al calendario',
  cancelBooking: 'Cancelar la cita',
  cancelSure: 'Sí, cancelar',
  keepIt: 'Conservar',
  booked: 'Reservada',
  bookedSaid: 'Cita reservada.',
  givenBackSaid: 'Hora liberada.',
  bookingCancelledSaid: 'Cita cancelada.',
  nextFree: ({ time }) => `Próxima hora libre: ${time}`,

  morning: 'Mañana',
  afternoon: 'Tarde',
  evening: 'Noche',

  errors: errors(grammar),
  unknownError: { text: 'No ha funcionado.', next: 'Vuelva a intentarlo dentro de un momento.' },
  aboutSoLong: ({ span }) => `Aproximadamente ${span}.`,
  endsAt: ({ time }) => `Termina a las ${time}.`,

  faults: {
    required: 'Falta este dato.',
    minLength: 'Es demasiado corto.',
    maxLength: 'Es demasiado largo.',
    minimum: 'Este valor es demasiado pequeño.',
    maximum: 'Este valor es demasiado grande.',
    email: 'Indique una dirección de correo electrónico.',
    phone: 'Indique un número de teléfono: cifras, espacios y + - ( ) / .',
    link: 'Use letras de la a a la z, cifras y guiones, con una letra o una cifra al principio y al final.',
    name: 'Use caracteres visibles y ninguno que controle líneas o direcciones de escritura.',
    text: 'Use caracteres visibles y ninguno que controle direcciones de escritura.',
    'time-zone': 'Indique una zona horaria, por ejemplo Europe/Berlin.',
    date: 'Ese día no existe.',
    wrongPassword: 'Esta no es su contraseña.',
    emailTaken: 'Ya existe una cuenta con esta dirección.',
    other: 'Revise este dato.',
  },
})
