export const texts = () => ({
  title: 'My bookings',
  door: 'Sign in to see what you hold and what you have booked.',
  wrongTitle: 'You are signed in as a provider',
  wrongText: 'Bookings of your clients are on your calendar. To book for yourself, use a client account.',
  timesOf: ({ city }: { city: string }) => `Times are those of ${city}.`,
  nothing: 'Nothing booked yet',
  nothingText: 'Times you hold or book appear here.',
  find: 'Find a free time',
  lost: 'Cancelled by the provider',
  held: 'Held, not yet confirmed',
  coming: 'To come',
  past: ({ figure }: { figure: string }) => `Past and ended (${figure})`,
  ranOutSaid: ({ time }: { time: string }) => `Your hold on ${time} has run out.`,
  endedSaid: ({ time, how }: { time: string; how: string }) => `Your reservation of ${time}: ${how}`,

  item: {
    elsewhere: ({ time, city }: { time: string; city: string }) => `${time} in ${city}`,
    wallTimeWas: ({ time, city }: { time: string; city: string }) =>
      `Was ${time} in ${city} when you booked. The moment is the same; the provider’s clock shows another time now.`,
    serviceWith: ({ service, span, name }: { service: string; span: string; name: string }) =>
      `${service}, ${span} with ${name}`,
    leftToConfirm: 'left to confirm',
    longerSaid: 'The hold lasts longer.',
    again: 'Book again',
  },

  ended: {
    tookPlace: 'Took place.',
    ranOut: 'The hold ran out.',
    released: 'Given back, or ended by the provider.',
    replaced: 'A newer booking took its place.',
    cancelled: 'Cancelled.',
    byYou: 'Cancelled by you.',
    by: ({ name }: { name: string }) => `Cancelled by ${name}.`,
    quoted: ({ note }: { note: string }) => `“${note}”`,
  },

  cutoff: {
    tooLate: 'It is too late to cancel or move this here.',
    both: ({ time }: { time: string }) => `You can cancel or move until ${time}.`,
    each: ({ move, cancel }: { move: string; cancel: string }) =>
      `You can move until ${move}, and cancel until ${cancel}.`,
    moveOnly: ({ move }: { move: string }) => `You can move until ${move}, and no longer cancel here.`,
    cancelOnly: ({ cancel }: { cancel: string }) =>
      `You can no longer move this here, and cancel until ${cancel}.`,
    askForThat: 'For that ask the practice.',
    askAfterThat: 'After that ask the practice.',
    callForThat: ({ phone }: { phone: string }) => `For that call the practice: ${phone}.`,
    callAfterThat: ({ phone }: { phone: string }) => `After that call the practice: ${phone}.`,
  },
})

export type MyTexts = ReturnType<typeof texts>
