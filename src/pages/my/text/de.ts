import type { MyTexts } from './en.js'

export const texts = (): MyTexts => ({
  title: 'Meine Termine',
  door: 'Melden Sie sich an, um zu sehen, was Sie reserviert und gebucht haben.',
  wrongTitle: 'Sie sind mit einem Anbieterkonto angemeldet',
  wrongText:
    'Die Termine Ihrer Kunden stehen in Ihrem Kalender. Um selbst zu buchen, verwenden Sie ein Kundenkonto.',
  timesOf: ({ city }) => `Die Uhrzeiten gelten für ${city}.`,
  nothing: 'Noch nichts gebucht',
  nothingText: 'Hier erscheinen die Termine, die Sie reservieren oder buchen.',
  find: 'Freien Termin finden',
  lost: 'Vom Anbieter abgesagt',
  held: 'Reserviert, noch nicht bestätigt',
  coming: 'Bevorstehend',
  past: ({ figure }) => `Vergangen und beendet (${figure})`,
  ranOutSaid: ({ time }) => `Ihre Reservierung für ${time} ist abgelaufen.`,
  endedSaid: ({ time, how }) => `Ihre Reservierung für ${time}: ${how}`,

  item: {
    elsewhere: ({ time, city }) => `${time} in ${city}`,
    wallTimeWas: ({ time, city }) =>
      `Bei der Buchung war es ${time} in ${city}. Der Zeitpunkt ist derselbe; die Uhr des Anbieters zeigt jetzt eine andere Zeit.`,
    serviceWith: ({ service, span, name }) => `${service}, ${span} bei ${name}`,
    leftToConfirm: 'bis zum Ablauf',
    longerSaid: 'Die Reservierung gilt länger.',
    again: 'Erneut buchen',
  },

  ended: {
    tookPlace: 'Hat stattgefunden.',
    ranOut: 'Die Reservierung ist abgelaufen.',
    released: 'Freigegeben oder vom Anbieter beendet.',
    replaced: 'Eine neuere Buchung ist an ihre Stelle getreten.',
    cancelled: 'Abgesagt.',
    byYou: 'Von Ihnen abgesagt.',
    by: ({ name }) => `Von ${name} abgesagt.`,
    quoted: ({ note }) => `„${note}“`,
  },

  cutoff: {
    tooLate: 'Es ist zu spät, um hier abzusagen oder zu verschieben.',
    both: ({ time }) => `Sie können bis ${time} absagen oder verschieben.`,
    each: ({ move, cancel }) => `Sie können bis ${move} verschieben und bis ${cancel} absagen.`,
    moveOnly: ({ move }) => `Sie können bis ${move} verschieben, aber hier nicht mehr absagen.`,
    cancelOnly: ({ cancel }) => `Sie können hier nicht mehr verschieben, aber bis ${cancel} absagen.`,
    askForThat: 'Wenden Sie sich dafür an die Praxis.',
    askAfterThat: 'Wenden Sie sich danach an die Praxis.',
    callForThat: ({ phone }) => `Rufen Sie dafür die Praxis an: ${phone}.`,
    callAfterThat: ({ phone }) => `Rufen Sie danach die Praxis an: ${phone}.`,
  },
})
