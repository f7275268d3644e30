import type { Grammar } from '../../shared/text/grammar.js'
import type { FindTexts } from './en.js'

export const texts = ({ plural }: Grammar): FindTexts => ({
  title: 'Trouver un créneau',
  heading: 'Trouvez un créneau vraiment libre',
  intro:
    'Chaque agenda change ici sous vos yeux. Ce qui est indiqué comme libre peut être retenu d’un seul geste.',
  name: 'Nom du prestataire',
  providers: ({ count }) => plural(count, { one: '# prestataire', other: '# prestataires' }),
  nobody: 'Personne ne publie encore de créneaux ici',
  noneOfThatName: 'Aucun prestataire de ce nom',
  beTheFirst: 'Ouvrez la voie : publiez vos heures de travail en une minute.',
  tryAPart: 'Essayez avec une partie du nom.',
  publish: 'Publier vos créneaux',
  showAll: 'Afficher tout le monde',
  showMore: 'Afficher plus',
  youGive: 'Vous proposez des rendez-vous ?',
  looking: 'Recherche du prochain créneau libre…',
  noneFree: 'Aucun créneau libre pour le moment',
  servicesOf: ({ name }) => `Prestations de ${name}`,
  service: ({ name, span }) => `${name}, ${span}`,
})
