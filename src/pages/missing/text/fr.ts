import type { MissingTexts } from './en.js'

export const texts = (): MissingTexts => ({
  title: 'Cette page n’existe pas',
  what: 'L’adresse contient peut-être une erreur, ou la page a été déplacée.',
  find: 'Trouver un créneau',
})
