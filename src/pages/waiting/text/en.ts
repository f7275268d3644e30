export const texts = () => ({
  ask: 'Tell me when a time comes free',
  thisDay: 'On this day',
  /** `days` is a span, "27 Nov – 2 Jan". */
  theseWeeks: ({ days }: { days: string }) => `On any day, ${days}`,
  why: 'It is held for you before anybody else sees it.',
  joined: 'You are on the waiting list.',
  place: ({ position }: { position: string }) => `You are number ${position} in line.`,
  title: 'Waiting list',
  leave: 'Stop waiting',
  left: 'You do not wait any more.',
  offered: 'Offered to you from the waiting list',
  offerCame: 'A time has come free and is held for you.',
  answer: 'Confirm it above, or give it back and go on waiting.',
  seeMine: 'My bookings',
})

export type WaitingTexts = ReturnType<typeof texts>
