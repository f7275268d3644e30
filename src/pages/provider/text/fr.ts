import type { Grammar } from '../../shared/text/grammar.js'
import type { ProviderTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): ProviderTexts => ({
  title: 'Votre agenda',
  aClient: 'un client',
  unnamed: 'Un client',
  someone: 'Quelqu’un',
  timesIn: ({ place }) => `Heures : ${place}`,
  tomorrowsList: 'Liste de demain',
  bookingLink: 'Lien de réservation',
  copyBookingLink: 'Copier le lien de réservation',
  numbers: {
    of: ({ day }) => `Chiffres du ${day}`,
    day: 'Jour',
    today: 'Aujourd’hui',
    free: ({ count }) => plural(count, { one: 'libre', other: 'libres' }),
    held: ({ count }) => plural(count, { one: 'retenu', other: 'retenus' }),
    waiting: ({ count }) => `Sur la liste d’attente : ${number(count)}`,
    booked: ({ count }) => plural(count, { one: 'réservé', other: 'réservés' }),
  },
  setHours: {
    title: 'Quand travaillez-vous ?',
    text: 'Dites-le une fois ; vos créneaux sont proposés chaque semaine, jusqu’à ce que vous les changiez.',
    button: 'Définir vos horaires hebdomadaires',
  },
  alerts: {
    title: 'Quand quelqu’un réserve',
    badge: 'Compter dans le titre de l’onglet',
    sound: 'Un son discret',
  },
  week: {
    title: 'Semaine',
    before: 'Semaine précédente',
    today: 'Aujourd’hui',
    after: 'Semaine suivante',
    workingHours: 'Heures de travail',
    wholeDay: 'Journée entière',
    times: 'Créneaux, les flèches passent de l’un à l’autre',
    nothing: 'rien ce jour-là',
    open: ({ count }) => plural(count, { one: '# libre', other: '# libres' }),
    clocksChange: 'changement d’heure',
    minutes: ({ count }) => `${count}′`,
    left: 'restantes',
  },
  states: { open: 'libre', held: 'retenu', confirmed: 'réservé', withdrawn: 'retiré' },
  statesBy: { held: 'retenu par', confirmed: 'réservé par' },
  chosen: {
    title: 'Créneau choisi',
    nobodyCame: 'Personne n’est venu à ce moment.',
    withdrawn: 'Retiré : n’est plus proposé.',
    withdraw: 'Retirer ce créneau',
    offerAgain: 'Le proposer à nouveau',
  },
  appointment: {
    held: ({ who }) => `Retenu par ${who}.`,
    heldFor: ({ who, left }) => `Retenu par ${who}, encore ${left} pour confirmer.`,
    offeredFor: ({ who, left }) =>
      `Proposé à ${who} depuis la liste d’attente, encore ${left} pour accepter.`,
    booked: ({ who }) => `Réservé par ${who}.`,
    staysThere: 'Le rendez-vous reste où il était.',
    movedFrom: ({ when }) => `Déplacé ici depuis : ${when}.`,
    moveBack: 'Remettre où il était',
    move: 'Déplacer…',
    endHold: 'Libérer ce créneau retenu',
    cancelBooking: 'Annuler cette réservation',
    forget: 'Oublier cette personne…',
    messageTo: ({ name }) => `Message à ${name} (facultatif)`,
    messageToUnnamed: 'Message au client (facultatif)',
    alsoWithdraw: '… et retirer le créneau',
    keepIt: 'Conserver',
    holdEnded: ({ name }) => `Créneau retenu libéré : ${name}.`,
    bookingEnded: ({ name }) => `Réservation annulée : ${name}.`,
    forgetting: ({ name }) =>
      `Le nom, le téléphone, l’e-mail et la note seront effacés : ${name}. Le créneau reste pris.`,
    forgetNow: ({ name }) => `Oublier ${name}`,
    keep: 'Conserver',
  },
  minutes: ({ count }) => `${number(count)} min`,
  details: { time: 'Heure', service: 'Prestation', phone: 'Téléphone', email: 'E-mail', note: 'Note' },
  book: {
    title: 'Réserver pour quelqu’un',
    intro: 'Libre. Réserver pour quelqu’un :',
    name: 'Nom',
    more: 'Note et e-mail',
    serviceFor: ({ name, minutes }) => `${name}, ${number(minutes)} min`,
    doesNotFit: ({ service }) => `${service} (ne tient pas ici)`,
    noService: ({ minutes }) => `Sans prestation, ${number(minutes)} min`,
    elsewhere: 'Cela ne tient pas ici.',
    nearest: 'Les créneaux les plus proches :',
    nowhere: 'Cela ne tient dans aucun créneau proposé.',
    button: 'Réserver',
    done: ({ name, when }) => `Réservé pour ${name} : ${when}.`,
  },
  move: {
    title: 'Déplacer',
    titleOf: ({ name }) => `Déplacer ${name}`,
    keep: 'Garder l’ancienne heure',
    now: ({ when, keys }) => `Actuellement ${when}. Appuyez sur un autre créneau${keys}.`,
    keys: ', ou utilisez les flèches ; Entrée déplace, Échap garde',
    button: 'Déplacer ici',
    done: ({ name, when }) => `${name} : déplacé au ${when}.`,
    back: ({ name, when }) => `${name} : remis au ${when}.`,
    fit: {
      fits: 'Cela convient.',
      taken: 'Quelqu’un est là, ou trop près.',
      'not offered': 'Cette heure n’est pas proposée.',
      over: 'Cette heure est passée.',
      'its own': 'Le rendez-vous est ici actuellement.',
    },
  },
  outside: {
    title: ({ count }) =>
      plural(count, {
        one: '# réservation en dehors de vos horaires',
        other: '# réservations en dehors de vos horaires',
      }),
    move: 'Déplacer…',
    cancel: 'Annuler…',
  },
  plan: {
    byHand: 'Proposer des créneaux à la main',
    publishTitle: 'Publier du temps de travail',
    withdrawTitle: 'Retirer du temps libre',
    publish: 'Publier',
    withdraw: 'Retirer',
    days: 'Jours de cette semaine',
    times: ({ zone }) => `Heures, ${zone}`,
    from: 'de',
    to: 'à',
    blockFrom: ({ block }) => `Plage ${number(block)}, de`,
    blockTo: ({ block }) => `Plage ${number(block)}, à`,
    removeBlock: ({ block }) => `Supprimer la plage ${number(block)}`,
    addBlock: 'Autre plage',
    weeks: 'Pour combien de semaines',
    idle: 'Choisissez des jours, ou glissez sur la semaine.',
    opens: ({ times, shown, days, existing }) => {
      const opens = plural(times, { one: `Ouvre ${shown} créneau`, other: `Ouvre ${shown} créneaux` })
      const on = plural(days, { one: 'sur # jour', other: 'sur # jours' })
      const already = plural(existing, {
        one: ' ; # existe déjà',
        other: ' ; # existent déjà',
      })
      return `${opens} ${on}${existing > 0 ? already : ''}.`
    },
    withdraws: ({ times, shown }) =>
      plural(times, {
        one: `Retire ${shown} créneau libre ; ce qui est retenu ou réservé reste.`,
        other: `Retire ${shown} créneaux libres ; ce qui est retenu ou réservé reste.`,
      }),
    opened: ({ times, existing }) => {
      const opened = plural(times, {
        one: '# créneau ouvert',
        other: '# créneaux ouverts',
      })
      const already = plural(existing, {
        one: '# existait déjà',
        other: '# existaient déjà',
      })
      return existing > 0 ? `${opened}, ${already}.` : `${opened}.`
    },
    withdrawn: ({ times }) =>
      plural(times, {
        one: '# créneau retiré.',
        other: '# créneaux retirés.',
      }),
    stay: ({ times }) => plural(times, { one: '# reste :', other: '# restent :' }),
    undo: 'Annuler le retrait',
    undone: 'Ouverts à nouveau.',
    faults: {
      ends: 'Remplissez le début et la fin de chaque plage.',
      backwards: ({ from, to }) => `De ${from} à ${to} : la fin doit être après le début.`,
      offGrid: ({ from, to, minutes }) =>
        `De ${from} à ${to} : les heures suivent la grille de ${number(minutes)} minutes.`,
      noDay: 'Choisissez au moins un jour.',
      missing: ({ day, time }) =>
        `${day} : changement d’heure, ${time} n’existe pas. Choisissez une autre heure ce jour-là.`,
      twice: ({ day, time }) =>
        `${day} : changement d’heure, ${time} existe deux fois. Choisissez une autre heure ce jour-là.`,
      over: ({ day, time }) => `${day}, ${time} : c’est passé.`,
      allOver: 'Tout cela est passé.',
      tooMuch: 'C’est plus que ce qui est possible en une fois : choisissez moins de semaines.',
    },
  },
  stream: {
    title: 'À l’instant',
    none: 'Les créneaux retenus, les réservations et les changements apparaissent ici au moment où ils se font.',
    times: ({ count }) => plural(count, { one: '# créneau', other: '# créneaux' }),
    held: ({ who, what }) => `${who} retient ${what}`,
    offered: ({ who, what }) => `Proposé à ${who} depuis la liste d’attente : ${what}`,
    confirmed: ({ who, what }) => `${who} a réservé ${what}`,
    opened: ({ what }) => `Publié : ${what}`,
    withdrawn: ({ what }) => `Retiré : ${what}`,
    expired: ({ who, what }) => `${who} a laissé expirer ${what}`,
    released: ({ who, what }) => `${who} ne retient plus ${what}`,
    cancelled: ({ who, what }) => `${who} ne vient plus ${what}`,
    bookingEnded: ({ who, what }) => `Rendez-vous de ${who} annulé : ${what}`,
    moved: ({ who, what }) => `${who} a quitté ${what}`,
    replaced: ({ who, what }) => `${who} a réservé un autre créneau, ne vient plus ${what}`,
  },
})
