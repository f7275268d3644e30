/** The texts that all pages share. */
import { Area } from './text/area.js'

export const common = new Area({
  en: () => import('./text/en.js'),
  de: () => import('./text/de.js'),
  fr: () => import('./text/fr.js'),
  es: () => import('./text/es.js'),
  ar: () => import('./text/ar.js'),
})
