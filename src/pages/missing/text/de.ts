import type { MissingTexts } from './en.js'

export const texts = (): MissingTexts => ({
  title: 'Diese Seite gibt es nicht',
  what: 'Vielleicht enthält die Adresse einen Tippfehler, oder die Seite ist umgezogen.',
  find: 'Termin finden',
})
