import type { Grammar } from '../../shared/text/grammar.js'

import { access } from './access/fr.js'
import type { AccountTexts } from './en.js'

export const texts = ({ plural }: Grammar): AccountTexts => ({
  access,
  title: 'Votre compte',
  door: 'Connectez-vous pour modifier votre nom, votre mot de passe ou vos connexions.',
  yourPassword: 'Votre mot de passe',

  profile: {
    title: 'Nom, fuseau horaire et langue',
    save: 'Enregistrer',
    saved: 'Enregistré.',
    zone: 'Fuseau horaire',
    zoneOfProvider:
      'Votre agenda est affiché dans ce fuseau. Ce qui est déjà réservé reste au moment convenu.',
    language: 'Pour les pages, où que vous soyez connecté, et pour les e-mails qui vous sont adressés.',
  },

  address: {
    pending: ({ email }) =>
      `Un message est en route vers ${email} ; l'adresse compte dès que vous appuyez sur son lien.`,
    verified: 'Cette adresse est confirmée.',
    notVerified: "Cette adresse n'est pas encore confirmée.",
    check: "M'envoyer un lien de confirmation",
    checkSent: 'Un message avec un lien est en route.',
    title: 'Adresse e-mail',
    button: 'Modifier l’adresse',
    done: 'Votre adresse est modifiée. Utilisez-la désormais pour vous connecter.',
    now: ({ email }) => `Vous vous connectez avec ${email}.`,
    newAddress: 'Nouvelle adresse',
  },

  password: {
    title: 'Mot de passe',
    button: 'Modifier le mot de passe',
    done: 'Votre mot de passe est modifié, et vos autres connexions ont pris fin.',
    before: 'Mot de passe actuel',
    after: ({ count }) =>
      plural(count, {
        one: 'Nouveau mot de passe, # caractère au moins',
        other: 'Nouveau mot de passe, # caractères au moins',
      }),
  },

  mails: {
    title: 'E-mails',
    saved: 'Votre choix est enregistré.',
    reminders: 'Me rappeler mes rendez-vous à l’avance',
    changes: 'M’informer quand un rendez-vous est confirmé, déplacé ou annulé',
    calendar: 'Changements dans votre agenda',
    each: 'Un e-mail pour chacun',
    digest: 'Un e-mail par jour',
    none: 'Aucun e-mail',
  },

  display: {
    title: 'Heures et semaine',
    where: 'Dans ce navigateur, pour toutes les pages. Votre choix est enregistré aussitôt.',
    clock: 'Format de l’heure',
    usual: ({ value }) => `Comme dans le navigateur (${value})`,
    hours: ({ count, sample }) =>
      plural(count, { one: `# heure (${sample})`, other: `# heures (${sample})` }),
    weeks: 'La semaine commence le',
    looks: ({ time }) => `Les heures s’affichent ainsi : ${time}`,
  },

  sessions: {
    title: 'Vos connexions',
    since: ({ time }) => `Depuis : ${time}`,
    thisOne: 'Celle-ci',
    used: ({ last, until }) =>
      `Dernière utilisation : ${last} ; prend fin si elle n’est pas utilisée avant : ${until}`,
    outHere: 'Se déconnecter ici',
    outOf: ({ time }) => `Se déconnecter de la session : ${time}`,
    elsewhere: 'Se déconnecter partout ailleurs',
    everywhere: 'Se déconnecter partout',
    thereSaid: 'Déconnecté à cet endroit.',
    elsewhereSaid: 'Déconnecté partout ailleurs.',
    everywhereSaid: 'Déconnecté partout.',
  },

  data: {
    title: 'Vos données',
    what: 'Tout ce que le serveur conserve à votre sujet, dans un seul fichier (JSON).',
    download: 'Télécharger vos données',
    said: 'Vos données sont téléchargées.',
  },

  leave: {
    title: 'Supprimer ce compte',
    button: 'Supprimer définitivement le compte',
    providerLoses:
      'Votre agenda, ses créneaux libres et vos prestations disparaissent, les réservations provisoires prennent fin, et plus personne ne peut réserver chez vous.',
    clientLoses:
      'Ce que vous retenez est libéré, vos rendez-vous à venir sont annulés, et votre nom disparaît des rendez-vous passés.',
    everywhere: 'Vous êtes déconnecté partout.',
    final: 'Cette action est irréversible.',
    cancelAhead: 'Annuler les rendez-vous à venir',
    ahead: 'Des rendez-vous sont à venir.',
    aheadNext: 'Rien n’a été supprimé. Attendez qu’ils soient passés, ou annulez-les avec la case ci-dessus.',
  },
})
