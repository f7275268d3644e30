import type { Grammar } from '../../shared/text/grammar.js'
import type { BookingTexts } from './en.js'

export const texts = ({ plural }: Grammar): BookingTexts => ({
  title: 'Réserver un créneau',
  lostTitle: 'Cet agenda n’existe pas',
  lostText: 'Le lien est peut-être ancien ou incomplet.',
  findProvider: 'Trouver un prestataire',
  timesIn: 'Heures de',
  zoneOfProvider: 'prestataire',
  zoneOfReader: 'le vôtre',
  useZone: ({ city }) => `Utiliser ${city}`,

  services: {
    heading: 'Que souhaitez-vous réserver ?',
    gone: 'La prestation indiquée dans le lien n’est plus proposée. Choisissez-en une autre.',
    others: 'Autres prestations',
  },

  month: {
    label: 'Choisir un jour',
    before: 'Mois précédent',
    after: 'Mois suivant',
    days: 'Jours, les flèches du clavier passent de l’un à l’autre',
    twoWeeks: 'Afficher deux semaines',
    whole: 'Afficher le mois entier',
    today: ', aujourd’hui',
    clocksChange: ', changement d’heure',
    over: 'passé',
    none: 'aucun créneau',
    soon: 'clos',
    notYet: 'à venir',
    full: 'plein',
    soonRest: ', ne peut plus être réservé',
    notYetRest: ', pas encore réservable',
    free: ({ count }) => plural(count, { one: ' créneau libre', other: ' créneaux libres' }),
  },

  day: {
    free: ({ count }) => plural(count, { one: '# libre', other: '# libres' }),
    clocksForward: ({ span }) =>
      `Cette nuit-là, les horloges avancent de ${span} ; les heures affichées en tiennent compte.`,
    clocksBack: ({ span }) =>
      `Cette nuit-là, les horloges reculent de ${span} ; les heures affichées en tiennent compte.`,
    twoZones: ({ here, there }) =>
      `En grand, votre heure, ${here}. En petit, l’heure de ${there}, où travaille le prestataire.`,
    nothingFree: ({ time }) => `${time} : rien de libre`,
    restTo: ({ time }) => `à ${time}`,
    full: 'Rien n’est libre ce jour-là.',
    none: 'Aucun créneau ce jour-là.',
    freeBefore: ({ time }) => `Libre avant : ${time}`,
    noneForLong:
      'Rien n’est libre dans les deux prochains mois. Les créneaux apparaissent ici dès leur publication.',
  },

  slot: {
    asking: 'demande…',
    chosen: 'choisi',
    free: 'libre',
    freeIn: ({ city }) => ` à ${city}, libre`,
    untilNow: 'actuel',
    untilNowRest: ', conservé jusqu’à ce que vous ayez un nouveau créneau',
    yours: 'à vous',
    yoursBookedRest: ', réservé par vous',
    yoursHeldRest: ' restantes, appuyez pour confirmer',
    overlaps: 'occupé',
    overlapsRest: ', chevauche un de vos rendez-vous',
    held: 'retenu',
    heldRest: ' par quelqu’un',
    heldUntilRest: ({ time }) => ` par quelqu’un, se libérera peut-être à ${time}`,
    booked: 'réservé',
    withdrawn: 'retiré',
    withdrawnRest: ', n’est plus proposé',
    tooSoon: 'trop tard',
    tooSoonRest: ', ne peut plus être réservé',
    notYet: 'à venir',
    notYetRest: ', pas encore réservable',
  },

  hold: {
    title: ({ time }) => `Retenir ${time}`,
    chosenFree: ({ time, span }) =>
      `${time} est libre. Dès votre connexion, ce créneau sera retenu pour vous pendant ${span}.`,
    chosenTaken: ({ time }) =>
      `${time} vient d’être pris par quelqu’un. Continuez, et nous vous montrerons les créneaux libres les plus proches.`,
    chosenGone:
      'Ce créneau vient d’être pris par quelqu’un. Continuez, et nous vous montrerons les créneaux libres les plus proches.',
    heading: 'Ce créneau est retenu pour vous',
    lastMinute:
      'Il reste moins d’une minute : confirmez maintenant, sinon le créneau redevient libre pour tous.',
    lastMinutes: 'Il reste moins de cinq minutes.',
    leftSaid: ({ span, time }) => `Il reste ${span} pour confirmer ${time}.`,
    heldSaid: ({ time, span }) => `${time} est retenu pour vous pendant ${span}. Confirmez pour réserver.`,
    longerSaid: ({ span }) => `Le créneau reste retenu encore ${span}.`,
    ranOutSaid: ({ time }) => `Votre réservation provisoire de ${time} a expiré.`,
    endedSaid: ({ time }) => `Votre réservation provisoire de ${time} a pris fin.`,
    cancelledSaid: ({ time }) => `Votre rendez-vous de ${time} a été annulé.`,
  },

  moving: {
    choose: 'Choisissez un nouveau créneau',
    keeps: 'Ce créneau reste à vous jusqu’à ce que vous en ayez un autre.',
    here: 'Déplacer ici ?',
    move: 'Déplacer',
    keepOld: 'Garder l’ancien créneau',
    moved: 'Déplacé',
    movedSaid: ({ time }) => `Déplacé à ${time}.`,
  },

  done: {
    with: ({ span, name }) => `${span} avec ${name}`,
    serviceWith: ({ service, span, name }) => `${service}, ${span} avec ${name}`,
    noFile: 'Le fichier d’agenda n’a pas pu être chargé. Réessayez.',
    share: 'Partager le lien',
    shareLabel: 'Lien vers ce jour',
  },

  notice: {
    reachedAgain: { text: 'Le serveur est de nouveau joignable.', next: 'Réessayez.' },
    forProviders: {
      text: 'Vous utilisez un compte prestataire.',
      next: 'Il faut un compte client pour réserver : déconnectez-vous, puis appuyez de nouveau sur le créneau.',
    },
    mayComeFree: ({ time }) => `Il se libérera peut-être d’ici ${time}.`,
    stillYours: ({ time }) => `Rien n’a changé : ${time} est toujours à vous.`,
    noOther: 'Aucun autre créneau n’est libre pour le moment.',
    ranOut: 'Votre réservation provisoire a expiré.',
    ranOutFree: 'Votre réservation provisoire a expiré ; le créneau est de nouveau libre pour tous.',
    released: 'Le prestataire ou une autre fenêtre a mis fin à cette réservation provisoire.',
    replaced: 'Une réservation plus récente de votre part a pris sa place.',
    cancelledBy: ({ name }) => `Ce rendez-vous a été annulé par ${name}.`,
    cancelledHere: 'Ce rendez-vous a été annulé dans une autre fenêtre.',
    cancelled: 'Ce rendez-vous a été annulé par le prestataire ou dans une autre fenêtre.',
    withdrawn: 'Le créneau n’est plus proposé.',
    quoted: ({ note }) => `« ${note} »`,
    again: 'Retenir de nouveau',
  },

  panel: {
    label: 'Vos créneaux',
    refused: ({ time }) => `${time} : indisponible`,
    ranOut: ({ time }) => `${time} : expiré`,
    ended: ({ time }) => `${time} : terminé`,
    moving: ({ time }) => `Déplacement de ${time}`,
    booked: ({ time }) => `${time} : réservé`,
    moved: ({ time }) => `${time} : déplacé`,
    how: 'Comment ça marche',
    press: 'Appuyez sur un créneau libre.',
    pressText: ({ press, span }) =>
      `${press} Il est à vous pendant ${span} ; personne d’autre ne peut le prendre.`,
    pressSignedOut: ({ press, span }) =>
      `${press} Dès votre connexion, il est à vous pendant ${span} ; personne d’autre ne peut le prendre.`,
    confirm: 'Confirmez-le',
    confirmText: ({ confirm }) =>
      `${confirm} tant qu’il est retenu. Ou libérez-le, et les autres le voient aussitôt libre.`,
    notice: ({ span }) => `Les créneaux peuvent être réservés jusqu’à ${span} avant leur début.`,
    earlier: ({ count, name }) =>
      plural(count, { one: `Votre rendez-vous avec ${name}`, other: `Vos rendez-vous avec ${name}` }),
    change: 'Modifier ou annuler sous « Mes rendez-vous »',
  },

  changed: {
    held: ({ time }) => `${time} est retenu par quelqu’un.`,
    released: ({ time }) => `${time} est de nouveau libre.`,
    confirmed: ({ time }) => `${time} est réservé.`,
    opened: ({ time }) => `${time} est maintenant proposé.`,
    withdrawn: ({ time }) => `${time} n’est plus proposé.`,
    notFree: ({ time }) => `${time} n’est plus libre.`,
  },

  guest: {
    done: 'Réservé',
    title: 'Réserver sans compte',
    button: "Retenir et m'envoyer le lien",
    why: "Nous vous envoyons un lien. L'horaire est réservé dès que vous appuyez dessus, dans les dix minutes.",
    name: 'Votre nom',
    email: 'E-mail',
    lookTitle: 'Regardez vos messages',
    look: "Nous vous avons envoyé un message. Appuyez sur son lien avant la fin du délai ; l'horaire est alors réservé.",
    sentTo: ({ email }) => `Il est parti à l’adresse ${email}.`,
    limit:
      'Un créneau est déjà retenu avec cette adresse ou depuis votre réseau. Confirmez-le par le lien reçu, attendez dix minutes ou connectez-vous avec un compte.',
    said: "L'horaire est retenu pour vous. Appuyez sur le lien du message.",
    ranOut: "Le délai est écoulé. D'autres peuvent à nouveau le réserver.",
    giveBack: "Rendre l'horaire",
    booked: "C'est réservé. Le message contient un lien pour le déplacer ou l'annuler.",
    givenBack: "Vous avez rendu l'horaire.",
    free: ({ time }) => `${time} est libre.`,
    cancelled: 'Cette réservation a été annulée.',
  },
})
