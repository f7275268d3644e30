/** The desk: the week of a provider and what is done on it. */
import type { Grammar } from '../../shared/text/grammar.js'

export const texts = ({ number, plural }: Grammar) => ({
  title: 'Your calendar',
  aClient: 'a client',
  unnamed: 'A client',
  someone: 'Someone',
  timesIn: ({ place }: { place: string }) => `Times in ${place}`,
  tomorrowsList: 'Tomorrow’s list',
  bookingLink: 'Booking link',
  copyBookingLink: 'Copy booking link',
  numbers: {
    of: ({ day }: { day: string }) => `Numbers of ${day}`,
    day: 'Day',
    today: 'Today',
    free: (_: { count: number }) => 'free',
    held: (_: { count: number }) => 'held',
    waiting: ({ count }: { count: number }) => `On the waiting list: ${number(count)}`,
    booked: (_: { count: number }) => 'booked',
  },
  setHours: {
    title: 'When do you work?',
    text: 'Say it once; your times are offered week after week, until you change them.',
    button: 'Set your weekly hours',
  },
  alerts: {
    title: 'When somebody books',
    badge: 'Count in the tab’s title',
    sound: 'A soft sound',
  },
  week: {
    title: 'Week',
    before: 'Week before',
    today: 'Today',
    after: 'Week after',
    workingHours: 'Working hours',
    wholeDay: 'Whole day',
    times: 'Times, arrow keys move between them',
    nothing: 'nothing on this day',
    open: ({ count }: { count: number }) => `${number(count)} open`,
    clocksChange: 'clocks change',
    minutes: ({ count }: { count: string }) => `${count}′`,
    left: 'left',
  },
  /** Of a time, alone. */
  states: { open: 'open', held: 'held', confirmed: 'booked', withdrawn: 'withdrawn' },
  /** Before the name of whoever holds or has booked a time. */
  statesBy: { held: 'held by', confirmed: 'booked by' },
  chosen: {
    title: 'Chosen time',
    nobodyCame: 'Nobody came at this time.',
    withdrawn: 'Withdrawn: not offered.',
    withdraw: 'Withdraw this time',
    offerAgain: 'Offer it again',
  },
  appointment: {
    held: ({ who }: { who: string }) => `Held by ${who}.`,
    heldFor: ({ who, left }: { who: string; left: string }) => `Held by ${who}, ${left} left to confirm.`,
    offeredFor: ({ who, left }: { who: string; left: string }) =>
      `Offered to ${who} from the waiting list, ${left} left to take it.`,
    booked: ({ who }: { who: string }) => `Booked by ${who}.`,
    staysThere: 'The appointment stays where it was.',
    movedFrom: ({ when }: { when: string }) => `Moved here from ${when}.`,
    moveBack: 'Move back',
    move: 'Move …',
    endHold: 'End this hold',
    cancelBooking: 'Cancel this booking',
    forget: 'Forget this person …',
    messageTo: ({ name }: { name: string }) => `Message to ${name} (optional)`,
    messageToUnnamed: 'Message to the client (optional)',
    alsoWithdraw: '… and withdraw the time',
    keepIt: 'Keep it',
    holdEnded: ({ name }: { name: string }) => `Hold of ${name} ended.`,
    bookingEnded: ({ name }: { name: string }) => `Booking of ${name} ended.`,
    forgetting: ({ name }: { name: string }) =>
      `Name, phone, e-mail and note of ${name} are erased. The time stays taken.`,
    forgetNow: ({ name }: { name: string }) => `Forget ${name}`,
    keep: 'Keep',
  },
  minutes: ({ count }: { count: number }) => `${number(count)} min`,
  details: { time: 'Time', service: 'Service', phone: 'Phone', email: 'E-mail', note: 'Note' },
  book: {
    title: 'Book for somebody',
    intro: 'Open. Book it for somebody:',
    name: 'Name',
    more: 'Note and e-mail',
    serviceFor: ({ name, minutes }: { name: string; minutes: number }) => `${name}, ${number(minutes)} min`,
    doesNotFit: ({ service }: { service: string }) => `${service} (does not fit here)`,
    noService: ({ minutes }: { minutes: number }) => `No service, ${number(minutes)} min`,
    elsewhere: 'It does not fit here.',
    nearest: 'The nearest times:',
    nowhere: 'It fits at no time that is offered.',
    button: 'Book',
    done: ({ name, when }: { name: string; when: string }) => `${name} is booked: ${when}.`,
  },
  move: {
    title: 'Move',
    titleOf: ({ name }: { name: string }) => `Move ${name}`,
    keep: 'Keep the old time',
    now: ({ when, keys }: { when: string; keys: string }) => `Now ${when}. Press another time${keys}.`,
    keys: ', or use the arrow keys; Enter moves, Escape keeps',
    button: 'Move here',
    done: ({ name, when }: { name: string; when: string }) => `${name} moved to ${when}.`,
    back: ({ name, when }: { name: string; when: string }) => `${name} is back at ${when}.`,
    fit: {
      fits: 'It fits.',
      taken: 'Somebody is there, or too near.',
      'not offered': 'This time is not offered.',
      over: 'This time is over.',
      'its own': 'It is here now.',
    },
  },
  outside: {
    title: ({ count }: { count: number }) =>
      plural(count, {
        one: '# booking lies outside your hours',
        other: '# bookings lie outside your hours',
      }),
    move: 'Move …',
    cancel: 'Cancel …',
  },
  plan: {
    byHand: 'Offer single times by hand',
    publishTitle: 'Publish working time',
    withdrawTitle: 'Withdraw open time',
    publish: 'Publish',
    withdraw: 'Withdraw',
    days: 'Days of this week',
    times: ({ zone }: { zone: string }) => `Times, ${zone}`,
    from: 'from',
    to: 'to',
    blockFrom: ({ block }: { block: number }) => `Block ${number(block)} from`,
    blockTo: ({ block }: { block: number }) => `Block ${number(block)} to`,
    removeBlock: ({ block }: { block: number }) => `Remove block ${number(block)}`,
    addBlock: 'Another block',
    weeks: 'For how many weeks',
    idle: 'Choose days, or drag over the week.',
    /** "Opens 24 times on 2 days; 3 exist already." The first number stands out. */
    opens: ({
      times,
      shown,
      days,
      existing,
    }: {
      times: number
      shown: string
      days: number
      existing: number
    }) => {
      const opens = plural(times, { one: `Opens ${shown} time`, other: `Opens ${shown} times` })
      const on = plural(days, { one: 'on # day', other: 'on # days' })
      const already = plural(existing, {
        one: '; # exists already',
        other: '; # exist already',
      })
      return `${opens} ${on}${existing > 0 ? already : ''}.`
    },
    withdraws: ({ times, shown }: { times: number; shown: string }) =>
      plural(times, {
        one: `Withdraws ${shown} open time; what is held or booked stays.`,
        other: `Withdraws ${shown} open times; what is held or booked stays.`,
      }),
    opened: ({ times, existing }: { times: number; existing: number }) => {
      const opened = plural(times, { one: '# time opened', other: '# times opened' })
      return existing > 0 ? `${opened}, ${number(existing)} existed already.` : `${opened}.`
    },
    withdrawn: ({ times }: { times: number }) =>
      plural(times, { one: '# time withdrawn.', other: '# times withdrawn.' }),
    stay: ({ times }: { times: number }) => plural(times, { one: '# stays:', other: '# stay:' }),
    undo: 'Undo',
    undone: 'Opened again.',
    faults: {
      ends: 'Fill in both ends of each block.',
      backwards: ({ from, to }: { from: string; to: string }) =>
        `${from} to ${to}: the end must be after the start.`,
      offGrid: ({ from, to, minutes }: { from: string; to: string; minutes: number }) =>
        `${from} to ${to}: times begin and end on the ${number(minutes)}-minute grid.`,
      noDay: 'Choose at least one day.',
      missing: ({ day, time }: { day: string; time: string }) =>
        `${day}: clocks change, ${time} does not exist. Choose another time that day.`,
      twice: ({ day, time }: { day: string; time: string }) =>
        `${day}: clocks change, ${time} comes twice. Choose another time that day.`,
      over: ({ day, time }: { day: string; time: string }) => `${day} ${time} is over.`,
      allOver: 'All of this is over.',
      tooMuch: 'That is more than one go can take: choose fewer weeks.',
    },
  },
  /** What happened: `who` is a name, `what` a time or how many. */
  stream: {
    title: 'Just happened',
    none: 'Holds, bookings and changes appear here in the moment they are made.',
    times: ({ count }: { count: number }) => plural(count, { one: '# time', other: '# times' }),
    held: ({ who, what }: { who: string; what: string }) => `${who} holds ${what}`,
    offered: ({ who, what }: { who: string; what: string }) =>
      `Offered to ${who} from the waiting list: ${what}`,
    confirmed: ({ who, what }: { who: string; what: string }) => `${who} booked ${what}`,
    opened: ({ what }: { what: string }) => `Published ${what}`,
    withdrawn: ({ what }: { what: string }) => `Withdrew ${what}`,
    expired: ({ who, what }: { who: string; what: string }) => `${who} let it run out ${what}`,
    released: ({ who, what }: { who: string; what: string }) => `${who} no longer holds ${what}`,
    cancelled: ({ who, what }: { who: string; what: string }) => `${who} no longer comes ${what}`,
    bookingEnded: ({ who, what }: { who: string; what: string }) => `Booking of ${who} cancelled: ${what}`,
    moved: ({ who, what }: { who: string; what: string }) => `${who} moved away from ${what}`,
    replaced: ({ who, what }: { who: string; what: string }) =>
      `${who} booked another time, no longer comes ${what}`,
  },
})

export type ProviderTexts = ReturnType<typeof texts>
