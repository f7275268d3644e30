import type { Grammar } from '../../shared/text/grammar.js'

export const texts = ({ plural }: Grammar) => ({
  title: 'Find a time',
  heading: 'Find a time that is really free',
  intro: 'Every calendar here changes while you look. What says free can be held with one press.',
  name: 'Name of the provider',
  providers: ({ count }: { count: number }) => plural(count, { one: '# provider', other: '# providers' }),
  nobody: 'Nobody publishes times here yet',
  noneOfThatName: 'No provider of that name',
  beTheFirst: 'Be the first: publish your working time in a minute.',
  tryAPart: 'Try a part of the name.',
  publish: 'Publish your times',
  showAll: 'Show everybody',
  showMore: 'Show more',
  youGive: 'Do you offer appointments?',
  looking: 'Looking for the next free time …',
  noneFree: 'No free time at the moment',
  servicesOf: ({ name }: { name: string }) => `Services of ${name}`,
  service: ({ name, span }: { name: string; span: string }) => `${name}, ${span}`,
})

export type FindTexts = ReturnType<typeof texts>
