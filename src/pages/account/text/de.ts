import type { Grammar } from '../../shared/text/grammar.js'

import { access } from './access/de.js'
import type { AccountTexts } from './en.js'

export const texts = ({ plural }: Grammar): AccountTexts => ({
  access,
  title: 'Ihr Konto',
  door: 'Melden Sie sich an, um Ihren Namen, Ihr Passwort oder Ihre Anmeldungen zu ändern.',
  yourPassword: 'Ihr Passwort',

  profile: {
    title: 'Name, Zeitzone und Sprache',
    save: 'Speichern',
    saved: 'Gespeichert.',
    zone: 'Zeitzone',
    zoneOfProvider:
      'Ihr Kalender wird in dieser Zeitzone angezeigt. Was schon gebucht ist, bleibt zum vereinbarten Zeitpunkt.',
    language: 'Für die Seiten, wo immer Sie angemeldet sind, und für E-Mails an Sie.',
  },

  address: {
    pending: ({ email }) =>
      `Eine E-Mail ist unterwegs an ${email}; die Adresse gilt, sobald Sie auf den Link darin klicken.`,
    verified: 'Diese Adresse ist bestätigt.',
    notVerified: 'Diese Adresse ist noch nicht bestätigt.',
    check: 'Link zum Bestätigen senden',
    checkSent: 'Eine E-Mail mit einem Link ist unterwegs.',
    title: 'E-Mail-Adresse',
    button: 'Adresse ändern',
    done: 'Ihre Adresse ist geändert. Melden Sie sich ab jetzt damit an.',
    now: ({ email }) => `Sie melden sich mit ${email} an.`,
    newAddress: 'Neue Adresse',
  },

  password: {
    title: 'Passwort',
    button: 'Passwort ändern',
    done: 'Ihr Passwort ist geändert, und Sie sind überall sonst abgemeldet.',
    before: 'Bisheriges Passwort',
    after: ({ count }) =>
      plural(count, {
        one: 'Neues Passwort, mindestens # Zeichen',
        other: 'Neues Passwort, mindestens # Zeichen',
      }),
  },

  mails: {
    title: 'E-Mails',
    saved: 'Ihre Auswahl ist gespeichert.',
    reminders: 'Vor einem Termin erinnern',
    changes: 'Mitteilen, wenn ein Termin bestätigt, verschoben oder abgesagt wurde',
    calendar: 'Änderungen in Ihrem Kalender',
    each: 'Eine E-Mail für jede',
    digest: 'Eine E-Mail am Tag',
    none: 'Keine E-Mails',
  },

  display: {
    title: 'Uhr und Woche',
    where: 'In diesem Browser, für alle Seiten. Ihre Auswahl wird sofort gespeichert.',
    clock: 'Uhr',
    usual: ({ value }) => `Wie im Browser (${value})`,
    hours: ({ count, sample }) =>
      plural(count, { one: `# Stunde (${sample})`, other: `# Stunden (${sample})` }),
    weeks: 'Wochen beginnen am',
    looks: ({ time }) => `Uhrzeiten sehen so aus: ${time}`,
  },

  sessions: {
    title: 'Wo Sie angemeldet sind',
    since: ({ time }) => `Seit ${time}`,
    thisOne: 'Diese Anmeldung',
    used: ({ last, until }) => `Zuletzt verwendet ${last}; endet, wenn sie bis ${until} nicht verwendet wird`,
    outHere: 'Hier abmelden',
    outOf: ({ time }) => `Abmelden: Sitzung vom ${time}`,
    elsewhere: 'Überall sonst abmelden',
    everywhere: 'Überall abmelden',
    thereSaid: 'Dort abgemeldet.',
    elsewhereSaid: 'Überall sonst abgemeldet.',
    everywhereSaid: 'Überall abgemeldet.',
  },

  data: {
    title: 'Ihre Daten',
    what: 'Alles, was der Server über Sie gespeichert hat, in einer Datei (JSON).',
    download: 'Daten herunterladen',
    said: 'Ihre Daten sind heruntergeladen.',
  },

  leave: {
    title: 'Dieses Konto löschen',
    button: 'Konto endgültig löschen',
    providerLoses:
      'Ihr Kalender, seine freien Termine und Ihre Leistungen werden gelöscht, Reservierungen enden, und niemand kann mehr bei Ihnen buchen.',
    clientLoses:
      'Was Sie reserviert haben, wird freigegeben, was Sie künftig gebucht haben, wird abgesagt, und Ihr Name wird aus vergangenen Terminen entfernt.',
    everywhere: 'Sie werden überall abgemeldet.',
    final: 'Das lässt sich nicht rückgängig machen.',
    cancelAhead: 'Bevorstehende Termine absagen',
    ahead: 'Es stehen noch Termine bevor.',
    aheadNext: 'Es wurde nichts gelöscht. Warten Sie sie ab oder sagen Sie sie mit dem Kästchen oben ab.',
  },
})
