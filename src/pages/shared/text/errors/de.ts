import type { Grammar } from '../grammar.js'
import type { Errors } from './en.js'

export const errors = ({ number }: Grammar): Errors => ({
  offline: {
    text: 'Der Server ist nicht erreichbar.',
    next: 'Prüfen Sie Ihre Verbindung; Ihre Auswahl bleibt erhalten, und Sie können es erneut versuchen.',
  },
  invalid_request: {
    text: 'Eine Angabe im Formular stimmt nicht.',
    next: 'Prüfen Sie die markierten Felder und senden Sie es erneut.',
  },
  unauthenticated: {
    text: 'Sie sind nicht mehr angemeldet.',
    next: 'Melden Sie sich an und versuchen Sie es erneut.',
  },
  wrong_password: {
    text: 'Die E-Mail-Adresse oder das Passwort ist falsch.',
    next: 'Prüfen Sie beides; beim Passwort zählt die Groß- und Kleinschreibung.',
  },
  forbidden: {
    text: 'Mit Ihrem Konto ist das nicht möglich.',
    next: 'Verwenden Sie ein Konto der anderen Art: Kunden buchen, Anbieter veröffentlichen.',
  },
  not_found: {
    text: 'Das gibt es nicht oder nicht mehr.',
    next: 'Gehen Sie zurück zum Kalender und wählen Sie dort.',
  },
  method_not_allowed: {
    text: 'Der Server bietet das hier nicht an.',
    next: 'Laden Sie die Seite neu und versuchen Sie es erneut.',
  },
  not_acceptable: {
    text: 'Der Server und diese Seite verstehen einander nicht.',
    next: 'Laden Sie die Seite neu und versuchen Sie es erneut.',
  },
  slot_held: {
    text: 'Jemand war gerade schneller und hat diesen Termin reserviert.',
    next: 'Vielleicht wird er wieder frei; oder nehmen Sie einen der nächsten freien Termine.',
  },
  slot_confirmed: {
    text: 'Jemand hat diesen Termin gebucht.',
    next: 'Nehmen Sie einen der nächsten freien Termine.',
  },
  slot_withdrawn: {
    text: 'Dieser Termin wird nicht mehr angeboten.',
    next: 'Nehmen Sie einen der nächsten freien Termine.',
  },
  client_busy: {
    text: 'Sie haben zu dieser Zeit bereits einen Termin.',
    next: 'Sie finden ihn unter „Meine Termine“; geben Sie ihn frei, wenn Sie lieber diesen möchten.',
  },
  hold_limit: {
    text: 'Sie haben so viele Termine reserviert, wie gleichzeitig möglich sind.',
    next: 'Bestätigen Sie einen oder geben Sie einen frei und wählen Sie dann noch einmal.',
  },
  booking_limit: {
    text: 'Sie haben bei diesem Anbieter so viele künftige Termine, wie möglich sind.',
    next: 'Kommen Sie wieder, wenn einer davon vorbei ist, oder sagen Sie einen ab.',
  },
  wait_limit: {
    text: 'Sie stehen auf so vielen Wartelisten, wie möglich sind.',
    next: 'Verlassen Sie zuerst eine davon.',
  },
  waiting_list_full: {
    text: 'Diese Warteliste ist voll.',
    next: 'Sehen Sie später wieder nach, oder wählen Sie einen anderen Anbieter.',
  },
  mail_unavailable: {
    text: 'Dieser Server verschickt keine E-Mails.',
    next: 'Legen Sie stattdessen ein Konto an, oder fragen Sie den Anbieter.',
  },
  link_taken: { text: 'Dieser Link ist bereits vergeben.', next: 'Wählen Sie einen anderen.' },
  email_taken: {
    text: 'Mit dieser E-Mail-Adresse gibt es bereits ein Konto.',
    next: 'Melden Sie sich stattdessen damit an.',
  },
  hold_expired: {
    text: 'Ihre Reservierung ist abgelaufen.',
    next: 'Wenn der Termin noch frei ist, reservieren Sie ihn erneut.',
  },
  hold_released: {
    text: 'Diese Reservierung wurde freigegeben oder vom Anbieter beendet.',
    next: 'Wählen Sie noch einmal einen Termin.',
  },
  precondition_failed: {
    text: 'Das wurde inzwischen an anderer Stelle geändert.',
    next: 'Sehen Sie es sich noch einmal an und wiederholen Sie dann Ihre Änderung.',
  },
  precondition_required: {
    text: 'Der Server und diese Seite verstehen einander nicht.',
    next: 'Laden Sie die Seite neu und versuchen Sie es erneut.',
  },
  too_large: {
    text: 'Das war mehr, als der Server auf einmal annimmt.',
    next: 'Senden Sie weniger auf einmal.',
  },
  uri_too_long: { text: 'Diese Adresse ist zu lang.', next: 'Gehen Sie zurück zur Startseite.' },
  unsupported_media_type: {
    text: 'Der Server und diese Seite verstehen einander nicht.',
    next: 'Laden Sie die Seite neu und versuchen Sie es erneut.',
  },
  min_notice: {
    text: 'Dieser Termin beginnt zu bald, um noch gebucht zu werden.',
    next: 'Wählen Sie einen späteren Termin.',
  },
  max_ahead: {
    text: 'Dieser Termin liegt zu weit in der Zukunft, um schon gebucht zu werden.',
    next: 'Wählen Sie einen früheren Termin.',
  },
  cutoff: {
    text: 'Es ist zu spät, um das selbst zu ändern.',
    next: 'Bitten Sie den Anbieter, es für Sie zu tun.',
  },
  extension_limit: {
    text: 'Diese Reservierung kann nicht länger dauern.',
    next: 'Bestätigen Sie sie, solange sie besteht, oder reservieren Sie später noch einmal.',
  },
  not_begun: {
    text: 'Dieser Termin hat noch nicht begonnen.',
    next: 'Vermerken Sie es, sobald er begonnen hat.',
  },
  does_not_fit: {
    text: 'Der Termin passt dort nicht hinein.',
    next: 'Wählen Sie eine andere Zeit; es werden nur passende angezeigt.',
  },
  too_many_exceptions: {
    text: `Das sind mehr als die ${number(200)} Tage oder Zeiträume, die von den wöchentlichen Zeiten abweichen dürfen.`,
    next: 'Löschen Sie die vergangenen.',
  },
  too_many_webhooks: {
    text: `Das sind mehr als die ${number(20)} Webhooks, die ein Anbieter haben kann.`,
    next: 'Löschen Sie einen, den Sie nicht mehr brauchen.',
  },
  url_refused: {
    text: 'An diese Adresse wird nichts gesendet.',
    next: 'Sie muss mit https:// beginnen und aus dem Internet erreichbar sein.',
  },
  too_many_keys: {
    text: `Das sind mehr als die ${number(20)} API-Schlüssel, die ein Konto haben kann.`,
    next: 'Widerrufen Sie einen, der nicht mehr verwendet wird.',
  },
  too_many_feeds: {
    text: `Das sind mehr als die ${number(10)} Kalender-Abos, die ein Konto haben kann.`,
    next: 'Widerrufen Sie eines, das nicht mehr verwendet wird.',
  },
  too_many_services: {
    text: `Das sind mehr als die ${number(50)} Leistungen, die ein Anbieter haben kann.`,
    next: 'Löschen Sie eine, die Sie nicht mehr brauchen.',
  },
  invalid_picture: {
    text: 'Diese Datei ist kein Bild, das angezeigt werden kann.',
    next: 'Wählen Sie ein unbewegtes Bild als PNG, JPEG oder WebP.',
  },
  off_grid: {
    text: 'Termine beginnen und enden zur Viertelstunde.',
    next: 'Wählen Sie :00, :15, :30 oder :45.',
  },
  invalid_local_time: {
    text: 'In dieser Nacht wird die Uhr umgestellt: Diese Uhrzeit gibt es nicht, oder es gibt sie zweimal.',
    next: 'Wählen Sie an diesem Tag eine andere Uhrzeit.',
  },
  in_the_past: { text: 'Dieser Termin ist vorbei.', next: 'Wählen Sie einen künftigen Termin.' },
  too_many_slots: {
    text: `Das sind mehr als ${number(3000)} Termine auf einmal oder mehr, als ein Kalender fasst.`,
    next: 'Veröffentlichen Sie weniger Wochen auf einmal oder weniger weit im Voraus.',
  },
  window_too_long: {
    text: `Dieser Zeitraum ist länger als ${number(62)} Tage.`,
    next: 'Wählen Sie einen kürzeren.',
  },
  service_inactive: {
    text: 'Diese Leistung wird nicht mehr angeboten.',
    next: 'Wählen Sie eine andere Leistung.',
  },
  idempotency_key_reused: {
    text: 'Diese Anfrage wurde mit einer anderen verwechselt.',
    next: 'Wählen Sie den Termin noch einmal.',
  },
  rate_limited: {
    text: 'Das waren sehr viele Anfragen auf einmal.',
    next: 'Warten Sie einen Moment und versuchen Sie es dann erneut.',
  },
  unavailable: {
    text: 'Das ist im Moment nicht möglich.',
    next: 'Es ist nichts verloren; versuchen Sie es in ein paar Sekunden erneut.',
  },
  internal: {
    text: 'Bei uns ist ein Fehler aufgetreten.',
    next: 'Versuchen Sie es erneut; bleibt der Fehler, sagen Sie bitte dem Anbieter Bescheid.',
  },
})
