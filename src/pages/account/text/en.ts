import type { Grammar } from '../../shared/text/grammar.js'

import { access } from './access/en.js'
export const texts = ({ plural }: Grammar) => ({
  access,
  title: 'Your account',
  door: 'Sign in to change your name, your password or how you are signed in.',
  yourPassword: 'Your password',

  profile: {
    title: 'Name, time zone and language',
    save: 'Save',
    saved: 'Saved.',
    zone: 'Time zone',
    zoneOfProvider:
      'Your calendar is shown in it. What is booked already stays at the moment that was agreed.',
    language: 'Of the pages wherever you are signed in, and of mail to you.',
  },

  address: {
    pending: ({ email }: { email: string }) =>
      `A mail is on its way to ${email}; the address counts once you press its link.`,
    verified: 'This address is confirmed.',
    notVerified: 'This address is not confirmed yet.',
    check: 'Send me a link to confirm it',
    checkSent: 'A mail with a link is on its way.',
    title: 'E-mail address',
    button: 'Change address',
    done: 'Your address is changed. Sign in with it from now on.',
    now: ({ email }: { email: string }) => `You sign in with ${email}.`,
    newAddress: 'New address',
  },

  password: {
    title: 'Password',
    button: 'Change password',
    done: 'Your password is changed, and you are signed out everywhere else.',
    before: 'Current password',
    after: ({ count }: { count: number }) =>
      plural(count, {
        one: 'New password, # character or more',
        other: 'New password, # characters or more',
      }),
  },

  mails: {
    title: 'Mails',
    saved: 'Your choice is saved.',
    reminders: 'Remind me before an appointment',
    changes: 'Tell me when an appointment was confirmed, moved or cancelled',
    calendar: 'Changes in your calendar',
    each: 'A mail for each',
    digest: 'One mail a day',
    none: 'No mails',
  },

  display: {
    title: 'Clock and week',
    where: 'In this browser, for all pages. It is saved as soon as you choose.',
    clock: 'Clock',
    usual: ({ value }: { value: string }) => `As the browser has it (${value})`,
    hours: ({ count, sample }: { count: number; sample: string }) =>
      plural(count, { one: `# hour (${sample})`, other: `# hours (${sample})` }),
    weeks: 'Weeks begin on',
    looks: ({ time }: { time: string }) => `Times look like this: ${time}`,
  },

  sessions: {
    title: 'Where you are signed in',
    since: ({ time }: { time: string }) => `Since ${time}`,
    thisOne: 'This one',
    used: ({ last, until }: { last: string; until: string }) =>
      `Last used ${last}; ends if it is not used until ${until}`,
    outHere: 'Sign out here',
    outOf: ({ time }: { time: string }) => `Sign out the session of ${time}`,
    elsewhere: 'Sign out everywhere else',
    everywhere: 'Sign out everywhere',
    thereSaid: 'Signed out there.',
    elsewhereSaid: 'Signed out everywhere else.',
    everywhereSaid: 'Signed out everywhere.',
  },

  data: {
    title: 'Your data',
    what: 'Everything the server holds about you, in one file (JSON).',
    download: 'Download your data',
    said: 'Your data is downloaded.',
  },

  leave: {
    title: 'Delete this account',
    button: 'Delete account for good',
    providerLoses:
      'Your calendar, its open times and your services go, holds end, and nobody can book with you any more.',
    clientLoses:
      'What you hold is given back, what you have booked ahead is cancelled, and your name goes from what is past.',
    everywhere: 'You are signed out everywhere.',
    final: 'This cannot be undone.',
    cancelAhead: 'Cancel the bookings that lie ahead',
    ahead: 'Bookings lie ahead.',
    aheadNext: 'Nothing was deleted. Let them pass, or cancel them with the box above.',
  },
})

export type AccountTexts = ReturnType<typeof texts>
