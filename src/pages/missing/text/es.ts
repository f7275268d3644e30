import type { MissingTexts } from './en.js'

export const texts = (): MissingTexts => ({
  title: 'Esta página no existe',
  what: 'Puede que la dirección tenga una errata o que la página se haya movido.',
  find: 'Encontrar una hora',
})
