import type { WaitingTexts } from './en.js'

export const texts = (): WaitingTexts => ({
  ask: 'Avíseme cuando quede libre una hora',
  thisDay: 'Este día',
  theseWeeks: 'Cualquier día de los que se ven aquí',
  why: 'Se le reserva antes de que nadie más la vea.',
  joined: 'Está en la lista de espera.',
  place: ({ position }) => `Es el número ${position} de la lista.`,
  waitingFor: ({ from, to }) => `${from} – ${to}`,
  title: 'Lista de espera',
  leave: 'Dejar de esperar',
  left: 'Ya no espera.',
  offered: 'Ofrecida desde la lista de espera',
  offerCame: 'Ha quedado libre una hora y se le reserva.',
  answer: 'Confírmela abajo, o devuélvala y siga esperando.',
  seeMine: 'Mis citas',
})
