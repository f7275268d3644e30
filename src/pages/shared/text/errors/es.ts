import type { Grammar } from '../grammar.js'
import type { Errors } from './en.js'

export const errors = ({ number }: Grammar): Errors => ({
  offline: {
    text: 'No se puede conectar con el servidor.',
    next: 'Compruebe su conexión; su elección se conserva y puede volver a intentarlo.',
  },
  invalid_request: {
    text: 'Algún dato del formulario no es correcto.',
    next: 'Revise los campos marcados y envíelo de nuevo.',
  },
  unauthenticated: {
    text: 'Su sesión ha terminado.',
    next: 'Inicie sesión y vuelva a intentarlo.',
  },
  wrong_password: {
    text: 'El correo electrónico o la contraseña no son correctos.',
    next: 'Revise ambos; las mayúsculas cuentan en la contraseña.',
  },
  forbidden: {
    text: 'Su cuenta no permite hacer esto.',
    next: 'Use una cuenta del otro tipo: los clientes reservan, los profesionales publican.',
  },
  not_found: {
    text: 'Esto no existe o ya no existe.',
    next: 'Vuelva a la agenda y elija desde allí.',
  },
  method_not_allowed: {
    text: 'El servidor no ofrece esto aquí.',
    next: 'Recargue la página y vuelva a intentarlo.',
  },
  not_acceptable: {
    text: 'El servidor y esta página no se entienden.',
    next: 'Recargue la página y vuelva a intentarlo.',
  },
  slot_held: {
    text: 'Alguien se ha adelantado y retiene esta hora.',
    next: 'Puede que vuelva a quedar libre; o elija una de las horas libres más próximas.',
  },
  slot_confirmed: {
    text: 'Alguien ha reservado esta hora.',
    next: 'Elija una de las horas libres más próximas.',
  },
  slot_withdrawn: {
    text: 'Esta hora ya no se ofrece.',
    next: 'Elija una de las horas libres más próximas.',
  },
  client_busy: {
    text: 'Ya tiene una cita a esa hora.',
    next: 'La encontrará en «Mis citas»; libérela si prefiere esta.',
  },
  hold_limit: {
    text: 'Ya retiene tantas horas como puede a la vez.',
    next: 'Confirme o libere una y vuelva a elegir.',
  },
  booking_limit: {
    text: 'Ya tiene tantas citas pendientes con este profesional como puede.',
    next: 'Vuelva cuando haya pasado una de ellas, o cancele una.',
  },
  wait_limit: {
    text: 'Ya está en tantas listas de espera como puede.',
    next: 'Salga primero de una de ellas.',
  },
  waiting_list_full: {
    text: 'Esta lista de espera está llena.',
    next: 'Vuelva a mirar más tarde, o elija a otro profesional.',
  },
  mail_unavailable: {
    text: 'Este servidor no envía correos.',
    next: 'Cree una cuenta en su lugar o pregunte al proveedor.',
  },
  link_taken: { text: 'Este enlace ya está ocupado.', next: 'Elija otro.' },
  email_taken: {
    text: 'Ya existe una cuenta con este correo electrónico.',
    next: 'Inicie sesión con ella.',
  },
  hold_expired: {
    text: 'Su reserva provisional ha caducado.',
    next: 'Si la hora sigue libre, reténgala de nuevo.',
  },
  hold_released: {
    text: 'Esta reserva se liberó o el profesional la terminó.',
    next: 'Elija de nuevo una hora.',
  },
  precondition_failed: {
    text: 'Esto se ha cambiado entretanto en otro lugar.',
    next: 'Véalo de nuevo y repita su cambio.',
  },
  precondition_required: {
    text: 'El servidor y esta página no se entienden.',
    next: 'Recargue la página y vuelva a intentarlo.',
  },
  too_large: {
    text: 'Era más de lo que el servidor acepta de una vez.',
    next: 'Envíe menos cada vez.',
  },
  uri_too_long: { text: 'Esta dirección es demasiado larga.', next: 'Vuelva a la página de inicio.' },
  unsupported_media_type: {
    text: 'El servidor y esta página no se entienden.',
    next: 'Recargue la página y vuelva a intentarlo.',
  },
  min_notice: {
    text: 'Esta hora empieza demasiado pronto para reservarla.',
    next: 'Elija una hora posterior.',
  },
  max_ahead: {
    text: 'Esta hora está demasiado lejos para reservarla ya.',
    next: 'Elija una hora anterior.',
  },
  cutoff: {
    text: 'Es demasiado tarde para que lo cambie usted.',
    next: 'Pida al profesional que lo haga por usted.',
  },
  extension_limit: {
    text: 'Esta reserva provisional no puede durar más.',
    next: 'Confírmela mientras dure, o retenga una hora más tarde.',
  },
  not_begun: {
    text: 'Esta cita no ha empezado.',
    next: 'Anótelo a partir de su comienzo.',
  },
  does_not_fit: {
    text: 'La cita no cabe ahí.',
    next: 'Elija otra hora; solo se muestran aquellas en las que cabe.',
  },
  too_many_exceptions: {
    text: `Son más de los ${number(200)} días o periodos que pueden diferir del horario semanal.`,
    next: 'Elimine los que ya han pasado.',
  },
  too_many_webhooks: {
    text: `Son más de los ${number(20)} webhooks que puede tener un proveedor.`,
    next: 'Elimine uno que ya no necesite.',
  },
  url_refused: {
    text: 'No se envía nada a esta dirección.',
    next: 'Debe empezar por https:// y ser accesible desde internet.',
  },
  too_many_keys: {
    text: `Son más de las ${number(20)} claves de API que puede tener una cuenta.`,
    next: 'Revoque alguna que ya no se use.',
  },
  too_many_feeds: {
    text: `Son más de las ${number(10)} suscripciones de calendario que puede tener una cuenta.`,
    next: 'Revoque alguna que ya no se use.',
  },
  too_many_services: {
    text: `Son más de los ${number(50)} servicios que puede tener un profesional.`,
    next: 'Elimine alguno que ya no necesite.',
  },
  invalid_picture: {
    text: 'Este archivo no es una imagen que se pueda mostrar.',
    next: 'Elija una imagen fija en formato PNG, JPEG o WebP.',
  },
  off_grid: {
    text: 'Las horas empiezan y terminan en cuartos de hora.',
    next: 'Elija :00, :15, :30 o :45.',
  },
  invalid_local_time: {
    text: 'Esa noche cambia la hora: esta hora no existe o existe dos veces.',
    next: 'Elija otra hora de ese día.',
  },
  in_the_past: { text: 'Esta hora ya ha pasado.', next: 'Elija una hora futura.' },
  too_many_slots: {
    text: `Son más de ${number(3000)} horas de una vez, o más de las que caben en una agenda.`,
    next: 'Publique menos semanas cada vez, o con menos antelación.',
  },
  window_too_long: {
    text: `Ese periodo supera los ${number(62)} días.`,
    next: 'Elija uno más corto.',
  },
  service_inactive: { text: 'Este servicio ya no se ofrece.', next: 'Elija otro servicio.' },
  idempotency_key_reused: {
    text: 'Esta solicitud se confundió con otra.',
    next: 'Elija la hora de nuevo.',
  },
  rate_limited: {
    text: 'Han sido demasiadas solicitudes a la vez.',
    next: 'Espere un poco y vuelva a intentarlo.',
  },
  unavailable: {
    text: 'No es posible en este momento.',
    next: 'No se ha perdido nada; vuelva a intentarlo en unos segundos.',
  },
  internal: {
    text: 'Se ha producido un error por nuestra parte.',
    next: 'Vuelva a intentarlo; si continúa, avise al profesional.',
  },
})
