import type { Grammar } from '../../shared/text/grammar.js'

export const texts = ({ plural }: Grammar) => ({
  title: 'Book a time',
  lostTitle: 'There is no such calendar',
  lostText: 'The link may be old, or a part of it got lost.',
  findProvider: 'Find a provider',
  timesIn: 'Times in',
  zoneOfProvider: 'provider',
  zoneOfReader: 'yours',
  useZone: ({ city }: { city: string }) => `Use ${city}`,

  services: {
    heading: 'What would you like to book?',
    gone: 'What the link names is not offered any more. Choose another.',
    others: 'Other services',
  },

  month: {
    label: 'Choose a day',
    before: 'Month before',
    after: 'Month after',
    days: 'Days, arrow keys move between them',
    twoWeeks: 'Show two weeks',
    whole: 'Show the whole month',
    today: ', today',
    clocksChange: ', clocks change',
    over: 'over',
    none: 'no times',
    soon: 'soon',
    notYet: 'not yet',
    full: 'full',
    /** Follow the word, for ears only; so does `free`, which follows the number. */
    soonRest: ', too soon to book',
    notYetRest: ' to be booked',
    free: ({ count }: { count: number }) => plural(count, { one: ' free time', other: ' free times' }),
  },

  day: {
    free: ({ count }: { count: number }) => plural(count, { one: '# free', other: '# free' }),
    clocksForward: ({ span }: { span: string }) =>
      `Clocks go forward by ${span} this night; the times here are right for it.`,
    clocksBack: ({ span }: { span: string }) =>
      `Clocks go back by ${span} this night; the times here are right for it.`,
    twoZones: ({ here, there }: { here: string; there: string }) =>
      `Large is your time, ${here}. Small is ${there}, where the provider works.`,
    nothingFree: ({ time }: { time: string }) => `${time}: nothing free`,
    restTo: ({ time }: { time: string }) => `to ${time}`,
    full: 'Nothing is free on this day.',
    none: 'No times on this day.',
    freeBefore: ({ time }: { time: string }) => `Free before: ${time}`,
    noneForLong: 'Nothing is free in the next two months. Times appear here as they are published.',
  },

  /** In a cell: a word, and behind it what is for ears only. */
  slot: {
    asking: 'asking …',
    chosen: 'chosen',
    free: 'free',
    freeIn: ({ city }: { city: string }) => ` in ${city}, free`,
    untilNow: 'until now',
    untilNowRest: ', kept until you have a new time',
    yours: 'yours',
    yoursBookedRest: ', booked by you',
    yoursHeldRest: ' left, press to confirm it',
    overlaps: 'overlaps',
    overlapsRest: ' a time of yours',
    held: 'held',
    heldRest: ' by someone',
    heldUntilRest: ({ time }: { time: string }) => ` by someone, may come free at ${time}`,
    booked: 'booked',
    withdrawn: 'withdrawn',
    withdrawnRest: ', no longer offered',
    tooSoon: 'too soon',
    tooSoonRest: ' to book',
    notYet: 'not yet',
    notYetRest: ' to be booked',
  },

  hold: {
    title: ({ time }: { time: string }) => `Hold ${time}`,
    chosenFree: ({ time, span }: { time: string; span: string }) =>
      `${time} is free. As soon as you are signed in it is held for you for ${span}.`,
    chosenTaken: ({ time }: { time: string }) =>
      `${time} was taken by someone a moment ago. Go on, and we show you the nearest free times.`,
    chosenGone: 'This time was taken by someone a moment ago. Go on, and we show you the nearest free times.',
    heading: 'You hold this time',
    lastMinute: 'Less than a minute left: confirm now or it is free for others.',
    lastMinutes: 'Less than five minutes left.',
    leftSaid: ({ span, time }: { span: string; time: string }) => `${span} left to confirm ${time}.`,
    heldSaid: ({ time, span }: { time: string; span: string }) =>
      `You hold ${time} for ${span}. Confirm it to book.`,
    longerSaid: ({ span }: { span: string }) => `The hold lasts ${span} from now.`,
    ranOutSaid: ({ time }: { time: string }) => `Your hold on ${time} has run out.`,
    endedSaid: ({ time }: { time: string }) => `Your hold on ${time} has ended.`,
    cancelledSaid: ({ time }: { time: string }) => `Your booking at ${time} was cancelled.`,
  },

  moving: {
    choose: 'Choose a new time',
    keeps: 'This time stays yours until you have another.',
    here: 'Move it here?',
    move: 'Move it',
    keepOld: 'Keep the old time',
    moved: 'Moved',
    movedSaid: ({ time }: { time: string }) => `Moved to ${time}.`,
  },

  done: {
    with: ({ span, name }: { span: string; name: string }) => `${span} with ${name}`,
    serviceWith: ({ service, span, name }: { service: string; span: string; name: string }) =>
      `${service}, ${span} with ${name}`,
    noFile: 'The calendar file could not be fetched. Try again.',
    share: 'Share link',
    shareLabel: 'Link to this day',
  },

  notice: {
    reachedAgain: { text: 'The server is reached again.', next: 'Try once more.' },
    forProviders: {
      text: 'You are signed in as a provider.',
      next: 'Booking needs a client account: sign out, then press the time again.',
    },
    mayComeFree: ({ time }: { time: string }) => `It may come free by ${time}.`,
    stillYours: ({ time }: { time: string }) => `Nothing has changed: ${time} is still yours.`,
    noOther: 'No other time is free at the moment.',
    ranOut: 'Your hold has run out.',
    ranOutFree: 'Your hold has run out, so the time is free for everybody again.',
    released: 'This hold was ended by the provider or in another window.',
    replaced: 'A newer booking of yours took its place.',
    cancelledBy: ({ name }: { name: string }) => `This booking was cancelled by ${name}.`,
    cancelledHere: 'This booking was cancelled in another window.',
    cancelled: 'This booking was cancelled by the provider or in another window.',
    withdrawn: 'The time is no longer offered.',
    quoted: ({ note }: { note: string }) => `“${note}”`,
    again: 'Hold it again',
  },

  panel: {
    label: 'Your times',
    refused: ({ time }: { time: string }) => `${time}: not available`,
    ranOut: ({ time }: { time: string }) => `${time}: run out`,
    ended: ({ time }: { time: string }) => `${time}: ended`,
    moving: ({ time }: { time: string }) => `Moving ${time}`,
    booked: ({ time }: { time: string }) => `${time}: booked`,
    moved: ({ time }: { time: string }) => `${time}: moved`,
    how: 'How it works',
    press: 'Press a free time.',
    pressText: ({ press, span }: { press: string; span: string }) =>
      `${press} It is yours for ${span}; nobody else can take it.`,
    pressSignedOut: ({ press, span }: { press: string; span: string }) =>
      `${press} Once you are signed in it is yours for ${span}; nobody else can take it.`,
    confirm: 'Confirm it',
    confirmText: ({ confirm }: { confirm: string }) =>
      `${confirm} while the hold lasts. Or give it back, and others see it free at once.`,
    notice: ({ span }: { span: string }) => `Times can be booked up to ${span} before they start.`,
    earlier: ({ count, name }: { count: number; name: string }) =>
      plural(count, { one: `Your booking with ${name}`, other: `Your bookings with ${name}` }),
    change: 'Change or cancel in My bookings',
  },

  /** Others' changes, for ears. */
  changed: {
    held: ({ time }: { time: string }) => `${time} is held by someone.`,
    released: ({ time }: { time: string }) => `${time} is free again.`,
    confirmed: ({ time }: { time: string }) => `${time} is booked.`,
    opened: ({ time }: { time: string }) => `${time} is now offered.`,
    withdrawn: ({ time }: { time: string }) => `${time} is no longer offered.`,
    notFree: ({ time }: { time: string }) => `${time} is no longer free.`,
  },

  guest: {
    done: 'Booked',
    title: 'Book without an account',
    button: 'Hold it and send me the link',
    why: 'We mail you a link. The time is booked once you press it, within ten minutes.',
    name: 'Your name',
    email: 'E-mail',
    lookTitle: 'Check your e-mail',
    look: 'We have sent you a mail. Press its link before the time runs out; then it is booked.',
    sentTo: ({ email }: { email: string }) => `It went to ${email}.`,
    limit:
      'Somebody with this address, or from your network, holds a time already. Confirm it by the link in the mail, wait ten minutes, or sign in with an account.',
    said: 'The time is held for you. Press the link in the mail.',
    ranOut: 'Your time has run out. It is free for others again.',
    giveBack: 'Give it back',
    booked: 'It is booked. The mail has a link to move or cancel it.',
    givenBack: 'You gave the time back.',
    free: ({ time }: { time: string }) => `${time} is free.`,
    cancelled: 'This booking was cancelled.',
  },
})

export type BookingTexts = ReturnType<typeof texts>
