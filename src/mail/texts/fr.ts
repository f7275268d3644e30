import type { MailTexts } from './en.js'

export const fr: MailTexts = {
  greeting: (name) => `Bonjour ${name},`,
  comma: ', ',
  minutes: (minutes) => (minutes < 2 ? `${minutes} minute` : `${minutes} minutes`),
  labels: {
    what: 'Rendez-vous',
    when: 'Quand',
    before: 'Auparavant',
    clockOf: (name) => `Heure locale de ${name}`,
    provider: 'Avec',
    client: 'Pour',
    where: 'Où',
    phone: 'Téléphone',
    email: 'E-mail',
    note: 'Remarque',
    until: 'Jusqu’à',
  },
  actions: {
    confirm: 'Confirmer le rendez-vous',
    giveBack: 'Libérer ce créneau',
    manage: 'Voir ou modifier le rendez-vous',
    move: 'Le déplacer à un autre créneau',
    cancel: 'L’annuler',
    again: 'Trouver un autre créneau',
    accept: 'Prendre ce créneau',
    decline: 'Pas ce créneau',
    leave: 'Quitter la liste d’attente',
    calendar: 'Ouvrir votre agenda',
    password: 'Choisir un nouveau mot de passe',
    check: 'Confirmer cette adresse',
    change: 'Utiliser cette adresse',
    undo: 'Annuler la modification',
  },
  unnamed: 'votre prestataire',
  held: {
    subject: ({ who, at }) => `À confirmer : ${who}, ${at}`,
    heading: 'Veuillez confirmer votre rendez-vous',
    text: (until) =>
      `Ce créneau vous est réservé provisoirement jusqu’au ${until}. Le rendez-vous n’est pris que lorsque vous le confirmez.`,
    ignore: 'Si vous n’avez rien demandé, vous n’avez rien à faire : le créneau sera libéré automatiquement.',
  },
  confirmed: {
    subject: ({ who, at }) => `Confirmé : ${who}, ${at}`,
    heading: 'Votre rendez-vous est confirmé',
  },
  moved: {
    subject: ({ who, at }) => `Nouveau créneau : ${who}, ${at}`,
    heading: 'Votre rendez-vous a un nouveau créneau',
  },
  cancelled: {
    subject: ({ who, at }) => `Annulé : ${who}, ${at}`,
    heading: 'Votre rendez-vous est annulé',
    byYou: 'Vous avez annulé ce rendez-vous.',
    byProvider: (provider) => `${provider} a annulé ce rendez-vous.`,
    replaced: 'Un rendez-vous que vous avez pris plus récemment le remplace.',
    said: (name) => `Message de ${name} :`,
  },
  reminder: {
    subject: ({ who, at }) => `Rappel : ${who}, ${at}`,
    heading: 'Votre rendez-vous approche',
  },
  offer: {
    subject: ({ who, at }) => `Un créneau s’est libéré : ${who}, ${at}`,
    heading: 'Un créneau s’est libéré pour vous',
    text: (until) =>
      `Vous êtes sur la liste d’attente, et ce créneau vous est réservé provisoirement jusqu’au ${until}. Le rendez-vous n’est pris que lorsque vous acceptez. Si vous n’avez pas accepté d’ici là, le créneau revient à la personne suivante.`,
  },
  calendar: {
    booked: 'Nouveau rendez-vous',
    moved: 'Rendez-vous déplacé',
    cancelled: 'Rendez-vous annulé',
    subject: (what, { who, at }) => `${what} : ${who}, ${at}`,
    byClient: (client) => `${client} a annulé.`,
    byYou: 'Vous avez annulé ce rendez-vous.',
    replaced: (client) => `Un rendez-vous plus récent de ${client} le remplace.`,
    someone: 'une personne',
  },
  digest: {
    subject: (changes) => `Changements dans votre agenda : ${changes}`,
    heading: 'Ce qui a changé dans votre agenda',
    more: (changes) => `Autres changements : ${changes}`,
  },
  password: {
    subject: 'Choisir un nouveau mot de passe',
    heading: 'Choisir un nouveau mot de passe',
    text: (until) =>
      `Quelqu’un, sans doute vous, souhaite choisir un nouveau mot de passe pour ce compte. Le lien fonctionne une seule fois, jusqu’au ${until}.`,
    ignore: 'Si ce n’était pas vous, vous n’avez rien à faire : votre mot de passe reste inchangé.',
  },
  check: {
    subject: 'Confirmez votre adresse e-mail',
    heading: 'Confirmez votre adresse e-mail',
    text: (until) =>
      `Veuillez confirmer que cette adresse est bien celle de votre compte. Le lien fonctionne une seule fois, jusqu’au ${until}.`,
    ignore: 'Si vous n’avez pas de compte ici, vous n’avez rien à faire.',
  },
  change: {
    subject: 'Confirmez votre nouvelle adresse e-mail',
    heading: 'Confirmez votre nouvelle adresse e-mail',
    text: (until) =>
      `Cette adresse doit devenir celle d’un compte. Le lien fonctionne une seule fois, jusqu’au ${until} ; sans lui, rien ne change.`,
    ignore: 'Si vous n’avez rien demandé, vous n’avez rien à faire.',
  },
  asked: {
    subject: 'Une autre adresse e-mail a été demandée',
    heading: 'Une autre adresse e-mail a été demandée',
    text: (until) =>
      `Votre compte aura une autre adresse e-mail dès qu’un lien envoyé à celle-ci sera utilisé. Si ce n’était pas vous, annulez la modification avant le ${until} : toutes les personnes connectées seront alors déconnectées, et le mot de passe ne sera plus valable.`,
    ignore: 'Si vous l’avez demandé, vous n’avez rien à faire.',
  },
  ended: {
    subject: 'Choisir un nouveau mot de passe',
    heading: 'Choisir un nouveau mot de passe',
    text: (until) =>
      `La modification de votre adresse e-mail a été annulée, et le mot de passe de votre compte n’est plus valable. Choisissez-en un nouveau. Le lien fonctionne une seule fois, jusqu’au ${until}.`,
  },
  changed: {
    subject: 'Votre adresse e-mail a été modifiée',
    heading: 'Votre adresse e-mail a été modifiée',
    text: (until) =>
      `Votre compte a désormais une autre adresse, à laquelle les messages sont envoyés. Si ce n’était pas vous, annulez la modification avant le ${until} et choisissez un nouveau mot de passe.`,
  },
  event: {
    with: (name) => `Rendez-vous avec ${name}`,
    over: 'Ce rendez-vous n’a plus lieu.',
  },
  chosen: (url) => `Vous choisissez dans votre compte les messages que vous recevez : ${url}`,
}
