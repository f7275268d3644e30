import type { Grammar } from '../../shared/text/grammar.js'
import type { HoursTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): HoursTexts => ({
  title: 'Horaires',
  heading: 'Vos horaires',
  timeOffLink: 'Congés',
  aClient: 'Un client',
  heldOnly: '(retenu, pas encore confirmé)',
  midnight: 'minuit',
  closing: 'Fermeture…',
  saving: 'Enregistrement…',
  looking: 'Vérification…',
  weekly: {
    title: 'Chaque semaine',
    usual: ({ place }) => `Une semaine habituelle pour commencer, pas encore enregistrée. Heures : ${place}.`,
    timesIn: ({ place }) => `Heures : ${place}.`,
    faulty: 'Certaines heures ne sont pas encore justes.',
    offer: 'Proposer ces horaires',
    save: 'Enregistrer les horaires',
    none: 'Aucun horaire hebdomadaire n’est proposé.',
    until: ({ day }) => `Proposés jusqu’au ${day} ; chaque jour, un de plus s’ajoute tout seul.`,
    untilLast: ({ day }) => `Proposés jusqu’au ${day}, le dernier jour que vous avez fixé.`,
    outside: ({ bookings }) =>
      plural(bookings, {
        one: '# réservation en dehors de vos horaires. Déplacez-la ou annulez-la dans l’agenda :',
        other: '# réservations en dehors de vos horaires. Déplacez-les ou annulez-les dans l’agenda :',
      }),
    saved: 'Enregistré.',
    opened: ({ opened, withdrawn }) => {
      const times = plural(opened, {
        one: '# créneau ouvert',
        other: '# créneaux ouverts',
      })
      const gone = plural(withdrawn, { one: '# retiré', other: '# retirés' })
      return withdrawn > 0 ? `${times}, ${gone}.` : `${times}.`
    },
    nowOutside: ({ bookings }) =>
      plural(bookings, {
        one: '# réservation en dehors des horaires :',
        other: '# réservations en dehors des horaires :',
      }),
    seeCalendar: 'Voir votre agenda',
    saySaved: ({ opened, withdrawn }) =>
      `Horaires enregistrés. Créneaux ouverts : ${number(opened)}, retirés : ${number(withdrawn)}.`,
    overtaken: 'Ces horaires ont été modifiés ailleurs entre-temps.',
    savedNow: 'Enregistré actuellement :',
    noHours: 'aucun horaire',
    saveAgain: 'Enregistrez encore une fois pour les remplacer par les vôtres, ou',
    takeSaved: 'Reprendre ce qui est enregistré',
    closed: 'Fermé',
    block: ({ day, block }) => `${day}, plage ${number(block)}`,
    add: 'Horaires',
    addOn: ({ day }) => `Ajouter des horaires le ${day}`,
    copy: 'Copier sur lun.\u2060–\u2060ven.',
    copyOf: ({ day }) => `Copier sur lun.–ven., les horaires du ${day}`,
    reach: 'Jusqu’où, à partir de quand, jusqu’à quand',
    horizon: 'Jours à l’avance visibles et réservables',
    firstDay: 'Premier jour (vide : aujourd’hui)',
    lastDay: 'Dernier jour (vide : sans fin)',
    horizonFault: ({ least, most }) => `De ${number(least)} à ${number(most)} jours.`,
  },
  span: {
    from: ({ name }) => `${name}, de`,
    to: ({ name }) => `${name}, à`,
    remove: ({ name }) => `Supprimer ${name}`,
    fault: 'La fin doit être après le début.',
  },
  daysFault: 'Le dernier jour ne doit pas précéder le premier.',
  preview: {
    none: ({ day }) => `Jusqu’au ${day}, aucun créneau libre ne change.`,
    opens: ({ times, day }) =>
      plural(times, {
        one: `Jusqu’au ${day}, ouvre # créneau.`,
        other: `Jusqu’au ${day}, ouvre # créneaux.`,
      }),
    withdraws: ({ times, day }) =>
      plural(times, {
        one: `Jusqu’au ${day}, retire # créneau.`,
        other: `Jusqu’au ${day}, retire # créneaux.`,
      }),
    both: ({ opens, withdraws, day }) => {
      const first = plural(opens, {
        one: `Jusqu’au ${day}, ouvre # créneau`,
        other: `Jusqu’au ${day}, ouvre # créneaux`,
      })
      return `${first} et en retire ${number(withdraws)}.`
    },
    outside: ({ bookings }) =>
      plural(bookings, {
        one: '# réservation est en dehors :',
        other: '# réservations sont en dehors :',
      }),
    stay: 'Elles restent jusqu’à ce que vous les déplaciez ou les annuliez.',
    clocksChange: ({ day, from, to, length }) =>
      `${day} : changement d’heure, de ${from} à ${to} dure ${length}.`,
  },
  timeOff: {
    title: 'Congés',
    tomorrow: 'Demain',
    nextFriday: ({ date }) => `Vendredi prochain, ${date}`,
    nextWeek: ({ date }) => `La semaine prochaine, dès le ${date}`,
    first: 'Premier jour de congé',
    last: 'Dernier jour (facultatif)',
    looking: 'Recherche des réservations…',
    withdraws: ({ days, times }) =>
      plural(times, {
        one: `${days} : retire # créneau libre.`,
        other: `${days} : retire # créneaux libres.`,
      }),
    nobody: 'Personne n’a réservé.',
    affected: ({ bookings }) =>
      plural(bookings, {
        one: '# réservation est concernée.',
        other: '# réservations sont concernées.',
      }),
    holdsBack: ({ holds }) =>
      plural(holds, {
        one: '# créneau retenu est libéré.',
        other: '# créneaux retenus sont libérés.',
      }),
    moveAll: 'Déplacer chacune au créneau le plus proche',
    keepOthers: 'Garder ce qui n’est pas déplacé : je viens pour cela',
    reasonRead: 'Motif, que liront les personnes annulées',
    reasonOwn: 'Motif, pour vous',
    close: ({ days }) => `Fermer ${days}`,
    move: ({ bookings }) => `déplacer ${number(bookings)}`,
    keep: ({ bookings }) => `garder ${number(bookings)}`,
    cancel: ({ bookings }) => `annuler ${number(bookings)}`,
    keepIt: 'La garder',
    cancelIt: 'L’annuler et prévenir le client',
    moveTo: ({ when }) => `Déplacer au ${when}`,
    moveToTaken: ({ when }) => `Déplacer au ${when}, qu’une autre réservation prend`,
    noOffer: 'Aucun autre créneau ne convient.',
    closed: ({ days }) => `${days} : fermé.`,
    withdrawn: ({ times, holds }) => {
      const open = plural(times, {
        one: '# créneau libre retiré',
        other: '# créneaux libres retirés',
      })
      const back = plural(holds, {
        one: '# créneau retenu libéré',
        other: '# créneaux retenus libérés',
      })
      return holds > 0 ? `${open}, ${back}.` : `${open}.`
    },
    moved: ({ name, when }) => `Déplacé : ${name}, désormais ${when}`,
    cancelled: ({ name }) => `Annulé : ${name}`,
    failed: ({ name }) => `Pas fait : ${name}.`,
    stillBooked: 'Toujours réservé.',
    stays: ({ booking }) => `Reste : ${booking}`,
    chooseAgain: ({ bookings }) =>
      plural(bookings, { one: 'Choisir à nouveau pour celle-ci', other: 'Choisir à nouveau pour celles-ci' }),
    openAgain: ({ count }) => plural(count, { one: 'Rouvrir ce jour', other: 'Rouvrir ces jours' }),
    staysCancelled: 'Ce qui a été annulé reste annulé, même si les jours sont rouverts.',
    sayDone: ({ moved, cancelled, failed }) =>
      `Fermé. Déplacées : ${number(moved)}, annulées : ${number(cancelled)}${failed > 0 ? `, pas faites : ${number(failed)}` : ''}.`,
    sayOpen: 'Ouvert à nouveau comme les autres semaines.',
  },
  exceptions: {
    title: 'Jours différents',
    none: 'Aucun : chaque semaine suit vos horaires hebdomadaires.',
    closed: 'fermé',
    delete: 'Supprimer',
    deleteOf: ({ days }) => `Supprimer ${days}`,
    deleting: 'Suppression…',
    deleted: ({ days }) => `${days} : vos horaires hebdomadaires à nouveau.`,
    hint: 'Supprimer rétablit les horaires hebdomadaires de ces jours. Les réservations annulées restent annulées.',
  },
  other: {
    title: 'Autres horaires certains jours',
    day: 'Jour',
    until: 'Jusqu’au (facultatif)',
    hours: 'Horaires de ces jours',
    block: ({ block }) => `Autres horaires, plage ${number(block)}`,
    reason: 'Motif, pour vous (facultatif)',
    idle: 'Choisissez un jour pour voir ce qui change.',
    set: 'Définir ces horaires',
    done: ({ days, opened, withdrawn }) =>
      `${days} : créneaux ouverts : ${number(opened)}, retirés : ${number(withdrawn)}.`,
  },
  holidays: {
    title: 'Jours fériés',
    file: 'Fichier de calendrier (.ics) avec des événements d’une journée entière',
    noCalendar: 'Ce n’est pas un fichier de calendrier. Choisissez-en un dont le nom se termine par .ics.',
    nothing: 'Rien de nouveau à fermer.',
    closes: ({ entries, times }) => {
      const close = plural(entries, {
        one: 'Ferme # entrée',
        other: 'Ferme # entrées',
      })
      const withdraw = plural(times, {
        one: 'retire # créneau libre',
        other: 'retire # créneaux libres',
      })
      return `${close} et ${withdraw} :`
    },
    existing: ({ entries }) =>
      plural(entries, {
        one: '# est déjà fermée.',
        other: '# sont déjà fermées.',
      }),
    outside: ({ bookings }) =>
      plural(bookings, {
        one: '# réservation serait en dehors de vos horaires :',
        other: '# réservations seraient en dehors de vos horaires :',
      }),
    close: 'Fermer ces jours',
    closed: ({ entries, times }) => {
      const close = plural(entries, {
        one: '# entrée fermée',
        other: '# entrées fermées',
      })
      const withdrawn = plural(times, {
        one: '# créneau libre retiré',
        other: '# créneaux libres retirés',
      })
      return `${close}, ${withdrawn}.`
    },
    stillBooked: 'Encore réservé en dehors de vos horaires :',
    skipped: ({ events }) =>
      plural(events, {
        one: '# événement ignoré',
        other: '# événements ignorés',
      }),
    sayToClose: ({ entries }) => plural(entries, { one: '# entrée à fermer.', other: '# entrées à fermer.' }),
    sayClosed: ({ entries }) => plural(entries, { one: '# entrée fermée.', other: '# entrées fermées.' }),
    reasons: {
      no_date: 'sans date',
      not_a_whole_day: 'pas une journée entière',
      not_whole_days: 'sa durée n’est pas en jours entiers',
      too_long: 'plus long qu’une année',
      other_rule: 'se répète autrement que chaque année',
      not_listed: 'non affichés',
    },
    more: ({ events }) => plural(events, { one: '# autre', other: '# autres' }),
  },
})
