import type { Grammar } from '../../shared/text/grammar.js'
import type { ProviderTexts } from './en.js'

export const texts = ({ number, plural }: Grammar): ProviderTexts => ({
  title: 'Ihr Kalender',
  aClient: 'jemand',
  unnamed: 'Jemand',
  someone: 'Jemand',
  timesIn: ({ place }) => `Zeiten in ${place}`,
  tomorrowsList: 'Liste für morgen',
  bookingLink: 'Buchungslink',
  copyBookingLink: 'Buchungslink kopieren',
  numbers: {
    of: ({ day }) => `Zahlen für ${day}`,
    day: 'Tag',
    today: 'Heute',
    free: () => 'frei',
    held: () => 'reserviert',
    booked: () => 'gebucht',
  },
  setHours: {
    title: 'Wann arbeiten Sie?',
    text: 'Sagen Sie es einmal; Ihre Termine werden Woche für Woche angeboten, bis Sie etwas ändern.',
    button: 'Wöchentliche Sprechzeiten festlegen',
  },
  alerts: {
    title: 'Wenn jemand bucht',
    badge: 'Im Titel des Tabs mitzählen',
    sound: 'Ein leiser Ton',
  },
  week: {
    title: 'Woche',
    before: 'Vorige Woche',
    today: 'Heute',
    after: 'Nächste Woche',
    workingHours: 'Arbeitszeit',
    wholeDay: 'Ganzer Tag',
    times: 'Termine, mit den Pfeiltasten wechseln',
    nothing: 'nichts an diesem Tag',
    open: ({ count }) => `${number(count)} frei`,
    clocksChange: 'Zeitumstellung',
    minutes: ({ count }) => `${count}′`,
    left: 'verbleibend',
  },
  states: { open: 'frei', held: 'reserviert', confirmed: 'gebucht', withdrawn: 'zurückgezogen' },
  statesBy: { held: 'reserviert von', confirmed: 'gebucht von' },
  chosen: {
    title: 'Gewählter Termin',
    nobodyCame: 'Zu dieser Zeit war niemand gebucht.',
    withdrawn: 'Zurückgezogen: wird nicht angeboten.',
    withdraw: 'Diesen Termin zurückziehen',
    offerAgain: 'Wieder anbieten',
  },
  appointment: {
    held: ({ who }) => `Reserviert von ${who}.`,
    heldFor: ({ who, left }) => `Reserviert von ${who}, noch ${left} zum Bestätigen.`,
    booked: ({ who }) => `Gebucht von ${who}.`,
    staysThere: 'Der Termin bleibt, wo er war.',
    movedFrom: ({ when }) => `Hierher verschoben von ${when}.`,
    moveBack: 'Zurückverschieben',
    move: 'Verschieben …',
    endHold: 'Diese Reservierung beenden',
    cancelBooking: 'Diesen Termin absagen',
    forget: 'Diese Person vergessen …',
    messageTo: ({ name }) => `Nachricht an ${name} (optional)`,
    messageToUnnamed: 'Nachricht an den Kunden (optional)',
    alsoWithdraw: '… und die Zeit zurückziehen',
    keepIt: 'Behalten',
    holdEnded: ({ name }) => `Reservierung beendet: ${name}.`,
    bookingEnded: ({ name }) => `Termin abgesagt: ${name}.`,
    forgetting: ({ name }) =>
      `Name, Telefon, E-Mail und Notiz werden gelöscht: ${name}. Die Zeit bleibt belegt.`,
    forgetNow: ({ name }) => `${name} vergessen`,
    keep: 'Behalten',
  },
  minutes: ({ count }) => `${number(count)} Min.`,
  details: { time: 'Zeit', service: 'Leistung', phone: 'Telefon', email: 'E-Mail', note: 'Notiz' },
  book: {
    title: 'Für jemanden buchen',
    intro: 'Frei. Für jemanden buchen:',
    name: 'Name',
    more: 'Notiz und E-Mail',
    serviceFor: ({ name, minutes }) => `${name}, ${number(minutes)} Min.`,
    doesNotFit: ({ service }) => `${service} (passt hier nicht)`,
    noService: ({ minutes }) => `Ohne Leistung, ${number(minutes)} Min.`,
    elsewhere: 'Sie passt hier nicht.',
    nearest: 'Die nächsten freien Termine:',
    nowhere: 'Sie passt in keine angebotene Zeit.',
    button: 'Buchen',
    done: ({ name, when }) => `${name} ist gebucht: ${when}.`,
  },
  move: {
    title: 'Verschieben',
    titleOf: ({ name }) => `${name} verschieben`,
    keep: 'Alte Zeit behalten',
    now: ({ when, keys }) => `Jetzt ${when}. Drücken Sie auf eine andere Zeit${keys}.`,
    keys: ', oder nehmen Sie die Pfeiltasten; Eingabe verschiebt, Escape behält',
    button: 'Hierher verschieben',
    done: ({ name, when }) => `${name} verschoben auf ${when}.`,
    back: ({ name, when }) => `${name} ist zurück auf ${when}.`,
    fit: {
      fits: 'Passt.',
      taken: 'Dort ist jemand, oder zu nah.',
      'not offered': 'Diese Zeit wird nicht angeboten.',
      over: 'Diese Zeit ist vorbei.',
      'its own': 'Hier ist der Termin jetzt.',
    },
  },
  outside: {
    title: ({ count }) =>
      plural(count, {
        one: '# Buchung liegt außerhalb Ihrer Sprechzeiten',
        other: '# Buchungen liegen außerhalb Ihrer Sprechzeiten',
      }),
    move: 'Verschieben …',
    cancel: 'Absagen …',
  },
  plan: {
    byHand: 'Einzelne Termine von Hand anbieten',
    publishTitle: 'Arbeitszeit anbieten',
    withdrawTitle: 'Freie Zeit zurückziehen',
    publish: 'Anbieten',
    withdraw: 'Zurückziehen',
    days: 'Tage dieser Woche',
    times: ({ zone }) => `Zeiten, ${zone}`,
    from: 'von',
    to: 'bis',
    blockFrom: ({ block }) => `Block ${number(block)} von`,
    blockTo: ({ block }) => `Block ${number(block)} bis`,
    removeBlock: ({ block }) => `Block ${number(block)} entfernen`,
    addBlock: 'Weiterer Block',
    weeks: 'Für wie viele Wochen',
    idle: 'Wählen Sie Tage, oder ziehen Sie über die Woche.',
    opens: ({ times, shown, days, existing }) => {
      const opens = plural(times, { one: `Öffnet ${shown} Termin`, other: `Öffnet ${shown} Termine` })
      const on = plural(days, { one: 'an # Tag', other: 'an # Tagen' })
      const already = plural(existing, {
        one: '; # gibt es schon',
        other: '; # gibt es schon',
      })
      return `${opens} ${on}${existing > 0 ? already : ''}.`
    },
    withdraws: ({ times, shown }) =>
      plural(times, {
        one: `Zieht ${shown} freien Termin zurück; was reserviert oder gebucht ist, bleibt.`,
        other: `Zieht ${shown} freie Termine zurück; was reserviert oder gebucht ist, bleibt.`,
      }),
    opened: ({ times, existing }) => {
      const opened = plural(times, { one: '# Termin geöffnet', other: '# Termine geöffnet' })
      return existing > 0 ? `${opened}, ${number(existing)} gab es schon.` : `${opened}.`
    },
    withdrawn: ({ times }) =>
      plural(times, {
        one: '# Termin zurückgezogen.',
        other: '# Termine zurückgezogen.',
      }),
    stay: ({ times }) => plural(times, { one: '# bleibt:', other: '# bleiben:' }),
    undo: 'Rückgängig',
    undone: 'Wieder geöffnet.',
    faults: {
      ends: 'Füllen Sie bei jedem Block Anfang und Ende aus.',
      backwards: ({ from, to }) => `${from} bis ${to}: Das Ende muss nach dem Anfang liegen.`,
      offGrid: ({ from, to, minutes }) =>
        `${from} bis ${to}: Zeiten beginnen und enden im Raster von ${number(minutes)} Minuten.`,
      noDay: 'Wählen Sie mindestens einen Tag.',
      missing: ({ day, time }) =>
        `${day}: Wegen der Zeitumstellung gibt es ${time} nicht. Wählen Sie an diesem Tag eine andere Zeit.`,
      twice: ({ day, time }) =>
        `${day}: Wegen der Zeitumstellung gibt es ${time} zweimal. Wählen Sie an diesem Tag eine andere Zeit.`,
      over: ({ day, time }) => `${day}, ${time} ist vorbei.`,
      allOver: 'Das alles ist vorbei.',
      tooMuch: 'Das ist mehr, als auf einmal geht: Wählen Sie weniger Wochen.',
    },
  },
  stream: {
    title: 'Gerade geschehen',
    none: 'Reservierungen, Buchungen und Änderungen erscheinen hier in dem Moment, in dem sie geschehen.',
    times: ({ count }) => plural(count, { one: '# Termin', other: '# Termine' }),
    held: ({ who, what }) => `${who} reserviert ${what}`,
    confirmed: ({ who, what }) => `${who} hat ${what} gebucht`,
    opened: ({ what }) => `Angeboten: ${what}`,
    withdrawn: ({ what }) => `Zurückgezogen: ${what}`,
    expired: ({ who, what }) => `${who} hat ${what} verfallen lassen`,
    released: ({ who, what }) => `${who} hat ${what} freigegeben`,
    cancelled: ({ who, what }) => `${who} kommt nicht mehr: ${what}`,
    moved: ({ who, what }) => `${who} hat verschoben, bisher ${what}`,
    replaced: ({ who, what }) => `${who} hat einen anderen Termin gebucht, kommt nicht mehr: ${what}`,
  },
})
