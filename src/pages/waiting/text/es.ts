import type { WaitingTexts } from './en.js'

export const texts = (): WaitingTexts => ({
  ask: 'Avíseme cuando quede libre una hora',
  thisDay: 'Este día',
  theseWeeks: ({ days }) => `Cualquier día, ${days}`,
  why: 'Se retiene para usted antes de que nadie más la vea.',
  joined: 'Está en la lista de espera.',
  place: ({ position }) => `Es el número ${position} de la lista.`,
  title: 'Lista de espera',
  leave: 'Dejar de esperar',
  left: 'Ya no espera.',
  offered: 'Ofrecida desde la lista de espera',
  offerCame: 'Ha quedado libre una hora y está retenida para usted.',
  answer: 'Confírmela arriba, o libérela y siga esperando.',
  seeMine: 'Mis citas',
})
