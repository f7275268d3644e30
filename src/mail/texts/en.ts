/** What mails say in English; the other languages have the same texts. */

interface Subject {
  /** Whom the appointment is with, or for, or what it is, as its reader knows it. */
  who: string
  /** Short: Fri 13 Aug, 14:00 */
  at: string
}

export const en = {
  greeting: (name: string) => `Hello ${name},`,
  comma: ', ',
  minutes: (minutes: number) => (minutes === 1 ? '1 minute' : `${minutes} minutes`),
  labels: {
    what: 'Appointment',
    when: 'When',
    before: 'Previously',
    clockOf: (name: string) => `Local time of ${name}`,
    provider: 'With',
    client: 'Client',
    where: 'Where',
    phone: 'Telephone',
    email: 'E-mail',
    note: 'Note',
    until: 'Until',
  },
  actions: {
    confirm: 'Confirm the appointment',
    giveBack: 'Give the time back',
    manage: 'See or change the appointment',
    move: 'Move it to another time',
    cancel: 'Cancel it',
    again: 'Find another time',
    accept: 'Take this time',
    decline: 'Not this time',
    leave: 'Leave the waiting list',
    calendar: 'Open your calendar',
    password: 'Set a new password',
    check: 'Confirm this address',
    change: 'Use this address',
    undo: 'Take the change back',
  },
  /** Instead of the name of a provider that is gone. */
  unnamed: 'your provider',
  held: {
    subject: ({ who, at }: Subject) => `Please confirm: ${who}, ${at}`,
    heading: 'Please confirm your appointment',
    text: (until: string) =>
      `This time is kept for you until ${until}. It is booked only when you confirm it.`,
    ignore: 'If you did not ask for this, you need not do anything: the time comes free by itself.',
  },
  confirmed: {
    subject: ({ who, at }: Subject) => `Confirmed: ${who}, ${at}`,
    heading: 'Your appointment is confirmed',
  },
  moved: {
    subject: ({ who, at }: Subject) => `New time: ${who}, ${at}`,
    heading: 'Your appointment has a new time',
  },
  cancelled: {
    subject: ({ who, at }: Subject) => `Cancelled: ${who}, ${at}`,
    heading: 'Your appointment is cancelled',
    byYou: 'You have cancelled this appointment.',
    byProvider: (provider: string) => `${provider} has cancelled this appointment.`,
    replaced: 'A newer booking of yours has taken its place.',
    said: (name: string) => `${name} wrote:`,
  },
  reminder: {
    subject: ({ who, at }: Subject) => `Reminder: ${who}, ${at}`,
    heading: 'Your appointment is coming up',
  },
  offer: {
    subject: ({ who, at }: Subject) => `A time has come free: ${who}, ${at}`,
    heading: 'A time has come free for you',
    text: (until: string) =>
      `You are on the waiting list, and this time is kept for you until ${until}. It is booked only when you take it. If you have not taken it by then, it goes to the next person.`,
  },
  calendar: {
    booked: 'New booking',
    moved: 'Booking moved',
    cancelled: 'Booking cancelled',
    subject: (what: string, { who, at }: Subject) => `${what}: ${who}, ${at}`,
    byClient: (client: string) => `${client} has cancelled.`,
    byYou: 'You have cancelled this booking.',
    replaced: (client: string) => `A newer booking of ${client} has taken its place.`,
    someone: 'a client',
  },
  digest: {
    subject: (changes: number) => `Changes in your calendar: ${changes}`,
    heading: 'What has changed in your calendar',
    more: (changes: number) => `Further changes: ${changes}`,
  },
  password: {
    subject: 'Set a new password',
    heading: 'Set a new password',
    text: (until: string) =>
      `Somebody, most likely you, wants to set a new password for this account. The link works once, until ${until}.`,
    ignore: 'If it was not you, you need not do anything: your password stays as it is.',
  },
  check: {
    subject: 'Confirm your e-mail address',
    heading: 'Confirm your e-mail address',
    text: (until: string) =>
      `Please confirm that this is the address of your account. The link works once, until ${until}.`,
    ignore: 'If you have no account here, you need not do anything.',
  },
  change: {
    subject: 'Confirm your new e-mail address',
    heading: 'Confirm your new e-mail address',
    text: (until: string) =>
      `This address is to become the one of an account. The link works once, until ${until}; without it nothing changes.`,
    ignore: 'If you did not ask for this, you need not do anything.',
  },
  asked: {
    subject: 'Another e-mail address was asked for',
    heading: 'Another e-mail address was asked for',
    text: (until: string) =>
      `Your account is to have another e-mail address as soon as a link in a mail to it is used. If that was not you, take the change back, until ${until}; then everybody is signed out, and the password ends.`,
    ignore: 'If you asked for this, you need not do anything.',
  },
  ended: {
    subject: 'Set a new password',
    heading: 'Set a new password',
    text: (until: string) =>
      `The change of your e-mail address was taken back, and the password of your account has ended. Set a new one. The link works once, until ${until}.`,
  },
  changed: {
    subject: 'Your e-mail address was changed',
    heading: 'Your e-mail address was changed',
    text: (until: string) =>
      `Your account has another address now, and mails go there. If that was not you, take the change back, until ${until}, and set a new password.`,
  },
  event: {
    with: (name: string) => `Appointment with ${name}`,
    over: 'This appointment no longer takes place.',
  },
  chosen: (url: string) => `Choose which mails you get in your account: ${url}`,
}

export type MailTexts = typeof en
