import type { Grammar } from '../../shared/text/grammar.js'
import type { FindTexts } from './en.js'

export const texts = ({ plural }: Grammar): FindTexts => ({
  title: 'Encontrar una hora',
  heading: 'Encuentre una hora que esté realmente libre',
  intro:
    'Aquí cada agenda cambia mientras la mira. Lo que aparece como libre se puede retener con una pulsación.',
  name: 'Nombre del profesional',
  providers: ({ count }) => plural(count, { one: '# profesional', other: '# profesionales' }),
  nobody: 'Todavía nadie publica horas aquí',
  noneOfThatName: 'Ningún profesional con ese nombre',
  beTheFirst: 'Dé el primer paso: publique su horario de trabajo en un minuto.',
  tryAPart: 'Pruebe con una parte del nombre.',
  publish: 'Publicar sus horas',
  showAll: 'Mostrar todos',
  showMore: 'Mostrar más',
  youGive: '¿Ofrece usted citas?',
  looking: 'Buscando la próxima hora libre…',
  noneFree: 'Ninguna hora libre por el momento',
  servicesOf: ({ name }) => `Servicios de ${name}`,
  service: ({ name, span }) => `${name}, ${span}`,
})
