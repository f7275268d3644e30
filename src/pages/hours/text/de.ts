import type { Grammar } from '../../shared/text/grammar.js'
import type { HoursTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): HoursTexts => ({
  title: 'Sprechzeiten',
  heading: 'Ihre Sprechzeiten',
  timeOffLink: 'Freie Tage',
  aClient: 'Jemand',
  heldOnly: '(reserviert, noch nicht bestätigt)',
  midnight: 'Mitternacht',
  closing: 'Wird geschlossen …',
  saving: 'Wird gespeichert …',
  looking: 'Wird nachgesehen …',
  weekly: {
    title: 'Jede Woche',
    usual: ({ place }) => `Eine übliche Woche als Anfang, noch nicht gespeichert. Zeiten in ${place}.`,
    timesIn: ({ place }) => `Zeiten in ${place}.`,
    faulty: 'Einige Zeiten stimmen noch nicht.',
    offer: 'Diese Sprechzeiten anbieten',
    save: 'Sprechzeiten speichern',
    none: 'Es werden keine wöchentlichen Sprechzeiten angeboten.',
    until: ({ day }) => `Angeboten bis ${day}; jeden Tag kommt von selbst einer dazu.`,
    untilLast: ({ day }) => `Angeboten bis ${day}, dem letzten Tag, den Sie festgelegt haben.`,
    outside: ({ bookings }) =>
      plural(bookings, {
        one: '# Buchung außerhalb Ihrer Sprechzeiten. Verschieben Sie sie im Kalender, oder sagen Sie sie ab:',
        other:
          '# Buchungen außerhalb Ihrer Sprechzeiten. Verschieben Sie sie im Kalender, oder sagen Sie sie ab:',
      }),
    saved: 'Gespeichert.',
    opened: ({ opened, withdrawn }) => {
      const times = plural(opened, { one: '# Termin geöffnet', other: '# Termine geöffnet' })
      return withdrawn > 0 ? `${times}, ${number(withdrawn)} zurückgezogen.` : `${times}.`
    },
    nowOutside: ({ bookings }) =>
      plural(bookings, {
        one: '# Buchung außerhalb der Sprechzeiten:',
        other: '# Buchungen außerhalb der Sprechzeiten:',
      }),
    seeCalendar: 'Zum Kalender',
    saySaved: ({ opened, withdrawn }) =>
      `Sprechzeiten gespeichert. Termine: ${number(opened)} geöffnet, ${number(withdrawn)} zurückgezogen.`,
    overtaken: 'Diese Sprechzeiten wurden inzwischen an anderer Stelle geändert.',
    savedNow: 'Jetzt gespeichert:',
    noHours: 'keine Zeiten',
    saveAgain: 'Speichern Sie noch einmal, um sie durch Ihre zu ersetzen, oder',
    takeSaved: 'Gespeichertes übernehmen',
    closed: 'Geschlossen',
    block: ({ day, block }) => `${day}, Block ${number(block)}`,
    add: 'Zeiten',
    addOn: ({ day }) => `Zeiten hinzufügen am ${day}`,
    copy: 'Auf Mo–Fr kopieren',
    copyOf: ({ day }) => `Auf Mo–Fr kopieren, die Zeiten von ${day}`,
    reach: 'Wie weit voraus, ab wann, bis wann',
    horizon: 'Tage im Voraus, die zu sehen und zu buchen sind',
    firstDay: 'Erster Tag (leer: heute)',
    lastDay: 'Letzter Tag (leer: ohne Ende)',
    horizonFault: ({ least, most }) => `Von ${number(least)} bis ${number(most)} Tage.`,
  },
  span: {
    from: ({ name }) => `${name} von`,
    to: ({ name }) => `${name} bis`,
    remove: ({ name }) => `${name} entfernen`,
    fault: 'Das Ende muss nach dem Anfang liegen.',
  },
  daysFault: 'Der letzte Tag darf nicht vor dem ersten liegen.',
  preview: {
    none: ({ day }) => `Ändert bis ${day} keinen freien Termin.`,
    opens: ({ times, day }) =>
      plural(times, {
        one: `Öffnet bis ${day} # Termin.`,
        other: `Öffnet bis ${day} # Termine.`,
      }),
    withdraws: ({ times, day }) =>
      plural(times, {
        one: `Zieht bis ${day} # Termin zurück.`,
        other: `Zieht bis ${day} # Termine zurück.`,
      }),
    both: ({ opens, withdraws, day }) => {
      const first = plural(opens, { one: `Öffnet bis ${day} # Termin`, other: `Öffnet bis ${day} # Termine` })
      return `${first} und zieht ${number(withdraws)} zurück.`
    },
    outside: ({ bookings }) =>
      plural(bookings, {
        one: '# Buchung liegt außerhalb:',
        other: '# Buchungen liegen außerhalb:',
      }),
    stay: 'Sie bleiben, bis Sie sie verschieben oder absagen.',
    clocksChange: ({ day, from, to, length }) =>
      `${day}: Zeitumstellung, ${from} bis ${to} dauert ${length}.`,
  },
  timeOff: {
    title: 'Freie Tage',
    tomorrow: 'Morgen',
    nextFriday: ({ date }) => `Nächsten Freitag, ${date}`,
    nextWeek: ({ date }) => `Nächste Woche, ab ${date}`,
    first: 'Erster freier Tag',
    last: 'Letzter Tag (optional)',
    looking: 'Es wird nachgesehen, wer gebucht ist …',
    withdraws: ({ days, times }) =>
      plural(times, {
        one: `${days}: zieht # freien Termin zurück.`,
        other: `${days}: zieht # freie Termine zurück.`,
      }),
    nobody: 'Niemand ist gebucht.',
    affected: ({ bookings }) =>
      plural(bookings, {
        one: '# Buchung ist betroffen.',
        other: '# Buchungen sind betroffen.',
      }),
    holdsBack: ({ holds }) =>
      plural(holds, {
        one: '# Reservierung wird aufgehoben.',
        other: '# Reservierungen werden aufgehoben.',
      }),
    moveAll: 'Alle auf den nächsten passenden Termin verschieben',
    keepOthers: 'Behalten, was nicht verschoben wird: Ich bin dafür da',
    reasonRead: 'Grund, sichtbar für alle, denen Sie absagen',
    reasonOwn: 'Grund, nur für Sie',
    close: ({ days }) => `${days} schließen`,
    move: ({ bookings }) => `${number(bookings)} verschieben`,
    keep: ({ bookings }) => `${number(bookings)} behalten`,
    cancel: ({ bookings }) => `${number(bookings)} absagen`,
    keepIt: 'Behalten',
    cancelIt: 'Absagen und Bescheid geben',
    moveTo: ({ when }) => `Verschieben auf ${when}`,
    moveToTaken: ({ when }) => `Verschieben auf ${when}, wohin schon eine andere Buchung geht`,
    noOffer: 'Keine andere Zeit passt.',
    closed: ({ days }) => `${days} geschlossen.`,
    withdrawn: ({ times, holds }) => {
      const open = plural(times, {
        one: '# freier Termin zurückgezogen',
        other: '# freie Termine zurückgezogen',
      })
      const back = plural(holds, {
        one: '# Reservierung aufgehoben',
        other: '# Reservierungen aufgehoben',
      })
      return holds > 0 ? `${open}, ${back}.` : `${open}.`
    },
    moved: ({ name, when }) => `Verschoben: ${name}, jetzt ${when}`,
    cancelled: ({ name }) => `Abgesagt: ${name}`,
    failed: ({ name }) => `Nicht erledigt: ${name}.`,
    stillBooked: 'Weiterhin gebucht.',
    stays: ({ booking }) => `Bleibt: ${booking}`,
    chooseAgain: ({ bookings }) =>
      plural(bookings, { one: 'Für diese noch einmal wählen', other: 'Für diese noch einmal wählen' }),
    openAgain: ({ count }) =>
      plural(count, { one: 'Diesen Tag wieder öffnen', other: 'Diese Tage wieder öffnen' }),
    staysCancelled: 'Was abgesagt ist, bleibt abgesagt, auch wenn die Tage wieder geöffnet werden.',
    sayDone: ({ moved, cancelled, failed }) =>
      `Geschlossen. ${number(moved)} verschoben, ${number(cancelled)} abgesagt${failed > 0 ? `, ${number(failed)} nicht erledigt` : ''}.`,
    sayOpen: 'Wieder offen wie in anderen Wochen.',
  },
  exceptions: {
    title: 'Abweichende Tage',
    none: 'Keine: Jede Woche gilt, was Ihre wöchentlichen Sprechzeiten sagen.',
    closed: 'geschlossen',
    delete: 'Löschen',
    deleteOf: ({ days }) => `${days} löschen`,
    deleting: 'Wird gelöscht …',
    deleted: ({ days }) => `${days}: wieder Ihre wöchentlichen Sprechzeiten.`,
    hint: 'Nach dem Löschen gelten an diesen Tagen wieder die wöchentlichen Sprechzeiten. Abgesagte Termine bleiben abgesagt.',
  },
  other: {
    title: 'Andere Zeiten an einzelnen Tagen',
    day: 'Tag',
    until: 'Bis (optional)',
    hours: 'Zeiten an diesen Tagen',
    block: ({ block }) => `Andere Zeiten, Block ${number(block)}`,
    reason: 'Grund, nur für Sie (optional)',
    idle: 'Wählen Sie einen Tag, um zu sehen, was sich ändert.',
    set: 'Diese Zeiten festlegen',
    done: ({ days, opened, withdrawn }) =>
      plural(opened, {
        one: `${days}: # Termin geöffnet, ${number(withdrawn)} zurückgezogen.`,
        other: `${days}: # Termine geöffnet, ${number(withdrawn)} zurückgezogen.`,
      }),
  },
  holidays: {
    title: 'Feiertage',
    file: 'Kalenderdatei (.ics) mit ganztägigen Einträgen',
    noCalendar: 'Das ist keine Kalenderdatei. Wählen Sie eine, deren Name auf .ics endet.',
    nothing: 'Nichts Neues zu schließen.',
    closes: ({ entries, times }) => {
      const close = plural(entries, {
        one: 'Schließt # Eintrag',
        other: 'Schließt # Einträge',
      })
      const withdraw = plural(times, {
        one: 'zieht # freien Termin zurück',
        other: 'zieht # freie Termine zurück',
      })
      return `${close} und ${withdraw}:`
    },
    existing: ({ entries }) =>
      plural(entries, {
        one: '# ist schon geschlossen.',
        other: '# sind schon geschlossen.',
      }),
    outside: ({ bookings }) =>
      plural(bookings, {
        one: '# Buchung liegt dann außerhalb Ihrer Sprechzeiten:',
        other: '# Buchungen liegen dann außerhalb Ihrer Sprechzeiten:',
      }),
    close: 'Diese Tage schließen',
    closed: ({ entries, times }) => {
      const close = plural(entries, {
        one: '# Eintrag geschlossen',
        other: '# Einträge geschlossen',
      })
      const withdrawn = plural(times, {
        one: '# freier Termin zurückgezogen',
        other: '# freie Termine zurückgezogen',
      })
      return `${close}, ${withdrawn}.`
    },
    stillBooked: 'Noch außerhalb Ihrer Sprechzeiten gebucht:',
    skipped: ({ events }) =>
      plural(events, { one: '# Eintrag ausgelassen', other: '# Einträge ausgelassen' }),
    sayToClose: ({ entries }) =>
      plural(entries, { one: '# Eintrag zu schließen.', other: '# Einträge zu schließen.' }),
    sayClosed: ({ entries }) =>
      plural(entries, { one: '# Eintrag geschlossen.', other: '# Einträge geschlossen.' }),
    reasons: {
      no_date: 'ohne Datum',
      not_a_whole_day: 'nicht ganztägig',
      not_whole_days: 'dauert keine ganzen Tage',
      too_long: 'länger als ein Jahr',
      other_rule: 'wiederholt sich anders als jährlich',
      not_listed: 'nicht aufgeführt',
    },
    more: ({ events }) => `${number(events)} weitere`,
  },
})
