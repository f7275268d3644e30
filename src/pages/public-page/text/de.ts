import type { PublicPageTexts } from './en.js'

export const texts = (): PublicPageTexts => ({
  title: 'Öffentliche Seite',
  heading: 'Ihre öffentliche Seite',
  intro: 'Alles hier sehen alle, die Ihre Seite öffnen oder Sie nach Namen finden.',
  fields: {
    title: 'Was Sie tun',
    place: 'Ort',
    address: 'Adresse',
    phone: 'Telefon',
    text: 'Über Sie',
    link: 'Link',
  },
  hints: {
    title: 'Zum Beispiel: Kinderarztpraxis',
    place: 'Wird statt der Stadt Ihrer Zeitzone gezeigt',
    text: 'Sprachen, Anfahrt, was mitzubringen ist',
  },
  picture: {
    title: 'Bild',
    hint: 'Wählen Sie eine Datei oder legen Sie sie hier ab. Sie wird verkleinert und sofort gezeigt.',
    working: 'Wird bearbeitet …',
    choose: 'Bild wählen',
    another: 'Anderes wählen',
    remove: 'Entfernen',
    isShown: 'Ihr Bild ist auf Ihrer Seite.',
    isGone: 'Ihr Bild ist nicht mehr auf Ihrer Seite.',
  },
  saving: 'Wird gespeichert …',
  save: 'Speichern',
  notSaved: 'Noch nicht gespeichert',
  saved: 'Gespeichert. Ihre Seite zeigt es jetzt.',
  allSaved: 'Alles ist gespeichert',
  link: {
    title: 'Link zu Ihrer Seite',
    copy: 'Kopieren',
    open: 'Öffnen',
    letters: 'Buchstaben a bis z, Ziffern und Bindestriche.',
    former: ({ links }) => `Frühere Links gelten weiter: ${links}.`,
    goesOn: 'Wenn Sie ihn ändern, gilt der alte Link weiter.',
    taken: 'Diesen Link hat schon jemand, oder er wird frei gehalten. Wählen Sie einen anderen.',
  },
  clash: {
    title: 'Ihre Seite wurde inzwischen an anderer Stelle geändert.',
    merged:
      'Die anderen Änderungen sind jetzt hier zu sehen, und was Sie geschrieben haben, bleibt. Speichern Sie noch einmal.',
    both: ({ fields }) =>
      `Was Sie geschrieben haben, bleibt. Auch dort geändert: ${fields}. Speichern Sie noch einmal, um es zu ersetzen, oder übernehmen Sie, was dort gespeichert wurde.`,
    again: 'Noch einmal speichern',
    take: 'Dort Gespeichertes übernehmen',
  },
  preview: {
    title: 'Wie Kunden es sehen',
    head: 'Oben auf Ihrer Seite',
    list: 'In der Liste der Anbieter',
  },
})
