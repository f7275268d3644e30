import type { CommonTexts } from './en.js'
import { errors } from './errors/fr.js'
import type { Grammar } from './grammar.js'

export const texts = (grammar: Grammar): CommonTexts => ({
  skip: 'Aller au contenu',
  pages: 'Pages',
  language: 'Langue',
  yourCalendar: 'Votre agenda',
  myBookings: 'Mes rendez-vous',
  forProviders: 'Pour les prestataires',
  signIn: 'Se connecter',
  signOut: 'Se déconnecter',
  provider: 'Compte prestataire',
  client: 'Compte client',
  yourAccount: 'Votre compte',
  accountOf: ({ name }) => `Compte : ${name}`,
  close: 'Fermer',
  tryAgain: 'Réessayer',
  asking: 'Demande en cours…',

  live: 'En direct',
  connecting: 'Connexion en cours',
  reconnecting: 'Reconnexion en cours, les horaires ont pu changer',
  reconnectingSince: ({ time }) => `Reconnexion en cours, les horaires ont pu changer depuis ${time}`,
  liveAgain: 'De nouveau en direct.',
  liveLost: 'La connexion en direct est interrompue ; les horaires ont pu changer.',
  moreChanges: ({ count }) =>
    grammar.plural(count, { one: 'Et # autre changement.', other: 'Et # autres changements.' }),

  practice: {
    nav: 'Votre cabinet',
    calendar: 'Agenda',
    dayList: 'Liste du jour',
    hours: 'Horaires',
    services: 'Prestations',
    publicPage: 'Page publique',
    doorTitle: 'Votre agenda, en direct',
    doorText:
      'Publiez vos heures de travail. Vos clients retiennent et réservent des créneaux, et vous le voyez au même instant, avec leur nom.',
    wrongTitle: 'Cette page est réservée aux prestataires',
    wrongText: 'Vous utilisez un compte client. Déconnectez-vous pour utiliser un compte de prestataire.',
  },

  about: 'À propos',
  theClient: 'le client',
  theProvider: 'le prestataire',
  didCome: ({ name }) => `Le rendez-vous avec ${name} a-t-il été honoré ?`,
  arrived: 'Honoré',
  noShow: 'Manqué',
  copied: 'Copié',
  copiedSaid: 'Copié.',

  sign: {
    isNew: 'Je n’ai pas encore de compte',
    isKnown: 'J’ai déjà un compte',
    name: 'Votre nom',
    email: 'Adresse e-mail',
    password: 'Mot de passe',
    newPassword: ({ count }) =>
      grammar.plural(count, {
        one: 'Mot de passe, # caractère au moins',
        other: 'Mot de passe, # caractères au moins',
      }),
    zone: 'Fuseau horaire de votre travail',
    forgotten: 'Oublié ?',
    sendLink: 'Envoyer un lien pour changer de mot de passe',
    linkSent: "S'il existe un compte avec cette adresse, un message avec un lien est en route.",
    back: 'Retour',
    create: 'Créer un compte',
  },

  zones: {
    list: 'Fuseaux horaires',
    yourDevice: 'votre appareil',
    thereNow: ({ offset, time }) => `${offset}, il y est actuellement ${time}`,
    looking: 'Recherche des fuseaux horaires…',
    none: ({ example }) =>
      `Aucun fuseau de ce nom : essayez une grande ville voisine ou un décalage comme ${example}.`,
    many: ({ count, example }) =>
      grammar.plural(count, {
        one: `# fuseau : saisissez une ville, un pays ou un décalage comme ${example}.`,
        other: `# fuseaux : saisissez une ville, un pays ou un décalage comme ${example}.`,
      }),
    found: ({ count }) => grammar.plural(count, { one: '# fuseau', other: '# fuseaux' }),
  },

  confirmBooking: 'Confirmer le rendez-vous',
  giveBack: 'Libérer',
  move: 'Déplacer',
  moreTime: 'J’ai besoin de plus de temps',
  addToCalendar: 'Ajouter à l’agenda',
  cancelBooking: 'Annuler le rendez-vous',
  cancelSure: 'Oui, annuler',
  keepIt: 'Conserver',
  booked: 'Réservé',
  bookedSaid: 'Réservé.',
  givenBackSaid: 'Créneau libéré.',
  bookingCancelledSaid: 'Rendez-vous annulé.',
  nextFree: ({ time }) => `Prochain créneau libre : ${time}`,

  morning: 'Matin',
  afternoon: 'Après-midi',
  evening: 'Soir',

  errors: errors(grammar),
  unknownError: { text: 'Cela n’a pas fonctionné.', next: 'Réessayez dans un instant.' },
  aboutSoLong: ({ span }) => `Environ ${span}.`,
  endsAt: ({ time }) => `Elle prend fin à ${time}.`,

  faults: {
    required: 'Ce champ est obligatoire.',
    minLength: 'C’est trop court.',
    maxLength: 'C’est trop long.',
    minimum: 'Cette valeur est trop petite.',
    maximum: 'Cette valeur est trop grande.',
    email: 'Indiquez une adresse e-mail.',
    phone: 'Indiquez un numéro de téléphone : chiffres, espaces et + - ( ) / .',
    link: 'Utilisez les lettres a à z, des chiffres et des traits d’union, avec une lettre ou un chiffre au début et à la fin.',
    name: 'Utilisez des caractères visibles, sans caractères de contrôle de ligne ou de direction.',
    text: 'Utilisez des caractères visibles, sans caractères de contrôle de direction.',
    'time-zone': 'Indiquez un fuseau horaire, par exemple Europe/Berlin.',
    date: 'Ce jour n’existe pas.',
    wrongPassword: 'Ce n’est pas votre mot de passe.',
    emailTaken: 'Un compte existe déjà avec cette adresse.',
    other: 'Vérifiez ce champ.',
  },
})
