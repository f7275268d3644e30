import type { Grammar } from '../../shared/text/grammar.js'

import { access } from './access/es.js'
import type { AccountTexts } from './en.js'

export const texts = ({ plural }: Grammar): AccountTexts => ({
  access,
  title: 'Su cuenta',
  door: 'Inicie sesión para cambiar su nombre, su contraseña o sus sesiones.',
  yourPassword: 'Su contraseña',

  profile: {
    title: 'Nombre, zona horaria e idioma',
    save: 'Guardar',
    saved: 'Guardado.',
    zone: 'Zona horaria',
    zoneOfProvider:
      'Su agenda se muestra en esta zona. Lo que ya está reservado sigue en el momento acordado.',
    language: 'De las páginas, dondequiera que inicie sesión, y de los correos que reciba.',
  },

  address: {
    pending: ({ email }) => `Un correo va camino de ${email}; la dirección vale cuando pulse su enlace.`,
    verified: 'Esta dirección está confirmada.',
    notVerified: 'Esta dirección aún no está confirmada.',
    check: 'Enviarme un enlace para confirmarla',
    checkSent: 'Un correo con un enlace está en camino.',
    title: 'Correo electrónico',
    button: 'Cambiar la dirección',
    done: 'Su dirección ha cambiado. A partir de ahora, inicie sesión con ella.',
    now: ({ email }) => `Inicia sesión con ${email}.`,
    newAddress: 'Nueva dirección',
  },

  password: {
    title: 'Contraseña',
    button: 'Cambiar la contraseña',
    done: 'Su contraseña ha cambiado y se han cerrado todas las demás sesiones.',
    before: 'Contraseña actual',
    after: ({ count }) =>
      plural(count, {
        one: 'Contraseña nueva, # carácter como mínimo',
        other: 'Contraseña nueva, # caracteres como mínimo',
      }),
  },

  mails: {
    title: 'Correos',
    saved: 'Su elección se ha guardado.',
    reminders: 'Recordarme las citas con antelación',
    changes: 'Avisarme cuando una cita se confirme, se cambie o se cancele',
    calendar: 'Cambios en su calendario',
    each: 'Un correo por cada uno',
    digest: 'Un correo al día',
    none: 'Ningún correo',
  },

  display: {
    title: 'Reloj y semana',
    where: 'En este navegador, para todas las páginas. Se guarda en cuanto elige.',
    clock: 'Reloj',
    usual: ({ value }) => `Como en el navegador (${value})`,
    hours: ({ count, sample }) => plural(count, { one: `# hora (${sample})`, other: `# horas (${sample})` }),
    weeks: 'Las semanas empiezan en',
    looks: ({ time }) => `Las horas se ven así: ${time}`,
  },

  sessions: {
    title: 'Dónde ha iniciado sesión',
    since: ({ time }) => `Desde: ${time}`,
    thisOne: 'Esta sesión',
    used: ({ last, until }) => `Último uso: ${last}; termina si no se usa antes de: ${until}`,
    outHere: 'Cerrar sesión aquí',
    outOf: ({ time }) => `Cerrar sesión: la de ${time}`,
    elsewhere: 'Cerrar las demás sesiones',
    everywhere: 'Cerrar todas las sesiones',
    thereSaid: 'Sesión cerrada.',
    elsewhereSaid: 'Se han cerrado las demás sesiones.',
    everywhereSaid: 'Se han cerrado todas las sesiones.',
  },

  data: {
    title: 'Sus datos',
    what: 'Todo lo que el servidor guarda sobre usted, en un solo archivo (JSON).',
    download: 'Descargar sus datos',
    said: 'Sus datos se han descargado.',
  },

  leave: {
    title: 'Eliminar esta cuenta',
    button: 'Eliminar la cuenta definitivamente',
    providerLoses:
      'Su agenda, sus horas libres y sus servicios desaparecen, las reservas provisionales terminan y nadie podrá reservar más con usted.',
    clientLoses:
      'Lo que retiene se libera, sus citas próximas se cancelan y su nombre desaparece de las pasadas.',
    everywhere: 'Se cierran todas sus sesiones.',
    final: 'Esta acción no se puede deshacer.',
    cancelAhead: 'Cancelar las citas próximas',
    ahead: 'Hay citas próximas.',
    aheadNext: 'No se ha eliminado nada. Espere a que pasen o cancélelas con la casilla de arriba.',
  },
})
