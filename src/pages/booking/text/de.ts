import type { Grammar } from '../../shared/text/grammar.js'
import type { BookingTexts } from './en.js'

export const texts = ({ plural }: Grammar): BookingTexts => ({
  title: 'Termin buchen',
  lostTitle: 'Diesen Kalender gibt es nicht',
  lostText: 'Der Link ist vielleicht veraltet oder unvollständig.',
  findProvider: 'Anbieter finden',
  timesIn: 'Uhrzeiten in',
  zoneOfProvider: 'Anbieter',
  zoneOfReader: 'Ihre',
  useZone: ({ city }) => `${city} verwenden`,

  services: {
    heading: 'Was möchten Sie buchen?',
    gone: 'Die Leistung aus dem Link wird nicht mehr angeboten. Wählen Sie eine andere.',
    others: 'Andere Leistungen',
  },

  month: {
    label: 'Tag wählen',
    before: 'Voriger Monat',
    after: 'Nächster Monat',
    days: 'Tage, mit den Pfeiltasten wechseln',
    twoWeeks: 'Zwei Wochen anzeigen',
    whole: 'Ganzen Monat anzeigen',
    today: ', heute',
    clocksChange: ', Zeitumstellung',
    over: 'vorbei',
    none: 'keine Termine',
    soon: 'zu spät',
    notYet: 'später',
    full: 'voll',
    soonRest: ', nicht mehr zu buchen',
    notYetRest: ', noch nicht zu buchen',
    free: ({ count }) => plural(count, { one: ' freier Termin', other: ' freie Termine' }),
  },

  day: {
    free: ({ count }) => plural(count, { one: '# frei', other: '# frei' }),
    clocksForward: ({ span }) =>
      `In dieser Nacht werden die Uhren um ${span} vorgestellt; die Zeiten hier berücksichtigen das.`,
    clocksBack: ({ span }) =>
      `In dieser Nacht werden die Uhren um ${span} zurückgestellt; die Zeiten hier berücksichtigen das.`,
    twoZones: ({ here, there }) =>
      `Groß steht Ihre Uhrzeit, ${here}. Klein steht die Uhrzeit in ${there}, wo der Anbieter arbeitet.`,
    nothingFree: ({ time }) => `${time}: nichts frei`,
    restTo: ({ time }) => `bis ${time}`,
    full: 'An diesem Tag ist nichts frei.',
    none: 'Keine Termine an diesem Tag.',
    freeBefore: ({ time }) => `Davor frei: ${time}`,
    noneForLong:
      'In den nächsten zwei Monaten ist nichts frei. Termine erscheinen hier, sobald sie veröffentlicht werden.',
  },

  slot: {
    asking: 'fragt an …',
    chosen: 'gewählt',
    free: 'frei',
    freeIn: ({ city }) => ` in ${city}, frei`,
    untilNow: 'bisher',
    untilNowRest: ', bleibt Ihnen, bis Sie einen neuen Termin haben',
    yours: 'für Sie',
    yoursBookedRest: ', von Ihnen gebucht',
    yoursHeldRest: ' übrig, zum Bestätigen drücken',
    overlaps: 'belegt',
    overlapsRest: ', überschneidet sich mit einem Ihrer Termine',
    held: 'reserviert',
    heldRest: ' von jemand anderem',
    heldUntilRest: ({ time }) => ` von jemand anderem, wird vielleicht um ${time} frei`,
    booked: 'gebucht',
    withdrawn: 'entfällt',
    withdrawnRest: ', wird nicht mehr angeboten',
    tooSoon: 'zu spät',
    tooSoonRest: ', nicht mehr zu buchen',
    notYet: 'noch nicht',
    notYetRest: ' zu buchen',
  },

  hold: {
    title: ({ time }) => `${time} reservieren`,
    chosenFree: ({ time, span }) =>
      `${time} ist frei. Sobald Sie angemeldet sind, ist der Termin ${span} lang für Sie reserviert.`,
    chosenTaken: ({ time }) =>
      `${time} wurde gerade von jemand anderem genommen. Machen Sie weiter, dann zeigen wir Ihnen die nächsten freien Termine.`,
    chosenGone:
      'Dieser Termin wurde gerade von jemand anderem genommen. Machen Sie weiter, dann zeigen wir Ihnen die nächsten freien Termine.',
    heading: 'Dieser Termin ist für Sie reserviert',
    lastMinute: 'Weniger als eine Minute übrig: Bestätigen Sie jetzt, sonst wird er für andere frei.',
    lastMinutes: 'Weniger als fünf Minuten übrig.',
    leftSaid: ({ span, time }) => `Noch ${span}, um ${time} zu bestätigen.`,
    heldSaid: ({ time, span }) =>
      `${time} ist ${span} lang für Sie reserviert. Bestätigen Sie, um zu buchen.`,
    longerSaid: ({ span }) => `Die Reservierung gilt noch ${span}.`,
    ranOutSaid: ({ time }) => `Ihre Reservierung für ${time} ist abgelaufen.`,
    endedSaid: ({ time }) => `Ihre Reservierung für ${time} wurde beendet.`,
    cancelledSaid: ({ time }) => `Ihr Termin um ${time} wurde abgesagt.`,
  },

  moving: {
    choose: 'Neuen Termin wählen',
    keeps: 'Dieser Termin bleibt Ihnen, bis Sie einen anderen haben.',
    here: 'Hierhin verschieben?',
    move: 'Verschieben',
    keepOld: 'Alten Termin behalten',
    moved: 'Verschoben',
    movedSaid: ({ time }) => `Verschoben auf ${time}.`,
  },

  done: {
    with: ({ span, name }) => `${span} bei ${name}`,
    serviceWith: ({ service, span, name }) => `${service}, ${span} bei ${name}`,
    noFile: 'Die Kalenderdatei konnte nicht geladen werden. Versuchen Sie es erneut.',
    share: 'Link teilen',
    shareLabel: 'Link zu diesem Tag',
  },

  notice: {
    reachedAgain: { text: 'Der Server ist wieder erreichbar.', next: 'Versuchen Sie es noch einmal.' },
    forProviders: {
      text: 'Sie sind mit einem Anbieterkonto angemeldet.',
      next: 'Zum Buchen brauchen Sie ein Kundenkonto: Melden Sie sich ab und drücken Sie dann noch einmal auf den Termin.',
    },
    mayComeFree: ({ time }) => `Vielleicht wird er bis ${time} frei.`,
    stillYours: ({ time }) => `Es hat sich nichts geändert: ${time} bleibt Ihr Termin.`,
    noOther: 'Zurzeit ist kein anderer Termin frei.',
    ranOut: 'Ihre Reservierung ist abgelaufen.',
    ranOutFree: 'Ihre Reservierung ist abgelaufen; der Termin ist wieder für alle frei.',
    released: 'Diese Reservierung wurde vom Anbieter oder in einem anderen Fenster beendet.',
    replaced: 'Eine neuere Buchung von Ihnen ist an ihre Stelle getreten.',
    cancelledBy: ({ name }) => `Dieser Termin wurde von ${name} abgesagt.`,
    cancelledHere: 'Dieser Termin wurde in einem anderen Fenster abgesagt.',
    cancelled: 'Dieser Termin wurde vom Anbieter oder in einem anderen Fenster abgesagt.',
    withdrawn: 'Der Termin wird nicht mehr angeboten.',
    quoted: ({ note }) => `„${note}“`,
    again: 'Erneut reservieren',
  },

  panel: {
    label: 'Ihre Termine',
    refused: ({ time }) => `${time}: nicht verfügbar`,
    ranOut: ({ time }) => `${time}: abgelaufen`,
    ended: ({ time }) => `${time}: beendet`,
    moving: ({ time }) => `${time} verschieben`,
    booked: ({ time }) => `${time}: gebucht`,
    moved: ({ time }) => `${time}: verschoben`,
    how: 'So funktioniert es',
    press: 'Drücken Sie auf einen freien Termin.',
    pressText: ({ press, span }) =>
      `${press} Er ist ${span} lang für Sie reserviert; niemand sonst kann ihn nehmen.`,
    pressSignedOut: ({ press, span }) =>
      `${press} Sobald Sie angemeldet sind, ist er ${span} lang für Sie reserviert; niemand sonst kann ihn nehmen.`,
    confirm: 'Bestätigen Sie ihn,',
    confirmText: ({ confirm }) =>
      `${confirm} solange die Reservierung gilt. Oder geben Sie ihn frei, dann ist er für andere sofort wieder frei.`,
    notice: ({ span }) => `Termine können bis zu ${span} vor Beginn gebucht werden.`,
    earlier: ({ count, name }) =>
      plural(count, { one: `Ihr Termin bei ${name}`, other: `Ihre Termine bei ${name}` }),
    change: 'Ändern oder absagen unter „Meine Termine“',
  },

  changed: {
    held: ({ time }) => `${time} wurde von jemand anderem reserviert.`,
    released: ({ time }) => `${time} ist wieder frei.`,
    confirmed: ({ time }) => `${time} wurde gebucht.`,
    opened: ({ time }) => `${time} wird jetzt angeboten.`,
    withdrawn: ({ time }) => `${time} wird nicht mehr angeboten.`,
    notFree: ({ time }) => `${time} ist nicht mehr frei.`,
  },

  guest: {
    done: 'Gebucht',
    title: 'Ohne Konto buchen',
    button: 'Reservieren und Link senden',
    why: 'Wir schicken Ihnen einen Link per E-Mail. Gebucht ist die Zeit, sobald Sie innerhalb von zehn Minuten darauf klicken.',
    name: 'Ihr Name',
    email: 'E-Mail',
    lookTitle: 'Prüfen Sie Ihre E-Mails',
    look: 'Wir haben Ihnen eine E-Mail geschickt. Klicken Sie auf den Link darin, bevor die Zeit abläuft; dann ist gebucht.',
    sentTo: ({ email }) => `Sie ging an ${email}.`,
    limit:
      'Mit dieser Adresse oder aus Ihrem Netz ist schon ein Termin reserviert. Bestätigen Sie ihn mit dem Link in der E-Mail, warten Sie zehn Minuten oder melden Sie sich mit einem Konto an.',
    said: 'Die Zeit ist für Sie reserviert. Klicken Sie auf den Link in der E-Mail.',
    ranOut: 'Ihre Zeit ist abgelaufen. Andere können sie wieder buchen.',
    giveBack: 'Freigeben',
    booked: 'Gebucht. In der E-Mail steht ein Link zum Verschieben oder Absagen.',
    givenBack: 'Sie haben die Zeit freigegeben.',
    free: ({ time }) => `${time} ist frei.`,
    cancelled: 'Diese Buchung wurde abgesagt.',
  },
})
