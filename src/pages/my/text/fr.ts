import type { MyTexts } from './en.js'

export const texts = (): MyTexts => ({
  title: 'Mes rendez-vous',
  door: 'Connectez-vous pour voir ce que vous retenez et ce que vous avez réservé.',
  wrongTitle: 'Vous utilisez un compte prestataire',
  wrongText:
    'Les rendez-vous de vos clients sont dans votre agenda. Pour réserver vous-même, utilisez un compte client.',
  timesOf: ({ city }) => `Les heures sont celles de ${city}.`,
  nothing: 'Rien de réservé pour l’instant',
  nothingText: 'Les créneaux que vous retenez ou réservez apparaissent ici.',
  find: 'Trouver un créneau libre',
  lost: 'Annulés par le prestataire',
  held: 'Retenus, pas encore confirmés',
  coming: 'À venir',
  past: ({ figure }) => `Passés et terminés (${figure})`,
  ranOutSaid: ({ time }) => `Votre réservation provisoire de ${time} a expiré.`,
  endedSaid: ({ time, how }) => `Votre réservation de ${time} : ${how}`,

  item: {
    elsewhere: ({ time, city }) => `${time} à ${city}`,
    wallTimeWas: ({ time, city }) =>
      `C’était ${time} à ${city} lors de votre réservation. Le moment est le même ; l’horloge du prestataire indique maintenant une autre heure.`,
    serviceWith: ({ service, span, name }) => `${service}, ${span} avec ${name}`,
    leftToConfirm: 'pour confirmer',
    longerSaid: 'Le créneau reste retenu plus longtemps.',
    again: 'Réserver à nouveau',
  },

  ended: {
    tookPlace: 'A eu lieu.',
    ranOut: 'La réservation provisoire a expiré.',
    released: 'Libéré, ou terminé par le prestataire.',
    replaced: 'Une réservation plus récente a pris sa place.',
    cancelled: 'Annulé.',
    byYou: 'Annulé par vous.',
    by: ({ name }) => `Annulé par ${name}.`,
    quoted: ({ note }) => `« ${note} »`,
  },

  cutoff: {
    tooLate: 'Il est trop tard pour annuler ou déplacer ce rendez-vous ici.',
    both: ({ time }) => `Vous pouvez annuler ou déplacer jusqu’au ${time}.`,
    each: ({ move, cancel }) => `Vous pouvez déplacer jusqu’au ${move} et annuler jusqu’au ${cancel}.`,
    moveOnly: ({ move }) => `Vous pouvez déplacer jusqu’au ${move}, mais plus annuler ici.`,
    cancelOnly: ({ cancel }) => `Vous ne pouvez plus déplacer ici, mais annuler jusqu’au ${cancel}.`,
    askForThat: 'Pour cela, adressez-vous au cabinet.',
    askAfterThat: 'Ensuite, adressez-vous au cabinet.',
    callForThat: ({ phone }) => `Pour cela, appelez le cabinet : ${phone}.`,
    callAfterThat: ({ phone }) => `Ensuite, appelez le cabinet : ${phone}.`,
  },
})
