import type { CommonTexts } from './en.js'
import { errors } from './errors/de.js'
import type { Grammar } from './grammar.js'

export const texts = (grammar: Grammar): CommonTexts => ({
  skip: 'Zum Inhalt springen',
  pages: 'Seiten',
  language: 'Sprache',
  yourCalendar: 'Ihr Kalender',
  myBookings: 'Meine Termine',
  forProviders: 'Für Anbieter',
  signIn: 'Anmelden',
  signOut: 'Abmelden',
  provider: 'Anbieterkonto',
  client: 'Kundenkonto',
  yourAccount: 'Ihr Konto',
  accountOf: ({ name }) => `Konto: ${name}`,
  close: 'Schließen',
  tryAgain: 'Erneut versuchen',
  asking: 'Wird angefragt …',

  live: 'Live',
  connecting: 'Verbindung wird aufgebaut',
  reconnecting: 'Verbindung wird wiederhergestellt, Termine können sich geändert haben',
  reconnectingSince: ({ time }) =>
    `Verbindung wird wiederhergestellt, Termine können sich seit ${time} geändert haben`,
  liveAgain: 'Wieder live.',
  liveLost: 'Die Live-Verbindung ist unterbrochen; Termine können sich geändert haben.',
  moreChanges: ({ count }) =>
    grammar.plural(count, { one: 'Und # weitere Änderung.', other: 'Und # weitere Änderungen.' }),

  practice: {
    nav: 'Ihre Praxis',
    calendar: 'Kalender',
    dayList: 'Tagesliste',
    hours: 'Sprechzeiten',
    services: 'Leistungen',
    publicPage: 'Öffentliche Seite',
    doorTitle: 'Ihr Kalender, live',
    doorText:
      'Veröffentlichen Sie, wann Sie arbeiten. Kunden reservieren und buchen, und Sie sehen es im selben Moment, mit Namen.',
    wrongTitle: 'Diese Seite ist für Anbieter',
    wrongText:
      'Sie sind mit einem Kundenkonto angemeldet. Melden Sie sich ab, um ein Konto für Anbieter zu verwenden.',
  },

  about: 'Informationen',
  theClient: 'der Kunde',
  theProvider: 'der Anbieter',
  didCome: ({ name }) => `Ist ${name} erschienen?`,
  arrived: 'Erschienen',
  noShow: 'Nicht erschienen',
  copied: 'Kopiert',
  copiedSaid: 'Kopiert.',

  sign: {
    isNew: 'Ich bin neu hier',
    isKnown: 'Ich habe ein Konto',
    name: 'Ihr Name',
    email: 'E-Mail',
    password: 'Passwort',
    newPassword: ({ count }) =>
      grammar.plural(count, {
        one: 'Passwort, mindestens # Zeichen',
        other: 'Passwort, mindestens # Zeichen',
      }),
    zone: 'Zeitzone, in der Sie arbeiten',
    forgotten: 'Vergessen?',
    sendLink: 'Link für ein neues Passwort senden',
    linkSent: 'Wenn es zu dieser Adresse ein Konto gibt, ist eine E-Mail mit einem Link unterwegs.',
    back: 'Zurück',
    create: 'Konto anlegen',
  },

  zones: {
    list: 'Zeitzonen',
    yourDevice: 'Ihr Gerät',
    thereNow: ({ offset, time }) => `${offset}, dort ist es jetzt ${time}`,
    looking: 'Zeitzonen werden gesucht …',
    none: ({ example }) =>
      `Keine Zeitzone mit diesem Namen: Versuchen Sie es mit einer größeren Stadt in der Nähe oder einem Abstand wie ${example}.`,
    many: ({ count, example }) =>
      grammar.plural(count, {
        one: `# Zeitzone: Geben Sie eine Stadt, ein Land oder einen Abstand wie ${example} ein.`,
        other: `# Zeitzonen: Geben Sie eine Stadt, ein Land oder einen Abstand wie ${example} ein.`,
      }),
    found: ({ count }) => grammar.plural(count, { one: '# Zeitzone', other: '# Zeitzonen' }),
  },

  confirmBooking: 'Termin bestätigen',
  giveBack: 'Freigeben',
  move: 'Verschieben',
  moreTime: 'Ich brauche mehr Zeit',
  addToCalendar: 'In den Kalender',
  cancelBooking: 'Termin absagen',
  cancelSure: 'Ja, absagen',
  keepIt: 'Behalten',
  booked: 'Gebucht',
  bookedSaid: 'Gebucht.',
  givenBackSaid: 'Freigegeben.',
  bookingCancelledSaid: 'Termin abgesagt.',
  nextFree: ({ time }) => `Nächster freier Termin: ${time}`,

  morning: 'Vormittag',
  afternoon: 'Nachmittag',
  evening: 'Abend',

  errors: errors(grammar),
  unknownError: { text: 'Das hat nicht funktioniert.', next: 'Versuchen Sie es gleich noch einmal.' },
  aboutSoLong: ({ span }) => `Etwa ${span}.`,
  endsAt: ({ time }) => `Sie endet um ${time}.`,

  faults: {
    required: 'Diese Angabe fehlt.',
    minLength: 'Diese Angabe ist zu kurz.',
    maxLength: 'Diese Angabe ist zu lang.',
    minimum: 'Dieser Wert ist zu klein.',
    maximum: 'Dieser Wert ist zu groß.',
    email: 'Bitte geben Sie eine E-Mail-Adresse an.',
    phone: 'Bitte geben Sie eine Telefonnummer an: Ziffern, Leerzeichen und + - ( ) / .',
    link: 'Erlaubt sind Buchstaben von a bis z, Ziffern und Bindestriche; am Anfang und am Ende steht ein Buchstabe oder eine Ziffer.',
    name: 'Bitte verwenden Sie sichtbare Zeichen und keine, die Zeilen oder Schreibrichtungen steuern.',
    text: 'Bitte verwenden Sie sichtbare Zeichen und keine, die Schreibrichtungen steuern.',
    'time-zone': 'Bitte geben Sie eine Zeitzone an, zum Beispiel Europe/Berlin.',
    date: 'Diesen Tag gibt es nicht.',
    wrongPassword: 'Das ist nicht Ihr Passwort.',
    emailTaken: 'Mit dieser Adresse gibt es bereits ein Konto.',
    other: 'Bitte prüfen Sie diese Angabe.',
  },
})
