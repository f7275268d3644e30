import { errors } from './errors/en.js'
import type { Grammar } from './grammar.js'

export const texts = (grammar: Grammar) => ({
  skip: 'Skip to content',
  pages: 'Pages',
  language: 'Language',
  yourCalendar: 'Your calendar',
  myBookings: 'My bookings',
  forProviders: 'For providers',
  signIn: 'Sign in',
  signOut: 'Sign out',
  provider: 'Provider',
  client: 'Client',
  yourAccount: 'Your account',
  accountOf: ({ name }: { name: string }) => `Account: ${name}`,
  close: 'Close',
  tryAgain: 'Try again',
  asking: 'Asking …',

  live: 'Live',
  connecting: 'Connecting',
  reconnecting: 'Reconnecting, times may have changed',
  reconnectingSince: ({ time }: { time: string }) => `Reconnecting, times may have changed since ${time}`,
  liveAgain: 'Live again.',
  liveLost: 'The live connection is lost; times may have changed.',
  moreChanges: ({ count }: { count: number }) =>
    grammar.plural(count, { one: 'And # more change.', other: 'And # more changes.' }),

  practice: {
    nav: 'Your practice',
    calendar: 'Calendar',
    dayList: 'Day list',
    hours: 'Hours',
    services: 'Services',
    publicPage: 'Public page',
    doorTitle: 'Your calendar, live',
    doorText:
      'Publish when you work. Clients hold and book, and you see it in the same moment, with their names.',
    wrongTitle: 'This is for providers',
    wrongText: 'You are signed in as a client. Sign out to use a provider account.',
  },

  about: 'About',
  theClient: 'the client',
  theProvider: 'the provider',
  didCome: ({ name }: { name: string }) => `Did ${name} come?`,
  arrived: 'Arrived',
  noShow: 'No-show',
  copied: 'Copied',
  copiedSaid: 'Copied.',

  sign: {
    isNew: 'I am new here',
    isKnown: 'I have an account',
    name: 'Your name',
    email: 'E-mail',
    password: 'Password',
    newPassword: ({ count }: { count: number }) =>
      grammar.plural(count, {
        one: 'Password, # character or more',
        other: 'Password, # characters or more',
      }),
    zone: 'Time zone you work in',
    forgotten: 'Forgotten?',
    sendLink: 'Send a link to set another password',
    linkSent: 'If there is an account with this address, a mail with a link is on its way.',
    back: 'Back',
    create: 'Create account',
  },

  zones: {
    list: 'Time zones',
    yourDevice: 'your device',
    thereNow: ({ offset, time }: { offset: string; time: string }) => `${offset}, ${time} there now`,
    looking: 'Looking up the zones …',
    none: ({ example }: { example: string }) =>
      `No zone of that name: try a large city nearby, or an offset such as ${example}.`,
    many: ({ count, example }: { count: number; example: string }) =>
      grammar.plural(count, {
        one: `# zone: type a city, a country or an offset such as ${example}.`,
        other: `# zones: type a city, a country or an offset such as ${example}.`,
      }),
    found: ({ count }: { count: number }) => grammar.plural(count, { one: '# zone', other: '# zones' }),
  },

  confirmBooking: 'Confirm booking',
  giveBack: 'Give it back',
  move: 'Move',
  moreTime: 'I need more time',
  addToCalendar: 'Add to calendar',
  cancelBooking: 'Cancel booking',
  cancelSure: 'Yes, cancel it',
  keepIt: 'Keep it',
  booked: 'Booked',
  bookedSaid: 'Booked.',
  givenBackSaid: 'Given back.',
  bookingCancelledSaid: 'Booking cancelled.',
  nextFree: ({ time }: { time: string }) => `Next free: ${time}`,

  morning: 'Morning',
  afternoon: 'Afternoon',
  evening: 'Evening',

  errors: errors(grammar),
  unknownError: { text: 'That did not work.', next: 'Try again in a moment.' },
  aboutSoLong: ({ span }: { span: string }) => `About ${span}.`,
  endsAt: ({ time }: { time: string }) => `It ends at ${time}.`,

  /** What is wrong with a field, by the rule that it broke. */
  faults: {
    required: 'This is missing.',
    minLength: 'This is too short.',
    maxLength: 'This is too long.',
    minimum: 'This is too small.',
    maximum: 'This is too large.',
    email: 'This must be an e-mail address.',
    phone: 'This must be a telephone number: digits, spaces and + - ( ) / .',
    link: 'This must have letters a to z, digits and hyphens, and begin and end with a letter or digit.',
    name: 'This must have visible characters, and none that control lines or directions.',
    text: 'This must have visible characters, and none that control directions.',
    'time-zone': 'This must be a time zone, such as Europe/Berlin.',
    date: 'This must be a day that exists.',
    wrongPassword: 'This is not your password.',
    emailTaken: 'There is already an account with this address.',
    other: 'This is not right.',
  },
})

export type CommonTexts = ReturnType<typeof texts>
