import type { MailTexts } from './en.js'

export const de: MailTexts = {
  greeting: (name) => `Guten Tag ${name},`,
  comma: ', ',
  minutes: (minutes) => (minutes === 1 ? '1 Minute' : `${minutes} Minuten`),
  labels: {
    what: 'Termin',
    when: 'Wann',
    before: 'Bisher',
    clockOf: (name) => `Ortszeit von ${name}`,
    provider: 'Bei',
    client: 'Für',
    where: 'Wo',
    phone: 'Telefon',
    email: 'E-Mail',
    note: 'Anmerkung',
    until: 'Bis',
  },
  actions: {
    confirm: 'Termin bestätigen',
    giveBack: 'Zeit freigeben',
    manage: 'Termin ansehen oder ändern',
    move: 'Auf eine andere Zeit verschieben',
    cancel: 'Termin absagen',
    again: 'Andere Zeit suchen',
    accept: 'Diese Zeit nehmen',
    decline: 'Diese Zeit nicht',
    leave: 'Warteliste verlassen',
    calendar: 'Kalender öffnen',
    password: 'Neues Passwort festlegen',
    check: 'Diese Adresse bestätigen',
    change: 'Diese Adresse verwenden',
    undo: 'Änderung zurücknehmen',
  },
  unnamed: 'Ihr Anbieter',
  held: {
    subject: ({ who, at }) => `Bitte bestätigen: ${who}, ${at}`,
    heading: 'Bitte bestätigen Sie Ihren Termin',
    text: (until) =>
      `Diese Zeit ist bis ${until} für Sie reserviert. Gebucht ist sie erst, wenn Sie sie bestätigen.`,
    ignore:
      'Wenn Sie das nicht angefragt haben, müssen Sie nichts tun: Die Zeit wird von selbst wieder frei.',
  },
  confirmed: {
    subject: ({ who, at }) => `Bestätigt: ${who}, ${at}`,
    heading: 'Ihr Termin ist bestätigt',
  },
  moved: {
    subject: ({ who, at }) => `Neue Zeit: ${who}, ${at}`,
    heading: 'Ihr Termin hat eine neue Zeit',
  },
  cancelled: {
    subject: ({ who, at }) => `Abgesagt: ${who}, ${at}`,
    heading: 'Ihr Termin ist abgesagt',
    byYou: 'Sie haben diesen Termin abgesagt.',
    byProvider: (provider) => `${provider} hat diesen Termin abgesagt.`,
    replaced: 'Eine neuere Buchung von Ihnen ist an seine Stelle getreten.',
    said: (name) => `${name} schreibt dazu:`,
  },
  reminder: {
    subject: ({ who, at }) => `Erinnerung: ${who}, ${at}`,
    heading: 'Ihr Termin steht bevor',
  },
  offer: {
    subject: ({ who, at }) => `Eine Zeit ist frei geworden: ${who}, ${at}`,
    heading: 'Für Sie ist eine Zeit frei geworden',
    text: (until) =>
      `Sie stehen auf der Warteliste, und diese Zeit ist bis ${until} für Sie reserviert. Gebucht ist sie erst, wenn Sie sie nehmen. Haben Sie sie bis dahin nicht genommen, geht sie an die nächste Person.`,
  },
  calendar: {
    booked: 'Neue Buchung',
    moved: 'Buchung verschoben',
    cancelled: 'Buchung abgesagt',
    subject: (what, { who, at }) => `${what}: ${who}, ${at}`,
    byClient: (client) => `${client} hat abgesagt.`,
    byYou: 'Sie haben diese Buchung abgesagt.',
    replaced: (client) => `Eine neuere Buchung von ${client} ist an ihre Stelle getreten.`,
    someone: 'eine Person',
  },
  digest: {
    subject: (changes) => `Änderungen in Ihrem Kalender: ${changes}`,
    heading: 'Was sich in Ihrem Kalender geändert hat',
    more: (changes) => `Weitere Änderungen: ${changes}`,
  },
  password: {
    subject: 'Neues Passwort festlegen',
    heading: 'Neues Passwort festlegen',
    text: (until) =>
      `Jemand, vermutlich Sie selbst, möchte für dieses Konto ein neues Passwort festlegen. Der Link gilt einmal und bis ${until}.`,
    ignore: 'Wenn Sie das nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.',
  },
  check: {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    heading: 'Bestätigen Sie Ihre E-Mail-Adresse',
    text: (until) =>
      `Bitte bestätigen Sie, dass dies die Adresse Ihres Kontos ist. Der Link gilt einmal und bis ${until}.`,
    ignore: 'Wenn Sie hier kein Konto haben, müssen Sie nichts tun.',
  },
  change: {
    subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    heading: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    text: (until) =>
      `Diese Adresse soll die Adresse eines Kontos werden. Der Link gilt einmal und bis ${until}; ohne ihn ändert sich nichts.`,
    ignore: 'Wenn Sie das nicht angefragt haben, müssen Sie nichts tun.',
  },
  asked: {
    subject: 'Eine andere E-Mail-Adresse wurde angefragt',
    heading: 'Eine andere E-Mail-Adresse wurde angefragt',
    text: (until) =>
      `Ihr Konto soll eine andere E-Mail-Adresse bekommen, sobald ein Link in einer Nachricht an sie benutzt wird. Wenn Sie das nicht waren, nehmen Sie die Änderung bis ${until} zurück; dann werden alle abgemeldet, und das Passwort gilt nicht mehr.`,
    ignore: 'Wenn Sie das angefragt haben, müssen Sie nichts tun.',
  },
  ended: {
    subject: 'Neues Passwort festlegen',
    heading: 'Neues Passwort festlegen',
    text: (until) =>
      `Die Änderung Ihrer E-Mail-Adresse wurde zurückgenommen, und das Passwort Ihres Kontos gilt nicht mehr. Legen Sie ein neues fest. Der Link gilt einmal und bis ${until}.`,
  },
  changed: {
    subject: 'Ihre E-Mail-Adresse wurde geändert',
    heading: 'Ihre E-Mail-Adresse wurde geändert',
    text: (until) =>
      `Ihr Konto hat jetzt eine andere Adresse, und E-Mails gehen dorthin. Wenn Sie das nicht waren, nehmen Sie die Änderung bis ${until} zurück und legen Sie ein neues Passwort fest.`,
  },
  event: {
    with: (name) => `Termin bei ${name}`,
    over: 'Dieser Termin findet nicht mehr statt.',
  },
  chosen: (url) => `Welche E-Mails Sie bekommen, legen Sie in Ihrem Konto fest: ${url}`,
}
