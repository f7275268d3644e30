/** The weekly hours of a provider, and the days that differ. */
import type { Grammar } from '../../shared/text/grammar.js'

export const texts = ({ number, plural }: Grammar) => ({
  title: 'Hours',
  heading: 'Your hours',
  timeOffLink: 'Time off',
  /** Beside each other: "48 open times". */
  aClient: 'A client',
  heldOnly: '(held, not booked yet)',
  midnight: 'midnight',
  closing: 'Closing …',
  saving: 'Saving …',
  looking: 'Looking …',
  weekly: {
    title: 'Every week',
    usual: ({ place }: { place: string }) => `A usual week to begin with, not saved yet. Times in ${place}.`,
    timesIn: ({ place }: { place: string }) => `Times in ${place}.`,
    faulty: 'Some times are not right yet.',
    offer: 'Offer these hours',
    save: 'Save hours',
    none: 'No weekly hours are offered.',
    until: ({ day }: { day: string }) => `Offered until ${day}; each day one more follows by itself.`,
    untilLast: ({ day }: { day: string }) => `Offered until ${day}, the last day that you have set.`,
    outside: ({ bookings }: { bookings: number }) =>
      plural(bookings, {
        one: '# booking outside of your hours. Move or cancel it in the calendar:',
        other: '# bookings outside of your hours. Move or cancel them in the calendar:',
      }),
    saved: 'Saved.',
    opened: ({ opened, withdrawn }: { opened: number; withdrawn: number }) => {
      const times = plural(opened, { one: '# time opened', other: '# times opened' })
      return withdrawn > 0 ? `${times}, ${number(withdrawn)} withdrawn.` : `${times}.`
    },
    nowOutside: ({ bookings }: { bookings: number }) =>
      plural(bookings, {
        one: '# booking outside of the hours:',
        other: '# bookings outside of the hours:',
      }),
    seeCalendar: 'See your calendar',
    saySaved: ({ opened, withdrawn }: { opened: number; withdrawn: number }) =>
      `Hours saved. ${number(opened)} times opened, ${number(withdrawn)} withdrawn.`,
    overtaken: 'These hours were changed somewhere else in the meantime.',
    savedNow: 'Saved now:',
    noHours: 'no hours',
    saveAgain: 'Save once more to replace them by yours, or',
    takeSaved: 'Take what is saved',
    closed: 'Closed',
    block: ({ day, block }: { day: string; block: number }) => `${day}, block ${number(block)}`,
    add: 'Hours',
    addOn: ({ day }: { day: string }) => `Add hours on ${day}`,
    copy: 'Copy to Mon–Fri',
    copyOf: ({ day }: { day: string }) => `Copy to Mon–Fri, the hours of ${day}`,
    reach: 'How far ahead, from when, until when',
    horizon: 'Days ahead that can be seen and booked',
    firstDay: 'First day (empty: today)',
    lastDay: 'Last day (empty: no end)',
    horizonFault: ({ least, most }: { least: number; most: number }) =>
      `From ${number(least)} to ${number(most)} days.`,
  },
  /** One block of hours, for ears. */
  span: {
    from: ({ name }: { name: string }) => `${name} from`,
    to: ({ name }: { name: string }) => `${name} to`,
    remove: ({ name }: { name: string }) => `Remove ${name}`,
    fault: 'The end must be after the start.',
  },
  daysFault: 'The last day must not be before the first.',
  preview: {
    none: ({ day }: { day: string }) => `Changes no open time until ${day}.`,
    opens: ({ times, day }: { times: number; day: string }) =>
      plural(times, {
        one: `Opens # time until ${day}.`,
        other: `Opens # times until ${day}.`,
      }),
    withdraws: ({ times, day }: { times: number; day: string }) =>
      plural(times, {
        one: `Withdraws # time until ${day}.`,
        other: `Withdraws # times until ${day}.`,
      }),
    both: ({ opens, withdraws, day }: { opens: number; withdraws: number; day: string }) => {
      const first = plural(opens, { one: 'Opens # time', other: 'Opens # times' })
      const then = plural(withdraws, {
        one: 'withdraws # time',
        other: 'withdraws # times',
      })
      return `${first}, ${then} until ${day}.`
    },
    outside: ({ bookings }: { bookings: number }) =>
      plural(bookings, {
        one: '# booking lies outside:',
        other: '# bookings lie outside:',
      }),
    stay: 'They stay until you move or cancel them.',
    clocksChange: ({ day, from, to, length }: { day: string; from: string; to: string; length: string }) =>
      `${day}: The clocks change: ${from} to ${to} lasts ${length}.`,
  },
  timeOff: {
    title: 'Time off',
    tomorrow: 'Tomorrow',
    nextFriday: ({ date }: { date: string }) => `Next Friday, ${date}`,
    nextWeek: ({ date }: { date: string }) => `Next week, from ${date}`,
    first: 'First day off',
    last: 'Last day (optional)',
    looking: 'Looking who is booked …',
    withdraws: ({ days, times }: { days: string; times: number }) =>
      plural(times, {
        one: `${days}: withdraws # open time.`,
        other: `${days}: withdraws # open times.`,
      }),
    nobody: 'Nobody is booked.',
    affected: ({ bookings }: { bookings: number }) =>
      plural(bookings, {
        one: '# booking is affected.',
        other: '# bookings are affected.',
      }),
    holdsBack: ({ holds }: { holds: number }) =>
      plural(holds, {
        one: '# hold is given back.',
        other: '# holds are given back.',
      }),
    moveAll: 'Move each to the nearest time',
    keepOthers: 'Keep what is not moved: I come in for it',
    reasonRead: 'Reason, which those you cancel can read',
    reasonOwn: 'Reason, for yourself',
    /** "Close Fri 4 Dec, move 2, cancel 1": the parts that are there, in this order. */
    close: ({ days }: { days: string }) => `Close ${days}`,
    move: ({ bookings }: { bookings: number }) => `move ${number(bookings)}`,
    keep: ({ bookings }: { bookings: number }) => `keep ${number(bookings)}`,
    cancel: ({ bookings }: { bookings: number }) => `cancel ${number(bookings)}`,
    keepIt: 'Keep it',
    cancelIt: 'Cancel it and tell the client',
    moveTo: ({ when }: { when: string }) => `Move to ${when}`,
    moveToTaken: ({ when }: { when: string }) => `Move to ${when}, which another booking takes`,
    noOffer: 'No other time fits it.',
    closed: ({ days }: { days: string }) => `${days} closed.`,
    withdrawn: ({ times, holds }: { times: number; holds: number }) => {
      const open = plural(times, {
        one: '# open time withdrawn',
        other: '# open times withdrawn',
      })
      const back = plural(holds, { one: '# hold given back', other: '# holds given back' })
      return holds > 0 ? `${open}, ${back}.` : `${open}.`
    },
    moved: ({ name, when }: { name: string; when: string }) => `Moved: ${name}, now ${when}`,
    cancelled: ({ name }: { name: string }) => `Cancelled: ${name}`,
    failed: ({ name }: { name: string }) => `Not done: ${name}.`,
    stillBooked: 'Still booked.',
    stays: ({ booking }: { booking: string }) => `Stays: ${booking}`,
    chooseAgain: ({ bookings }: { bookings: number }) =>
      plural(bookings, { one: 'Choose again for this one', other: 'Choose again for these' }),
    openAgain: ({ count }: { count: number }) =>
      plural(count, { one: 'Open this day again', other: 'Open these days again' }),
    staysCancelled: 'What was cancelled stays cancelled, also when the days are opened again.',
    sayDone: ({ moved, cancelled, failed }: { moved: number; cancelled: number; failed: number }) =>
      `Closed. ${number(moved)} moved, ${number(cancelled)} cancelled${failed > 0 ? `, ${number(failed)} not done` : ''}.`,
    sayOpen: 'Open again as in other weeks.',
  },
  exceptions: {
    title: 'Days that differ',
    none: 'None: every week is as your weekly hours say.',
    closed: 'closed',
    delete: 'Delete',
    deleteOf: ({ days }: { days: string }) => `Delete ${days}`,
    deleting: 'Deleting …',
    deleted: ({ days }: { days: string }) => `${days}: your weekly hours again.`,
    hint: 'Deleting brings the weekly hours of these days back. Bookings that were cancelled stay cancelled.',
  },
  other: {
    title: 'Other hours on some days',
    day: 'Day',
    until: 'Until (optional)',
    hours: 'Hours on these days',
    block: ({ block }: { block: number }) => `Other hours, block ${number(block)}`,
    reason: 'Reason, for yourself (optional)',
    idle: 'Choose a day to see what changes.',
    set: 'Set these hours',
    done: ({ days, opened, withdrawn }: { days: string; opened: number; withdrawn: number }) =>
      plural(opened, {
        one: `${days}: # time opened, ${number(withdrawn)} withdrawn.`,
        other: `${days}: # times opened, ${number(withdrawn)} withdrawn.`,
      }),
  },
  holidays: {
    title: 'Public holidays',
    file: 'Calendar file (.ics) with whole-day events',
    noCalendar: 'This is not a calendar file. Choose one whose name ends in .ics.',
    nothing: 'Nothing new to close.',
    closes: ({ entries, times }: { entries: number; times: number }) => {
      const close = plural(entries, {
        one: 'Closes # entry',
        other: 'Closes # entries',
      })
      const withdraw = plural(times, {
        one: 'withdraws # open time',
        other: 'withdraws # open times',
      })
      return `${close} and ${withdraw}:`
    },
    existing: ({ entries }: { entries: number }) => `${number(entries)} closed already.`,
    outside: ({ bookings }: { bookings: number }) =>
      plural(bookings, {
        one: '# booking outside of your hours then:',
        other: '# bookings outside of your hours then:',
      }),
    close: 'Close these days',
    closed: ({ entries, times }: { entries: number; times: number }) => {
      const close = plural(entries, { one: '# entry closed', other: '# entries closed' })
      const withdrawn = plural(times, {
        one: '# open time withdrawn',
        other: '# open times withdrawn',
      })
      return `${close}, ${withdrawn}.`
    },
    stillBooked: 'Still booked outside of your hours:',
    skipped: ({ events }: { events: number }) =>
      plural(events, { one: '# event left out', other: '# events left out' }),
    sayToClose: ({ entries }: { entries: number }) =>
      plural(entries, { one: '# entry to close.', other: '# entries to close.' }),
    sayClosed: ({ entries }: { entries: number }) =>
      plural(entries, { one: '# entry closed.', other: '# entries closed.' }),
    reasons: {
      no_date: 'It has no date',
      not_a_whole_day: 'It is not a whole day',
      not_whole_days: 'Its length is not whole days',
      too_long: 'It is longer than a year',
      other_rule: 'It repeats by a rule other than each year',
      not_listed: 'They are not listed',
    },
    more: ({ events }: { events: number }) => `${number(events)} more`,
  },
})

export type HoursTexts = ReturnType<typeof texts>
